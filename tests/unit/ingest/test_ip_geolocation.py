"""Locations that IP addresses tell at ingest (spec §2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.mmdb import write_mmdb
from tests.unit.ingest.builders import DAY, NOON, House, batch, event, lines, typed_event
from transforms.errors import UserError
from transforms.ingest.ip_geolocation import opened_geolocation

if TYPE_CHECKING:
    from pathlib import Path

PARIS: dict[str, Any] = {
    "country": {"iso_code": "FR", "names": {"en": "France"}},
    "subdivisions": [{"iso_code": "IDF"}, {"iso_code": "75"}],
    "city": {"names": {"en": "Paris", "de": "Paris"}},
    "postal": {"code": "75001"},
    "location": {"latitude": 48.8566, "longitude": 2.3522, "time_zone": "Europe/Paris"},
}
DALLAS: dict[str, Any] = {
    "country": {"iso_code": "US"},
    "subdivisions": [{"names": {"en": "Texas"}}],
    "location": {"metro_code": 623, "latitude": 32.8, "longitude": -96.8},
}
SOMEWHERE: dict[str, Any] = {"location": {"latitude": 1.5}, "traits": {"is_anycast": "yes"}}
NETWORKS = (
    ("81.2.69.0/24", PARIS),
    ("81.2.69.128/25", DALLAS),
    ("2001:db8::/32", DALLAS),
    ("203.0.113.7/32", SOMEWHERE),
)
IN_PARIS = {"country": "FR", "region": "IDF", "city": "Paris", "postal_code": "75001", "source": "ip"}
AT_PARIS = {"latitude": "48.8566", "longitude": "2.3522", "source": "ip"}
IN_DALLAS = {"country": "US", "region": "Texas", "dma": "623", "source": "ip"}


@pytest.fixture
def located(tmp_path: Path) -> House:
    write_mmdb(tmp_path / "geo" / "cities.mmdb", NETWORKS)
    return House(tmp_path, ip_geolocation="geo/cities.mmdb")


def fields(house: House, *batches: Any) -> tuple[list[Any], list[Any]]:
    """The fields of every location and of all coordinates that the batches bring."""
    house.land("a.json", lines(*batches))
    house.ingest()
    return tuple([row["fields"] for row in house.said(kind)] for kind in ("location", "coordinates"))  # type: ignore[return-value]


def test_a_batch_without_a_location_has_that_of_its_address(located: House) -> None:
    body = batch(event(at=NOON), event(at=NOON + DAY), ip="81.2.69.5")
    assert fields(located, body) == ([IN_PARIS], [AT_PARIS])
    (place,) = located.said("location")
    (seen,) = located.said("seen")
    assert place["said_at"] == seen["said_at"]
    assert seen["fields"]["extra"] == '{"ip":"81.2.69.5"}'


@pytest.mark.parametrize(
    ("address", "places"),
    [
        ("81.2.69.127", [IN_PARIS]),
        ("81.2.69.128", [IN_DALLAS]),
        (" 81.2.69.200 ", [IN_DALLAS]),
        ("2001:db8::1", [IN_DALLAS]),
        ("2001:db9::1", []),
        ("81.2.70.1", []),
        ("203.0.113.7", []),
        ("81.2.69", []),
        ("no address", []),
        ("", []),
        (None, []),
        (5, []),
        (["81.2.69.5"], []),
    ],
)
def test_addresses(located: House, address: Any, places: list[Any]) -> None:
    found, points = fields(located, batch(event(), ip=address))
    assert found == places
    assert len(points) == len(places)


def test_what_a_batch_brings_is_kept_and_what_it_lacks_is_filled(located: House) -> None:
    with_place = batch(event(), ip="81.2.69.5", context={"location": {"country_code": "DE"}})
    assert fields(located, with_place) == ([{"country": "DE"}], [AT_PARIS])


def test_a_location_of_an_event_is_one_that_the_batch_brings(located: House) -> None:
    where = {"latitude": 50, "longitude": 8}
    body = batch(typed_event("session_start", location=where), event(at=NOON + 1), ip="81.2.69.5")
    assert fields(located, body) == ([IN_PARIS], [{"latitude": "50", "longitude": "8"}])


def test_without_a_database_an_address_tells_nothing(house: House) -> None:
    assert fields(house, batch(event(), ip="81.2.69.5")) == ([], [])


def test_another_database_changes_nothing_that_is_in_the_lake(located: House) -> None:
    first, second = (batch(event(id=mpid), ip="81.2.69.5", mpid=mpid) for mpid in (1, 2))
    fields(located, first)
    write_mmdb(located.data / "geo" / "cities.mmdb", [("81.2.69.0/24", DALLAS)])
    # The file grew, so it is read again whole.
    assert sorted(fields(located, first, second)[0], key=str) == sorted([IN_PARIS, IN_DALLAS], key=str)
    assert [(row["mpid"], row["fields"]["country"]) for row in located.said("location")] == [
        (1, "FR"),
        (2, "US"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "ip_geolocation_missing"),
        (b"", "ip_geolocation_broken"),
        (b"no database", "ip_geolocation_broken"),
    ],
)
def test_a_file_that_is_missing_or_broken_stops_ingest_before_anything(
    house: House, content: bytes | None, code: str
) -> None:
    house.ip_geolocation = "cities.mmdb"
    if content is not None:
        (house.data / "cities.mmdb").write_bytes(content)
    house.land("a.json", lines(batch(event(), ip="81.2.69.5")))
    with pytest.raises(UserError) as caught:
        house.ingest()
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.exit_status == 2
    assert not (house.data / "lake").exists()


def test_a_database_that_is_cut_off_stops_ingest(located: House) -> None:
    path = located.data / "geo" / "cities.mmdb"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match="can't be read as a MaxMind DB"):
        located.ingest()


def test_a_record_that_can_not_be_read_stops_ingest_and_leaves_the_lake(located: House) -> None:
    path = located.data / "geo" / "cities.mmdb"
    content = path.read_bytes()
    place = content.index(b"\x47country") - 1
    # A map is said to begin with a type that there is not.
    path.write_bytes(content[:place] + b"\x00\xff" + content[place + 2 :])
    located.land("a.json", lines(batch(event(), ip="81.2.69.5")))
    with pytest.raises(UserError, match="nothing was ingested"):
        located.ingest()
    assert not (located.data / "lake" / "users").exists()


def test_the_path_may_be_absolute(tmp_path: Path) -> None:
    write_mmdb(tmp_path / "cities.mmdb", NETWORKS)
    with opened_geolocation(str(tmp_path / "cities.mmdb"), tmp_path / "data") as geolocation:
        assert geolocation is not None
        assert geolocation.locate("81.2.69.5").point == AT_PARIS
