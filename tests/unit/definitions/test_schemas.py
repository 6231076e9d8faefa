"""The published JSON Schemas: as the code says, and of one mind with the reading."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.support.project_folder import MILEPOST
from transforms.definitions.schemas import schema_texts, schemas

_PUBLISHED = Path(__file__).parents[3] / "dbt_project" / "schemas"

_AUDIENCE = """\
audience: lapsed_buyers
name: Lapsed buyers
external_name: Win-back
tags: [Retargeting, Q4, 2017]
owner: ana@example.com
access: usable
shared_with: {agency: view}
status: draft
workspaces: [shop]
inputs: [shop/ios, shop/web]
lookback: 90 days
formerly: win_back
criteria:
  all:
    - ecommerce: {action: purchase, count: {gte: 2}}
    - user: {attribute: plan, exact: free}
  exclude:
    - ecommerce: {action: purchase, within: 14 days}
    - audience: {in: suppressed}
ab_test:
  name: winback_2026
  variants: {push: 40, email: 33.33}
"""
_JOURNEY = """\
journey: trial_to_paid
inputs: [shop/ios, shop/web]
milestones:
  - milestone: started_trial
    criteria: {event: {name: Trial Started, within: 30 days}}
    next:
      - milestone: engaged
        criteria: {event: {name: Play, count: {gte: 3}, within: 7 days, where: {genre: {exact: drama}}}}
        next:
          - milestone: paid
            criteria: {ecommerce: {action: purchase}}
      - milestone: opted_in
        criteria: {consent: {regulation: gdpr, purpose: marketing, state: granted}}
      - milestone: everyone_else
        remaining: true
"""
_CONNECTIONS = """\
outputs:
  meta_eu: {partner: meta_csv, account: own, deliver: {to: local}, region: DE}
connections:
  - {connection: lapsed_meta, audience: lapsed_buyers, variant: push, output: meta_eu, status: active,
     mode: full, identities: [email]}
  - {connection: retargeting, tag: Retargeting, output: meta_eu, status: inactive}
"""
_ATTRIBUTE = """\
attribute: ltv
name: Lifetime value
tags: [Value]
owner: ana@example.com
function: sum
of: {ecommerce: {action: purchase, product: {category: shoes}}}
value: {product: price}
inputs: [shop/ios]
since: "2017-01-01"
"""
_PROJECT = (
    MILEPOST
    + """\
  rows:
    inputs:
      till:
        kind: feed
        format: csv
        mapping:
          record: event
          user: {customer_id: household}
          time: {column: sold_at, format: "%Y-%m-%d %H:%M:%S", zone: UTC}
          event: {constant: Sale}
          ecommerce: {action: {constant: purchase}, total_amount: amount, transaction_id: receipt,
                      product: {id: sku, category: department, price: price, quantity: units}}
          lines_of: [receipt]
          event_id: [receipt, sku, line]
          attributes: all
schedule: "0 3 * * *"
event_lookback: 30 days
profile_lifetime: unlimited
membership_history: 400 days
active_audience_limit: 100
evaluate_development: false
event_tiers: {Heartbeat: preserve}
default_region: NO
"""
)
_EXAMPLES = {
    "milepost.schema.json": _PROJECT,
    "audience.schema.json": _AUDIENCE,
    "journey.schema.json": _JOURNEY,
    "attribute.schema.json": _ATTRIBUTE,
    "connections.schema.json": _CONNECTIONS,
}


def _as_an_editor_reads(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(dedent(text))


def _errors(name: str, text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(schemas()[name])
    return [error.message for error in validator.iter_errors(_as_an_editor_reads(text))]


@pytest.mark.parametrize("name", sorted(_EXAMPLES))
def test_schema_is_a_valid_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("name", sorted(_EXAMPLES))
def test_published_schema_is_what_the_code_says(name: str, request: pytest.FixtureRequest) -> None:
    path = _PUBLISHED / name
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema_texts()[name], encoding="utf-8")
    assert path.read_text(encoding="utf-8") == schema_texts()[name], "run pytest --update-golden"


@pytest.mark.parametrize("name", sorted(_EXAMPLES))
def test_the_examples_of_the_specification_are_valid(name: str) -> None:
    assert _errors(name, _EXAMPLES[name]) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("milepost.schema.json", "format: batches", "format: segment"),
        ("milepost.schema.json", "event_lookback: 30 days", "event_lookback: 30"),
        ("milepost.schema.json", "schedule:", "scheduel:"),
        ("milepost.schema.json", "{customer_id: household}", "{customerid: household}"),
        ("milepost.schema.json", "default_region: NO", "default_region: no"),
        ("audience.schema.json", "audience: lapsed_buyers", "audience: lapsed__buyers"),
        ("audience.schema.json", "tags: [Retargeting", "tags: [More than 18 characters"),
        ("audience.schema.json", "email: 33.33", "email: 0"),
        ("audience.schema.json", "access: usable", "access: public"),
        ("audience.schema.json", "lookback: 90 days", "lookback: 90d"),
        ("journey.schema.json", "remaining: true", "remaining: false"),
        (
            "journey.schema.json",
            "remaining: true",
            "remaining: true\n        criteria: {event: {name: Play}}",
        ),
        ("journey.schema.json", "milestone: paid", "status: draft\n            milestone: paid"),
        ("attribute.schema.json", "function: sum", "function: total"),
        ("attribute.schema.json", "function: sum", "function: count"),
        ("attribute.schema.json", "value: {product: price}", ""),
        ("attribute.schema.json", "value: {product: price}", "value: {products: price}"),
        ("attribute.schema.json", "action: purchase,", "action: purchase, count: {gte: 2},"),
        ("attribute.schema.json", "of: {ecommerce", "of: {event: {name: Play}, ecommerce"),
        ("attribute.schema.json", 'since: "2017-01-01"', 'since: "2017-01-01"\nwithin: 30 days'),
        ("connections.schema.json", "mode: full", "mode: deltas"),
        ("connections.schema.json", "tag: Retargeting", "tag: Retargeting, audience: lapsed_buyers"),
        ("connections.schema.json", "status: inactive", "status: off"),
    ],
)
def test_a_mistake_is_one_in_the_editor_too(name: str, old: str, new: str) -> None:
    assert old in _EXAMPLES[name]
    assert _errors(name, _EXAMPLES[name].replace(old, new))
