"""Criteria that are shown without the identities that they name."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.support.definitions import audience, definitions
from transforms.audiences.words import definition_lines
from transforms.compiler.models import model_body
from transforms.criteria.language import read_criteria
from transforms.criteria.leaf import MASK
from transforms.criteria.logic import Criterion, masked
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

SECRETS = ("ana", "Łukasz", "Jörg", "208", "2.10", "o'neil", "o''neil")


def read(yaml: str) -> Criterion:
    report = Report()
    node = read_yaml(dedent(yaml), "audiences/x.yml", report)
    assert node is not None
    found = read_criteria(node, report)
    report.raise_errors()
    assert found is not None
    return found


def text_of(criteria: Criterion) -> str:
    """The words and the SQL of criteria."""
    one = audience("x", criteria=criteria)
    everything = definitions(one)
    return "\n".join([*definition_lines(everything, one), model_body(one, everything.project)])


@pytest.mark.parametrize(
    "compared",
    [
        "exact: ana@example.com",
        "not_exact: Łukasz@example.com",
        "in: [ana@example.com, Jörg]",
        "pattern: 'ana*'",
        'ends_with: "o\'neil@example.com"',
        "between: [208, 209]",
        "version: {gte: '2.10'}",
    ],
)
def test_no_identity_is_in_the_words_or_the_sql(compared: str) -> None:
    criteria = read(f"identity: {{type: email, {compared}}}")
    assert any(secret.lower() in text_of(criteria).lower() for secret in SECRETS)
    text = text_of(masked(criteria))
    assert not [secret for secret in SECRETS if secret.lower() in text.lower()]
    assert MASK in text


def test_what_is_no_identity_stays_as_it_is() -> None:
    criteria = read(
        "all: [{identity: {type: email}}, {event: {name: Play}}, {user: {attribute: plan, exact: free}}]"
    )
    assert text_of(masked(criteria)) == text_of(criteria)


def test_identities_are_hidden_wherever_criteria_are_nested() -> None:
    criteria = read(
        """
        any:
          - none: [{identity: {type: customer_id, exact: ana-1}}]
        exclude:
          - all: [{identity: {type: email, contains: ana-2}}, {event: {name: Play}}]
        """
    )
    text = text_of(masked(criteria))
    assert "ana-" not in text
    assert "Play" in text
