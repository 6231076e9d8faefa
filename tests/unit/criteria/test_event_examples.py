"""The examples of the event kinds that the language reference shows."""

from __future__ import annotations

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.support.small_warehouse import SmallWarehouse, codes
from transforms.criteria.events.amounts import FUNCTIONS
from transforms.criteria.events.windows import WINDOW_NAMES
from transforms.criteria.kinds.cart_abandonment import CART_ABANDONMENT
from transforms.criteria.kinds.event_kinds import EVENT_KINDS
from transforms.criteria.language import criteria_schema

_KINDS = (*EVENT_KINDS, CART_ABANDONMENT)
_EXAMPLES = [example for kind in _KINDS for example in kind.examples]


@pytest.mark.parametrize("example", _EXAMPLES)
def test_an_example_is_valid_and_runs(example: str):
    assert codes(example) == []
    SmallWarehouse(1).members(example)


@pytest.mark.parametrize("example", _EXAMPLES)
def test_the_schema_takes_an_example(example: str):
    reader = YAML(typ="safe", pure=True)
    # As an editor that knows YAML 1.2 reads it: dates are text.
    reader.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
    jsonschema.Draft202012Validator(criteria_schema()).validate(reader.load(example))


def test_every_kind_says_what_it_is_and_shows_itself():
    for kind in _KINDS:
        assert kind.summary.endswith(".")
        assert kind.examples
        assert all(example.startswith(f"{kind.key}: ") for example in kind.examples)
    assert len(set(_EXAMPLES)) == len(_EXAMPLES)


def test_the_examples_show_every_window_and_every_amount():
    written = " ".join(_EXAMPLES)
    assert [name for name in (*WINDOW_NAMES, *FUNCTIONS) if f"{name}: " not in written] == []
