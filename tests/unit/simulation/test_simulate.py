from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from transforms.errors import UserError
from transforms.simulation.faults import MALFORMED
from transforms.simulation.plan import SimulationPlan, Tally
from transforms.simulation.rhythm import events_of_days, instant_of_day
from transforms.simulation.simulate import simulate

END = datetime(2024, 3, 1)


def plan(**changes: Any) -> SimulationPlan:
    values: dict[str, Any] = {"seed": 7, "users": 300, "events": 4_000, "days": 5, "end": END, **changes}
    return SimulationPlan(**values)


def drawn(made: SimulationPlan) -> tuple[dict[str, list[bytes]], Tally]:
    lines: dict[str, list[bytes]] = {}
    total = Tally()
    for file in simulate(made):
        lines[file.name] = list(file.lines)
        total = total + file.tally
    return lines, total


def clean(**changes: Any) -> list[dict[str, Any]]:
    lines, _ = drawn(plan(late_rate=0, duplicate_rate=0, malformed_rate=0, **changes))
    return [json.loads(line) for day in lines.values() for line in day]


def times(batch: dict[str, Any]) -> list[datetime]:
    return [
        datetime(1970, 1, 1) + timedelta(milliseconds=int(event["data"]["timestamp_unixtime_ms"]))
        for event in batch["events"]
    ]


