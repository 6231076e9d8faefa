"""Events that go by shapes, of files in blocks, make the same lake, quarantine and counts as each read alone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from tests.support.awkward_batches import awkward_line, each_addition, each_change
from tests.unit.ingest.builders import NOON, House, batch, event, lines, typed_event
from transforms.ingest import batch_reader, reading
from transforms.ingest.formats import batches
from transforms.ingest.json_lines import Blocks
from transforms.simulation.plan import SimulationPlan
from transforms.simulation.simulate import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transforms.ingest.event_shapes import Shape


class _Whole:
    """A file that is not cut into blocks."""

    def __init__(self, stream: BinaryIO) -> None:
        self.line = 1
        self.rest = stream

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return iter(())


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> Counter[bool]:
    """How many events were of a shape, and how many were not."""
    found: Counter[bool] = Counter()
    look = batch_reader._shape

    def record(event: object) -> tuple[Shape, int] | None:
        shape = look(event)
        found[shape is not None] += 1
        return shape

    monkeypatch.setattr(batch_reader, "_shape", record)
    return found


def same_both_ways(
    folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], *, block: int = 10_000
) -> None:
    """Files read whole and event by event, and in blocks of this size by shapes, make the same lake."""

    def lake(name: str) -> tuple[object, ...]:
        house = House(folder / name)
        for file, content in files.items():
            house.land(file, content)
        report = house.ingest()
        return report.files, house.lake(), house.bytes_of("lake/names.json")

    with monkeypatch.context() as alone:
        alone.setattr(batches, "Blocks", _Whole)
        alone.setattr(batch_reader, "_shape", lambda _: None)
        expected = lake("alone")
    with monkeypatch.context() as cut:
        cut.setattr(batches, "Blocks", lambda stream: Blocks(stream, block))
        cut.setattr(reading, "TEXT_AT_ONCE", 3 * block)
        assert lake("blocks") == expected


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("seed", range(3))
def test_awkward_lines_are_the_same_both_ways(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: Counter[bool]
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
    assert shapes[True] > 300
    assert shapes[False] > 10


def test_simulated_events_have_a_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: Counter[bool]
) -> None:
    plan = SimulationPlan(seed=3, users=100, events=3_000, days=2, end=datetime(2024, 6, 1), malformed_rate=0)
    files = {file.name: b"".join(file.lines) for file in simulate(plan)}
    same_both_ways(tmp_path, monkeypatch, files)
    assert shapes[True] > 0.9 * shapes.total()


#: Batches that together have every field that is read.
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
        typed_event("session_end", session_duration_ms=9, is_first_run=True, is_upgrade=False),
        typed_event("session_start", event_name="e"),
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
    body: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: Counter[bool]
) -> None:
    changed, added = b"".join(each_change(body)), b"".join(each_addition(body))
    same_both_ways(tmp_path, monkeypatch, {"a.json": lines(body) + changed, "b.json": lines(body) + added})
    assert shapes[True] > 50


def test_lines_and_documents_of_another_layout_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = lines(batch(event(), event("Stop")), batch(mpid=2), batch(event(at="soon"), mpid=3))
    spread = json.dumps(batch(event("Spread"), mpid=4), indent=1).encode()
    broken = b'{"mpid": 5, "events": [\n'
    two = lines(batch(event("First"), mpid=6)).strip() + b" " + lines(batch(event("Second"), mpid=6))
    content = b"\xef\xbb\xbf" + good + broken + good + spread + b" " + good + two + b"[\n" + good + b"]\n"
    same_both_ways(tmp_path, monkeypatch, {"a.json": content, "b.json": good * 3})


def test_blocks_of_one_file_are_the_same_as_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    equal = lines(*(batch(event("Play"), mpid=number % 3) for number in range(60)))
    same_both_ways(tmp_path, monkeypatch, {"a.json": equal + b"{nothing}\n" + equal}, block=700)
