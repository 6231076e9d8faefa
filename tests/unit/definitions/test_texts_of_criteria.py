"""The texts of typical mistakes in criteria, as golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: What stands after `criteria:` of an audience `buyers` of the workspace shop.
CRITERIA = {
    "misspelt_operator": "{user: {attribute: plan, exakt: free}}",
    "kind_in_capitals": "{Event: {name: Play}}",
    "kind_of_another_tool": "{all: [{purchase: {count: {gte: 2}}}, {segment: {in: vips}}, {page_view: {name: Home}}]}",
    "equals_sign": "{user: plan = free}",
    "operators_of_other_tools": """
  all:
    - user: {attribute: plan, equals: free}
    - user: {attribute: visits, ">=": 5}
    - user: {attribute: country, is_not: US}
    - user: {attribute: country, contains_any: [US, DE]}
    - user: {attribute: mail, does_not_contain: example}
    - user: {attribute: phone, is_null: true}""",
    "window_without_unit": "{event: {name: Play, within: 7}}",
    "short_units": "{all: [{event: {name: Play, within: 7d}}, {event: {name: Pay, within: 1 year}}]}",
    "window_of_another_tool": "{event: {name: Play, last: 30 days}}",
    "two_windows": "{event: {name: Play, after: 2017-01-01, before: 2017-02-01}}",
    "ago_without_two_ends": "{event: {name: Play, ago: 30 days}}",
    "no_quotes_around_at": "{user: {attribute: mail, ends_with: @example.com}}",
    "no_quotes_around_star": "{event: {name: *Play}}",
    "no_quotes_around_braces": "{user: {attribute: plan, exact: {{ plan }}}}",
    "no_space_after_colon": "{event: {name:Play}}",
    "list_for_mapping": "{event: [Play, Pause]}",
    "name_alone": "{all: [{event: Play}, {audience: vips}, {first_seen: 30 days}]}",
    "criteria_as_list": """
  - event: {name: Play}
  - user: {attribute: plan, exact: free}""",
    "and_or_not": "{and: [{or: [{event: {name: Play}}]}], not: [{event: {name: Pay}}]}",
    "logic_without_list": "{all: {event: {name: Play}}}",
    "empty_logic": "{all: [], exclude: []}",
    "plain_count": "{event: {name: Play, count: 3}}",
    "count_below_zero": "{event: {name: Play, count: {gt: -1}}}",
    "two_amounts": "{event: {name: Play, count: {gte: 3}, sum: {attribute: seconds, gte: 60}}}",
    "sum_of_nothing": "{ecommerce: {action: purchase, sum: {gte: 100}}}",
    "field_outside_where": "{ecommerce: {action: purchase, total_amount: {gte: 100}, brand: Acme}}",
    "product_action_in_capitals": "{ecommerce: {action: Purchase}}",
    "where_as_list": "{event: {name: Play, where: [genre: drama]}}",
    "value_instead_of_operator": "{event: {name: Play, where: {genre: {value: drama}}}}",
    "attribute_as_key": "{user: {plan: free}}",
    "identity_type_as_key": "{identity: {email: a}}",
    "no_operator": "{user: {attribute: plan}}",
    "text_for_number": '{all: [{user: {attribute: age, gt: old}}, {user: {attribute: spent, gt: "1,000"}}]}',
    "percent_sign": "{user: {attribute: discount, gte: 50%}}",
    "day_first": "{first_seen: {after: 31.12.2017}}",
    "date_that_is_not": "{first_seen: {after: 2017-02-30}}",
    "length_for_date": "{first_seen: {after: 30 days}}",
    "range_turned_round": "{all: [{user: {attribute: age, between: [30, 20]}}, {first_seen: {ago: [7 days, 14 days]}}]}",
    "range_as_text": "{user: {attribute: age, between: 20-30}}",
    "in_without_list": "{user: {attribute: plan, in: free}}",
    "exact_with_list": "{user: {attribute: plan, exact: [free, pro]}}",
    "yes_for_true": "{user: {attribute: newsletter, exists: yes}}",
    "consent_state": "{consent: {regulation: gdpr, purpose: marketing, state: opted_in}}",
    "input_without_workspace": "{event: {name: Play, input: web}}",
    "audience_names_itself": "{first_seen: {within: 30 days}, exclude: [{audience: {in: buyers}}]}",
    "range_that_cannot_match": "{all: [{user: {attribute: spent, gt: 100, lt: 50}}, {event: {name: Play, count: {lt: 0}}}]}",
    "criteria_that_cannot_meet": """
  all:
    - user: {attribute: plan, exact: free}
    - user: {attribute: plan, exact: pro}""",
    "any_of_negatives": """
  last_active: {within: 30 days}
  any:
    - user: {attribute: plan, not_exact: free}
    - user: {attribute: plan, not_exact: trial}""",
    "same_criterion_in_and_out": """
  all: [{ecommerce: {action: purchase, within: 30 days}}]
  exclude: [{ecommerce: {action: purchase, within: 30 days}}]""",
    "operators_that_do_not_fit": """
  all:
    - ecommerce: {action: purchase, where: {total_amount: {contains: 5}, currency_code: {gt: 5}}}
    - ecommerce: {action: purchase, product: {price: 10, quantity: {before: 2018-01-01}}}
    - event: {name: Play, app_version: {gte: 2.10}}""",
    "nested_too_deep": "{all: [" * 60 + "{event: {name: Play}}" + "]}" * 60,
    "lookback": """
  all:
    - event: {name: Play, within: 60 days}
    - first_seen: {within: 90 days}
    - none: [{event: {name: Play}}]""",
    "only_negatives": "{user: {attribute: country, not_exact: US}}",
}


@pytest.mark.parametrize("case", CRITERIA)
def test_the_text_of_a_mistake(case: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    written = f"audience: buyers\nworkspaces: [shop]\ncriteria: {CRITERIA[case]}\n"
    text = problems(tmp_path / "project", {"audiences/buyers.yml": written})
    assert text, "a mistake without a problem"
    golden(f"errors/{case}.txt", text)
