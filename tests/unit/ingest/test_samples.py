"""The batches that mParticle and its partners publish, and messages that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.shared_data import shared_data
from tests.unit.ingest.builders import House, batch, event, lines

if TYPE_CHECKING:
    import pytest

#: Samples that leave out what mParticle's server would fill in: (file, code) of whole batches and of events.
WITHOUT_USER = {
    "docs_pages/developers__server__http__0_0.batch.json",
    "docs_pages/guides__csv__reference__1_0.batch.json",
}
WITHOUT_TIME = {
    "docs_pages/developers__quickstart__http__create-input__0_0.batch.json",
    "docs_pages/developers__server__json-reference__0_0.batch.json",
    "schema_test/batch-level__goodbatch.json",
}


def test_every_published_batch_is_in_the_lake_or_has_its_reason(house: House) -> None:
    source = shared_data() / "mparticle_json"
    files = [
        *source.rglob("*batch*.json"),
        source / "mparticle.inbound.eventsapi.sample.json",
    ]
    assert len(files) >= 25
    for number, file in enumerate(sorted(files)):
        # Samples of one vendor share their ids, and some are copies: each has an input, so a ledger, of its own.
        each = House(house.data / str(number))
        each.land(file.relative_to(source).as_posix(), file.read_bytes())
        name = file.relative_to(source).as_posix()
        totals = each.ingest().totals
        expected = len(json.loads(file.read_bytes())["events"])
        assert totals.events_read == expected, name
        codes = {entry["code"] for entry in each.quarantine()}
        if name in WITHOUT_USER:
            assert codes == {"no_user"}, name
        elif name in WITHOUT_TIME:
            assert (codes, totals.records_parsed) == ({"no_time"}, 1), name
        else:
            assert (codes, totals.events_kept) == (set(), expected), name


def test_messages_that_are_no_batches_have_a_reason(house: House) -> None:
    source = shared_data() / "mparticle_json"
    files = [
        *source.glob("firehose_sdk/*.json"),
        *source.rglob("*.event.json"),
        *source.rglob("event-level*"),
    ]
    for file in files:
        house.land(file.relative_to(source).as_posix(), file.read_bytes())
    totals = house.ingest().totals
    assert totals.records_parsed == 0
    assert {entry["code"] for entry in house.quarantine()} == {"not_a_batch", "event_without_batch"}


FIELDS = [
    "events", "mpid", "user_identities", "user_attributes", "deleted_user_attributes", "device_info",
    "application_info", "consent_state", "context", "attribution_info", "timestamp_unixtime_ms", "mp_deviceid",
    "environment", "data", "event_type", "event_name", "custom_attributes", "product_action", "promotion_action",
    "product_impressions", "products", "promotions", "action", "location", "latitude", "new", "old",
    "identity_type", "identity", "type", "encoding", "value", "gdpr", "consented", "event_id", "customer_id",
]  # fmt: skip
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "1", "x", "true", "commerce_event", "user_identity_change", "opt_out"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6), min_size=1, max_size=60),
    st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6), max_size=30),
)
def test_batches_of_any_shape_are_kept_or_quarantined(
    tmp_path_factory: pytest.TempPathFactory, fields: list[dict[str, Any]], datas: list[dict[str, Any]]
) -> None:
    house = House(tmp_path_factory.mktemp("any"))
    types = ["commerce_event", "user_identity_change", "user_attribute_change", "uninstall", "custom_event"]
    events = [
        {"event_type": types[number % len(types)], "data": {"timestamp_unixtime_ms": 1, **data}}
        for number, data in enumerate(datas)
    ]
    bodies = [*({"mpid": 1, **each} for each in fields), batch(event(), *events)]
    house.land("a.json", lines(*bodies))
    totals = house.ingest().totals
    assert totals.records_read == len(bodies) == totals.records_parsed + totals.records_quarantined
    assert totals.events_read == totals.events_kept + totals.events_duplicate + totals.events_quarantined
    assert len(house.quarantine()) <= totals.records_quarantined + totals.events_quarantined