def test_one_file_a_day_named_by_it() -> None:
    files = list(simulate(plan(days=3)))
    assert [file.name for file in files] == [
        "events-2024-02-27.json",
        "events-2024-02-28.json",
        "events-2024-02-29.json",
    ]
    assert [file.arrives_at for file in files] == [
        datetime(2024, 2, 28),
        datetime(2024, 2, 29),
        datetime(2024, 3, 1),
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert drawn(plan()) == drawn(plan())
    assert drawn(plan())[0] != drawn(plan(seed=8))[0]


def test_a_file_is_the_same_when_those_before_it_were_not_drawn() -> None:
    alone = list(next(islice(simulate(plan()), 3, None)).lines)
    assert alone == drawn(plan())[0]["events-2024-02-28.json"]


@pytest.mark.parametrize("events", [0, 1, 5, 4_000])
def test_the_days_hold_exactly_the_events_asked_for(events: int) -> None:
    assert sum(events_of_days(plan(events=events))) == events
    _, total = drawn(plan(events=events))
    assert total.events == events
    assert sum(len(batch["events"]) for batch in clean(events=events)) == events


def test_weekends_are_busier() -> None:
    days = events_of_days(plan(days=28, events=100_000))
    start = plan(days=28).start
    by_weekday = Counter[int]()
    for day, count in enumerate(days):
        by_weekday[(start + timedelta(days=day)).weekday()] += count
    assert min(by_weekday[5], by_weekday[6]) > max(by_weekday[day] for day in range(4))


def test_instants_of_a_day_stay_in_it_and_in_order() -> None:
    instants = [instant_of_day(step / 1_000) for step in range(1_001)]
    assert instants == sorted(instants)
    assert instants[0] == 0
    assert instants[-1] == 86_400_000 - 1


def test_every_event_lies_in_the_day_of_its_file_when_nothing_is_late() -> None:
    for file in simulate(plan(late_rate=0, duplicate_rate=0, malformed_rate=0)):
        begins_at = file.arrives_at - timedelta(days=1)
        for line in file.lines:
            batch = json.loads(line)
            assert all(begins_at <= at < file.arrives_at for at in times(batch))
            received = batch.get("timestamp_unixtime_ms")
            if received is not None:
                receipt = datetime(1970, 1, 1) + timedelta(milliseconds=int(received))
                assert max(times(batch), default=begins_at) <= receipt < file.arrives_at


def test_late_batches_carry_events_of_earlier_days() -> None:
    late = 0
    made = plan(late_rate=0.2, duplicate_rate=0, malformed_rate=0)
    total = Tally()
    for file in simulate(made):
        for line in file.lines:
            happened = times(json.loads(line))
            if happened and happened[0] < file.arrives_at - timedelta(days=1):
                late += 1
                assert happened[0] >= made.start
        total = total + file.tally
    assert late == total.late_batches > 30


def test_copies_come_in_the_same_file_and_in_the_next() -> None:
    lines, total = drawn(plan(duplicate_rate=0.2, malformed_rate=0))
    seen: set[bytes] = set()
    again_here = again_later = 0
    for day in lines.values():
        here: set[bytes] = set()
        for line in day:
            again_here += line in here
            again_later += line in seen and line not in here
            here.add(line)
        seen |= here
    assert again_here > 20
    assert again_later > 20
    assert again_here + again_later == total.duplicate_batches
    assert len(seen) == total.batches


def test_without_event_ids_nothing_is_sent_twice_in_a_file() -> None:
    lines, _ = drawn(plan(duplicate_rate=0.5, malformed_rate=0))
    for day in lines.values():
        repeated = [line for line, count in Counter(day).items() if count > 1]
        assert repeated
        for line in repeated:
            assert all(
                "event_id" in event["data"] or "source_message_id" in event["data"]
                for event in json.loads(line)["events"]
            )


def test_bad_lines_come_on_top_and_of_every_kind() -> None:
    lines, total = drawn(plan(duplicate_rate=0, malformed_rate=0.5))
    good, _ = drawn(plan(duplicate_rate=0, malformed_rate=0))
    added = {name: Counter(lines[name]) - Counter(good[name]) for name in lines}
    assert sum(map(Counter.total, added.values())) == total.malformed + total.bad_events
    assert total.bad_events > 0
    kinds = {fault.spoil('{"a": 1}') for fault in MALFORMED}
    assert len(kinds) == len(MALFORMED) == 7


@pytest.mark.parametrize("fault", [fault for fault in MALFORMED if not fault.bad_events])
def test_a_malformed_line_is_no_batch_with_a_user(fault: Any) -> None:
    line = fault.spoil(json.dumps({"mpid": 1, "user_attributes": {"a": "}"}, "events": []}))
    try:
        batch = json.loads(line)
    except ValueError:
        return
    assert not isinstance(batch, dict) or not -(2**63) <= batch.get("mpid", 2**63) < 2**63


def test_all_event_types_and_both_spellings_are_there() -> None:
    batches = clean(events=20_000)
    types = {event["event_type"] for batch in batches for event in batch["events"]}
    assert types == {
        "session_start",
        "session_end",
        "screen_view",
        "custom_event",
        "crash_report",
        "opt_out",
        "first_run",
        "pre_attribution",
        "push_registration",
        "application_state_transition",
        "push_message",
        "network_performance",
        "breadcrumb",
        "profile",
        "push_reaction",
        "commerce_event",
        "user_attribute_change",
        "user_identity_change",
        "uninstall",
    }
    assert {type(batch["user_identities"]) for batch in batches} == {dict, list}
    assert {type(batch["mpid"]) for batch in batches if "mpid" in batch} == {int, str}
    kinds = {
        key
        for batch in batches
        for event in batch["events"]
        for key in event["data"]
        if event["event_type"] == "commerce_event"
    }
    assert {"product_action", "promotion_action", "product_impressions"} <= kinds
    assert any(not batch["events"] for batch in batches)


def test_users_have_negative_mpids_and_some_records_only_a_login() -> None:
    batches = clean(events=20_000)
    mpids = {int(batch["mpid"]) for batch in batches if "mpid" in batch}
    assert min(mpids) < 0 < max(mpids)
    assert all(-(2**63) <= mpid < 2**63 for mpid in mpids)
    without = [batch for batch in batches if "mpid" not in batch]
    assert without
    assert all("customer_id" in json.dumps(batch["user_identities"]) for batch in without)


def test_a_few_people_and_a_few_names_do_much() -> None:
    batches = clean(events=20_000)
    by_user = Counter(batch.get("mpid") for batch in batches)
    by_name = Counter(
        event["data"]["event_name"]
        for batch in batches
        for event in batch["events"]
        if event["event_type"] == "custom_event"
    )
    assert sum(count for _, count in by_user.most_common(30)) > len(batches) / 5
    names = [count for _, count in by_name.most_common()]
    assert names[0] > 3 * names[5]
    assert "Ürün Görüntülendi" in by_name


def test_every_value_out_of_range_is_told_at_once() -> None:
    with pytest.raises(UserError) as raised:
        plan(users=0, days=0, late_rate=1.5, event_names=0, end=datetime(2024, 3, 1, 12))
    assert [problem.code for problem in raised.value.problems] == [
        "SIM-001",
        "SIM-001",
        "SIM-002",
        "SIM-003",
        "SIM-004",
    ]


@pytest.mark.parametrize(
    ("end", "days"),
    [(datetime(1970, 1, 3), 3), (datetime(2200, 1, 2), 1), (datetime(2024, 3, 1), 10**9)],
)
def test_days_that_ingest_would_refuse_are_refused(end: datetime, days: int) -> None:
    with pytest.raises(UserError, match="SIM-005"):
        plan(end=end, days=days)


def test_the_first_and_the_last_day_that_ingest_takes_are_taken() -> None:
    assert plan(end=datetime(1970, 1, 2), days=1).start == datetime(1970, 1, 1)
    assert plan(end=datetime(2200, 1, 1), days=1).start == datetime(2199, 12, 31)
