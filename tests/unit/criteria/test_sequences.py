"""Sequences, run on DuckDB (spec §4.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.small_warehouse import AS_OF, SmallWarehouse, criterion, render, scope
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.criteria.kinds.sequence import SEQUENCE, SequenceCriterion

MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2017, 12, 20, 12)

A_THEN_B = "sequence: [{event: {name: a}}, {event: {name: b}}]"


def sequence(*steps: str, window: str = "") -> str:
    return "".join(("sequence:\n", *(f"  - {{{step}}}\n" for step in steps), window))


def named(name: str, after: str = "") -> str:
    return f"event: {{name: {name}}}" + (f", after: {{{after}}}" if after else "")


def chains(*times: tuple[str, timedelta]) -> SmallWarehouse:
    """One user with events at noon plus something."""
    warehouse = SmallWarehouse(1)
    for name, after in times:
        warehouse.event(1, name, NOON + after)
    return warehouse


def evidence(warehouse: SmallWarehouse, text: str) -> dict[int, list[tuple[int, str, datetime]]]:
    leaf = criterion(text)
    assert isinstance(leaf, SequenceCriterion)
    rows = warehouse.connection.execute(render(model_text(leaf.evidence(scope()), DUCKDB))).fetchall()
    found: dict[int, list[tuple[int, str, datetime]]] = {}
    for mpid, step, time, event in sorted(rows):
        found.setdefault(mpid, []).append((step, event, time))
    return found


@pytest.mark.parametrize(
    ("gap", "is_member"),
    [(MICROSECOND, True), (timedelta(0), False), (-MICROSECOND, False), (5 * DAY, True)],
)
def test_a_step_is_strictly_later_than_the_one_before(gap: timedelta, is_member: bool):
    warehouse = chains(("a", timedelta(0)), ("b", gap))
    assert warehouse.members(A_THEN_B) == ([1] if is_member else [])
    assert warehouse.members(sequence(named("a"), named("b", "at_least: 0 days"))) == (
        [1] if is_member else []
    )


@pytest.mark.parametrize(
    ("gap", "bounds", "is_member"),
    [
        (HOUR, "at_least: 60 minutes", True),
        (HOUR - MICROSECOND, "at_least: 1 hour", False),
        (HOUR, "at_most: 1 hour", True),
        (HOUR + MICROSECOND, "at_most: 1 hour", False),
        (HOUR, "at_least: 1 hour, at_most: 1 hour", True),
        (HOUR, "at_least: 61 minutes, at_most: 1 day", False),
    ],
)
def test_both_ends_of_a_gap_are_in(gap: timedelta, bounds: str, is_member: bool):
    warehouse = chains(("a", timedelta(0)), ("b", gap))
    assert warehouse.members(sequence(named("a"), named("b", bounds))) == ([1] if is_member else [])


def test_any_chain_counts_and_neither_the_first_nor_the_last_event_hides_it():
    both = sequence(named("a"), named("b", "at_least: 2 hours, at_most: 3 hours"))
    assert chains(("a", 0 * HOUR), ("a", 2 * HOUR), ("b", 3 * HOUR)).members(both) == [1]
    assert chains(("a", 0 * HOUR), ("b", HOUR), ("b", 3 * HOUR), ("b", 9 * HOUR)).members(both) == [1]
    assert chains(("a", 0 * HOUR), ("b", HOUR), ("a", 4 * HOUR), ("b", 5 * HOUR)).members(both) == []


def test_the_later_of_two_ways_to_a_step_is_not_always_one_that_goes_on():
    # b at 2 h follows a in time, b at 5 h does not; c follows both in time.
    steps = sequence(named("a"), named("b", "at_most: 2 hours"), named("c", "at_most: 4 hours"))
    times = [("a", 0 * HOUR), ("b", 2 * HOUR), ("b", 5 * HOUR)]
    assert chains(*times, ("c", 6 * HOUR)).members(steps) == [1]
    assert chains(*times, ("c", 6 * HOUR + MICROSECOND)).members(steps) == []


def test_one_event_fills_one_step():
    twice = "sequence: [{event: {name: a}}, {event: {name: {contains: A}}}]"
    assert chains(("a", HOUR)).members(twice) == []
    assert chains(("a", HOUR), ("a", HOUR)).members(twice) == []
    assert chains(("a", HOUR), ("a", 2 * HOUR)).members(twice) == [1]


def test_steps_take_any_kind_of_event_and_events_of_one_user_alone():
    warehouse = SmallWarehouse(1, 2, 3)
    for user in (1, 2):
        warehouse.event(user, "Home", NOON, event_type="screen_view")
    warehouse.event(1, "purchase", NOON + HOUR, event_type="commerce_event")
    warehouse.event(3, "purchase", NOON + HOUR, event_type="commerce_event")
    warehouse.event(1, "Rated", NOON + 2 * HOUR, attributes={"stars": "5"})
    steps = sequence(
        "screen_view: {name: Home}", "ecommerce: {action: purchase}", "event: {where: {stars: {gte: 4}}}"
    )
    assert warehouse.members(steps) == [1]


@pytest.mark.parametrize(
    ("window", "members"),
    [
        ("within: 12 days", [1]),
        ("within: 11 days", []),
        ("ago: [12 days, 10 days]", [1]),
        ("ago: [12 days, 11 days]", []),
        ("between_dates: [2017-12-20, 2017-12-21]", [1]),
        ("on: 2017-12-20", []),
        ("after: 2017-12-20", [1]),
        ("after: 2017-12-21", []),
        ("before: 2017-12-22", [1]),
        ("before: 2017-12-21", []),
    ],
)
def test_the_whole_chain_lies_in_the_window(window: str, members: list[int]):
    warehouse = chains(("a", timedelta(0)), ("b", DAY))
    assert warehouse.members(sequence(named("a"), named("b"), window=window)) == members


def test_the_lookback_and_as_of_cut_the_chain():
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(1, "a", AS_OF - 30 * DAY)
    warehouse.event(1, "b", AS_OF - MICROSECOND)
    warehouse.event(2, "a", AS_OF - 30 * DAY - MICROSECOND)
    warehouse.event(2, "b", AS_OF)
    assert warehouse.members(A_THEN_B) == [1]
    assert warehouse.members(A_THEN_B, lookback=None) == [1]
    assert warehouse.members(A_THEN_B, lookback=None, as_of=AS_OF + DAY) == [1, 2]
    assert warehouse.members(A_THEN_B, lookback="29 days") == []


@pytest.mark.parametrize(
    ("after", "is_member"),
    [
        (timedelta(0), True),
        (MICROSECOND, False),
        (DAY, False),
        (DAY + MICROSECOND, True),
        (-HOUR, True),
    ],
)
def test_not_looks_from_just_after_the_last_step_to_the_end_of_its_time(after: timedelta, is_member: bool):
    steps = sequence("event: {name: a}", "not: {event: {name: b}}, after: {at_most: 1 day}")
    assert chains(("a", timedelta(0)), ("b", after)).members(steps) == ([1] if is_member else [])


@pytest.mark.parametrize(("before_as_of", "members"), [(DAY, []), (DAY + MICROSECOND, [1])])
def test_not_holds_only_when_its_time_is_over(before_as_of: timedelta, members: list[int]):
    warehouse = SmallWarehouse(1)
    warehouse.event(1, "a", AS_OF - before_as_of)
    steps = sequence("event: {name: a}", "not: {event: {name: b}}, after: {at_most: 1 day}")
    assert warehouse.members(steps) == members


def test_not_takes_out_chains_and_not_users():
    steps = sequence(named("a"), named("b"), "not: {event: {name: c}}, after: {at_most: 1 hour}")
    followed = [("a", 0 * HOUR), ("b", HOUR), ("c", HOUR + MINUTE)]
    assert chains(*followed).members(steps) == []
    assert chains(*followed, ("b", 3 * HOUR)).members(steps) == [1]
    # The last event of the chain may be any that reaches it.
    assert chains(("b", 0 * HOUR), ("a", HOUR), ("b", 2 * HOUR), ("c", 3 * HOUR)).members(steps) == []


def test_an_event_that_is_forbidden_counts_past_the_end_of_the_window():
    steps = sequence(
        "event: {name: a}", "not: {event: {name: b}}, after: {at_most: 1 day}", window="on: 2017-12-20"
    )
    assert chains(("a", timedelta(0))).members(steps) == [1]
    assert chains(("a", timedelta(0)), ("b", 13 * HOUR)).members(steps) == []


def test_an_excluded_sequence_leaves_those_without_a_chain():
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(1, "a", NOON)
    warehouse.event(1, "b", NOON + HOUR)
    assert warehouse.members(f"none: [{{{A_THEN_B}, within: 30 days}}]") == [2]


def test_the_window_belongs_to_the_sequence_and_other_keys_are_joined():
    warehouse = SmallWarehouse(1, 2)
    for user in (1, 2):
        warehouse.event(user, "a", NOON)
        warehouse.event(user, "b", NOON + HOUR)
    warehouse.event(2, "c", AS_OF - 29 * DAY)
    assert warehouse.members(f"{{{A_THEN_B}, within: 14 days, event: {{name: c}}}}") == [2]
    assert warehouse.members(f"{{{A_THEN_B}, within: 14 days, exclude: [{{event: {{name: c}}}}]}}") == [1]


def test_a_user_with_many_events_and_names_with_quotes_and_braces():
    warehouse = SmallWarehouse(1)
    odd = "it's {{ 1+1 }} */ Größe"
    for minute in range(300):
        warehouse.event(1, odd, NOON + minute * MINUTE)
    steps = f"""sequence: [{{event: {{name: "{odd}"}}}}, {{event: {{name: "{odd}"}}, after: {{at_least: 299 minutes}}}}]"""
    assert warehouse.members(steps) == [1]
    assert warehouse.members(steps.replace("299", "300")) == []


def test_hidden_names_are_no_steps():
    warehouse = chains(("a", timedelta(0)), ("Heartbeat", HOUR))
    steps = sequence(named("a"), "event: {name: {contains: heart}}")
    assert warehouse.members(steps) == [1]
    assert warehouse.members(steps, hidden=("Heartbeat",)) == []


def test_inputs_and_workspaces_narrow_single_steps():
    warehouse = SmallWarehouse(1)
    warehouse.event(1, "a", NOON, input="shop/web")
    warehouse.event(1, "b", NOON + HOUR)
    assert warehouse.members(sequence("event: {name: a, input: shop/web}", named("b"))) == [1]
    assert warehouse.members(sequence("event: {name: a, input: shop/ios}", named("b"))) == []


def test_evidence_of_a_member_is_a_chain():
    warehouse = chains(
        ("a", 0 * HOUR),
        ("a", 2 * HOUR),
        ("b", 3 * HOUR),
        ("a", 4 * HOUR),
        ("b", 9 * HOUR),
        ("c", 9 * HOUR + DAY),
    )
    steps = sequence(named("a"), named("b", "at_least: 1 hour, at_most: 2 hours"), named("c"))
    assert evidence(warehouse, steps) == {
        1: [(1, "a", NOON + 2 * HOUR), (2, "b", NOON + 3 * HOUR), (3, "c", NOON + 9 * HOUR + DAY)]
    }


def test_evidence_of_others_goes_as_far_as_they_get():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, "a", NOON)
    warehouse.event(2, "a", NOON)
    warehouse.event(2, "b", NOON + HOUR)
    warehouse.event(2, "a", NOON + 2 * HOUR)
    steps = sequence(named("a"), named("b"), named("c"))
    assert warehouse.members(steps) == []
    assert evidence(warehouse, steps) == {1: [(1, "a", NOON)], 2: [(1, "a", NOON), (2, "b", NOON + HOUR)]}


def test_evidence_shows_the_event_that_keeps_out():
    steps = sequence("event: {name: a}", "not: {event: {name: b}}, after: {at_most: 1 day}")
    out = chains(("a", timedelta(0)), ("b", HOUR))
    assert evidence(out, steps) == {1: [(1, "a", NOON), (2, "b", NOON + HOUR)]}
    among = chains(("a", timedelta(0)), ("a", 2 * DAY), ("b", 2 * DAY + HOUR))
    assert among.members(steps) == [1]
    assert evidence(among, steps) == {1: [(1, "a", NOON)]}


def test_evidence_follows_what_was_compared():
    warehouse = SmallWarehouse(1)
    for hour, value in ((0, "x"), (1, "y")):
        warehouse.event(1, "a", NOON + hour * HOUR, attributes={"k": value})
    warehouse.event(1, "b", NOON + 2 * HOUR)
    warehouse.event(1, "c", NOON + 3 * HOUR, attributes={"k": "X"})
    steps = sequence("event: {name: a}", "event: {name: b}", "event: {name: c, where: {k: {same_as: 1}}}")
    assert evidence(warehouse, steps) == {
        1: [(1, "a", NOON), (2, "b", NOON + 2 * HOUR), (3, "c", NOON + 3 * HOUR)]
    }


def test_every_step_and_the_window_are_explained():
    found = criterion(SEQUENCE.examples[0])
    assert found.title() == "View Item then add_to_cart then not purchase"
    assert found.explanation(scope()) == (
        "sequence: View Item then add_to_cart then not purchase",
        "step 1: event View Item",
        "step 1, where: category is 'shoes'",
        "step 2: ecommerce add_to_cart, at most 3 days after step 1",
        "step 3: no ecommerce purchase, at most 1 day after step 2, and that time is over",
        "window: [as_of - 30 days, as_of)",
    )
    assert not found.is_negative


@pytest.mark.parametrize("example", SEQUENCE.examples)
def test_examples_are_valid_and_run(example: str):
    assert SmallWarehouse(1).members(example) == []
