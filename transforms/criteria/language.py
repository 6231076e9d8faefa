"""The language of criteria: YAML nodes in, frozen records out. The public entrance of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.criteria.comparisons import comparisons_schema
from transforms.criteria.events.amounts import amount_definitions
from transforms.criteria.events.form import at_most_one
from transforms.criteria.kinds.sequence import step_definitions
from transforms.criteria.kinds.table import KINDS
from transforms.criteria.logic import AllOf, AnyOf, Criterion, Excluding, NoneOf, leaves
from transforms.criteria.reading import read_list, read_mapping
from transforms.documents.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from transforms.criteria.kinds.kind import Kind
    from transforms.criteria.leaf import AttributeReference, AudienceReference, EventName, Named, Narrowing
    from transforms.documents.nodes import Entry, Node
    from transforms.documents.report import Report

_LOGIC = ("all", "any", "none", "exclude")
_KINDS = {kind.key: kind for kind in KINDS}
#: Keys that stand beside another one and belong to it.
_BESIDE = {name: kind for kind in KINDS for name in kind.beside}
#: Every key that can stand in a mapping of criteria.
CRITERIA_KEYS = (*_LOGIC, *_KINDS)


def read_criteria(node: Node, report: Report) -> Criterion | None:
    """The criterion that `node` writes, or None with all its problems in `report` (codes CRT-…).

    Where some of it is wrong, what is left may still be given: look at `report.errors`.
    """
    if isinstance(node, Sequence):
        hint = "write `all:` before the list if each has to hold, `any:` if one will do"
        report.add("CRT-001", "criteria take keys and values, found a list", node, allowed=_LOGIC, hint=hint)
        return None
    mapping = read_mapping(node, "criteria", (*CRITERIA_KEYS, *_BESIDE), report)
    if mapping is None:
        return None
    kept: list[Criterion] = []
    removed: tuple[Criterion, ...] = ()
    for entry in mapping.entries:
        key = entry.key.text
        if key == "exclude":
            removed = _read_items(entry.value, key, report)
        elif key in _LOGIC:
            items = _read_items(entry.value, key, report)
            joined = {"all": AllOf, "any": AnyOf, "none": NoneOf}[key]
            if items:
                kept.append(joined(items, entry.key.place))
        elif key in _KINDS:
            leaf = _KINDS[key].read(_with_beside(_KINDS[key], entry, mapping), report)
            if leaf is not None:
                kept.append(leaf)
        elif key in _BESIDE and mapping.get(_BESIDE[key].key) is None:
            report.add(
                "CRT-050",
                f"`{key}` stands beside no `{_BESIDE[key].key}`, to which it belongs",
                entry.key,
                hint=f"the window of an event stands in its own braces: `event: {{name: …, {key}: …}}`",
            )
    if not kept:
        return NoneOf(removed, mapping.place) if removed else None
    whole = kept[0] if len(kept) == 1 else AllOf(tuple(kept), mapping.place)
    return Excluding(whole, removed, mapping.place) if removed else whole


def _with_beside(kind: Kind, entry: Entry, mapping: Mapping) -> Node:
    """What a kind reads: the value of its key, or its key with those beside it that belong to it."""
    if not kind.beside:
        return entry.value
    own = tuple(each for each in mapping.entries if each.key.text in (kind.key, *kind.beside))
    return Mapping(own, mapping.place)


def _read_items(node: Node, key: str, report: Report) -> tuple[Criterion, ...]:
    items = [read_criteria(item, report) for item in read_list(node, f"`{key}`", report)]
    return tuple(item for item in items if item is not None)


def criteria_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a value of `criteria:`; refers to its own `$defs` under `#/$defs/`.

    A schema that holds it moves all of `$defs` to its own root.
    """
    items = {"type": "array", "items": {"$ref": "#/$defs/criteria"}, "minItems": 1}
    kinds = {kind.key: kind.schema() for kind in KINDS}
    criteria = {
        "type": "object",
        "properties": {
            **dict.fromkeys(_LOGIC, items),
            **kinds,
            **{name: kind.beside[name] for name, kind in _BESIDE.items()},
        },
        "additionalProperties": False,
        "minProperties": 1,
        "dependentRequired": {name: [kind.key] for name, kind in _BESIDE.items()},
        "allOf": [at_most_one(kind.beside) for kind in KINDS if kind.beside],
    }
    definitions = {
        "criteria": criteria,
        "operators": comparisons_schema(),
        **amount_definitions(),
        **step_definitions(),
    }
    return {"$ref": "#/$defs/criteria", "$defs": definitions}


def referenced_audiences(criterion: Criterion) -> tuple[AudienceReference, ...]:
    """Every audience that the criterion names, in the order written, with repetitions."""
    return tuple(reference for leaf in leaves(criterion) for reference in leaf.audiences)


def audiences_by_since(criterion: Criterion) -> tuple[AudienceReference, ...]:
    """Every audience of whose members the criterion compares since when they are in, with repetitions."""
    return tuple(reference for leaf in leaves(criterion) for reference in leaf.audiences_by_since)


def calculated_attributes(criterion: Criterion) -> tuple[AttributeReference, ...]:
    """Every calculated attribute that the criterion names, in the order written, with repetitions."""
    return tuple(reference for leaf in leaves(criterion) for reference in leaf.calculated_attributes)


def named_events(criterion: Criterion) -> tuple[EventName, ...]:
    """Every custom event and screen that the criterion names as it was sent: checked against the tiers."""
    return tuple(event for leaf in leaves(criterion) for event in leaf.events)


def narrowed_inputs(criterion: Criterion) -> tuple[Narrowing, ...]:
    """Every `input:` (`workspace/input`) in the criterion: each must be one of the inputs that its kind looks at."""
    return tuple(narrowing for leaf in leaves(criterion) for narrowing in leaf.inputs)


def narrowed_workspaces(criterion: Criterion) -> tuple[Narrowing, ...]:
    """Every `workspace:` in the criterion: each must be one of the audience's workspaces."""
    return tuple(narrowing for leaf in leaves(criterion) for narrowing in leaf.workspaces)


def named_lists(criterion: Criterion) -> tuple[Named, ...]:
    """Every list that the criterion names, in the order written, with repetitions."""
    return tuple(named for leaf in leaves(criterion) for named in leaf.lists)


def named_models(criterion: Criterion) -> tuple[Named, ...]:
    """Every dbt model of an analyst that the criterion names, in the order written, with repetitions."""
    return tuple(named for leaf in leaves(criterion) for named in leaf.models)
