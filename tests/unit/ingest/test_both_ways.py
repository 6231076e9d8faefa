"""Lines that go by columns make the same lake, quarantine and counts as lines that go one by one."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.awkward_batches import awkward_line, each_addition, each_change
from tests.unit.ingest.builders import NOON, House, batch, event, lines, typed_event
from transforms.ingest.formats import batches
from transforms.ingest.plain import columns
from transforms.simulation.plan import SimulationPlan
from transforms.simulation.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.ingest.plain.columns import TakenLines


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[TakenLines]:
    """What went by columns."""
    found: list[TakenLines] = []
    take = columns.Columns._take

    def record(self: columns.Columns, *arguments: object) -> TakenLines:
        found.append(take(self, *arguments))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(columns.Columns, "_take", record)
    return found


def same_both_ways(folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> None:
    lakes = []
    for fewest in (1_000_000, 1):
        monkeypatch.setattr(batches, "FEWEST_LINES", fewest)
        house = House(folder / str(fewest))
        for name, content in files.items():
            house.land(name, content)
        report = house.ingest()
        lakes.append((report.files, house.lake(), house.bytes_of("lake/names.json")))
    assert lakes[0] == lakes[1]


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("seed", range(3))
def test_awkward_lines_are_the_same_both_ways(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[TakenLines]
) -> None:
    random = Random(seed)
    plan = SimulationPlan(
        seed=seed,
        users=40,
        events=600,
        days=2,
        end=datetime(2024, 6, 1),
        malformed_rate=0.02,
        late_rate=0.1,
        duplicate_rate=0.05,
    )
    files = {
        file.name: b"".join(
            awkward_line(random, line) if _is_object(line) and random.random() < 0.7 else line
            for line in file.lines
        )
        for file in simulate(plan)
    }
    same_both_ways(tmp_path, monkeypatch, files)
    assert any(one.records for one in taken)
    assert any(one.awkward for one in taken)


def test_simulated_lines_all_go_by_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[TakenLines]
) -> None:
    plan = SimulationPlan(seed=3, users=100, events=3_000, days=2, end=datetime(2024, 6, 1), malformed_rate=0)
    files = {file.name: b"".join(file.lines) for file in simulate(plan)}
    same_both_ways(tmp_path, monkeypatch, files)
    assert sum(one.records for one in taken) > 300
    assert [one.awkward for one in taken] == [(), ()]


#: Batches that together have every field that the column path reads.
WHOLE: tuple[dict[str, Any], ...] = (
    batch(
        event("Play", id="e1", custom_event_type="media", custom_attributes={"genre": "drama", "tag": None}),
        typed_event("screen_view", screen_name="Home", session_id=5, session_uuid="s", source_message_id="m"),
        mpid=7,
        timestamp_unixtime_ms=NOON,
        user_identities={"email": "ana@example.com", "customer_id": "C1"},
        user_attributes={"plan": "free", "genres": ["a", "b"]},
        deleted_user_attributes=["theme"],
        consent_state={
            "gdpr": {"marketing": {"consented": True, "timestamp_unixtime_ms": NOON, "document": "v2"}}
        },
        attribution_info={"publisher": "North", "campaign": "c"},
    ),
    batch(
        typed_event(
            "session_end", session_duration_ms=9, is_first_run=True, is_upgrade=False, event_name="e"
        ),
        mpid=None,
        user_identities=[{"identity_type": "customer_id", "identity": "C2"}],
        device_info={
            "platform": "iOS",
            "brand": "Apple",
            "ios_idfv": "I",
            "is_tablet": False,
            "locale": "en",
        },
        application_info={
            "application_version": "1.2",
            "application_build_number": "3",
            "os": "iOS",
            "name": "x",
        },
        context={"location": {"country_code": "DE", "latitude": 52.5, "longitude": 13.4}},
        mp_deviceid="D",
        batch_id=9,
    ),
    batch(
        typed_event(
            "commerce_event",
            currency_code="EUR",
            product_action={
                "action": "purchase",
                "total_amount": 8.5,
                "products": [{"id": "p", "price": 2, "custom_attributes": {"color": "red"}}, {"sku": "q"}],
            },
        ),
        typed_event("commerce_event", promotion_action={"action": "view", "promotions": [{"id": "p"}]}),
        typed_event(
            "commerce_event",
            product_impressions=[{"product_impression_list": "l", "products": [{"id": "p"}]}],
        ),
    ),
    batch(
        typed_event("user_attribute_change", user_attribute_name="plan", new="free", old=None, deleted=False),
        typed_event("user_identity_change", new={"identity_type": "email", "identity": "a@example.com"}),
        typed_event(
            "opt_out", is_opted_out=True, location={"city_name": "Rome", "latitude": 1, "longitude": 2}
        ),
        typed_event("uninstall", custom_attributes={"publisher": "p", "Campaign": "c"}),
        event("attribution", custom_event_type="Attribution", custom_attributes={"Publisher": "p"}),
    ),
)


@pytest.mark.parametrize("body", WHOLE, ids=["user", "device", "commerce", "changes"])
def test_every_field_with_every_value_is_the_same_both_ways(
    body: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[TakenLines]
) -> None:
    changed, added = b"".join(each_change(body)), b"".join(each_addition(body))
    same_both_ways(tmp_path, monkeypatch, {"a.json": lines(body) + changed, "b.json": lines(body) + added})
    assert all(one.records > 100 for one in taken)
    assert all(1 not in one.awkward for one in taken)


def test_lines_and_documents_of_another_layout_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = lines(batch(event(), event("Stop")), batch(mpid=2), batch(event(at="soon"), mpid=3))
    spread = json.dumps(batch(event("Spread"), mpid=4), indent=1).encode()
    broken = b'{"mpid": 5, "events": [\n'
    two = lines(batch(event("First"), mpid=6)).strip() + b" " + lines(batch(event("Second"), mpid=6))
    content = b"\xef\xbb\xbf" + good + broken + good + spread + b" " + good + two + b"[\n" + good + b"]\n"
    same_both_ways(tmp_path, monkeypatch, {"a.json": content, "b.json": good * 3})


def test_chunks_of_one_file_are_the_same_as_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "TEXT_AT_ONCE", 2_000)
    equal = lines(*(batch(event("Play"), mpid=number % 3) for number in range(60)))
    same_both_ways(tmp_path, monkeypatch, {"a.json": equal + b"{nothing}\n" + equal})
