"""Where an IP address lies, by a database of the user's own: `ip_geolocation: FILE.mmdb` (spec §2.4)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from transforms.errors import Problem, UserError
from transforms.ingest.values import filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from maxminddb import Reader

#: Addresses that are remembered: senders come back, and reading a record takes longer than all else of a batch.
_REMEMBERED = 65_536


@dataclass(frozen=True)
class Located:
    """The fields of a `location` and of a `coordinates` statement; empty where the database has none."""

    place: dict[str, str] = field(default_factory=dict)
    point: dict[str, str] = field(default_factory=dict)


class IpGeolocation:
    """An open database of the form of GeoLite2-City; sent to another process it is opened there again."""

    def __init__(self, reader: Reader, file: str, data: Path) -> None:
        self._reader = reader
        self._name = file
        self._data = data
        self.locate = lru_cache(_REMEMBERED)(self._locate)

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened_again, (self._name, self._data)

    def _locate(self, address: str) -> Located:
        """Where the address lies. Nowhere for what is no address, or none that the database knows."""
        from maxminddb import InvalidDatabaseError

        try:
            found = self._reader.get(address.strip())
        except ValueError:
            return Located()
        except InvalidDatabaseError:
            _broken(self._name)
        return _located(found)


@contextmanager
def opened_geolocation(file: str | None, data: Path) -> Iterator[IpGeolocation | None]:
    """The database `file`, None where there is to be none; a path that is not absolute is relative to the data folder.

    UserError `ip_geolocation_missing`, `ip_geolocation_broken` where it can't be read, exit status 2.
    """
    if file is None:
        yield None
        return
    with _open(file, data) as reader:
        yield IpGeolocation(reader, file, data)


def check_geolocation(file: str | None, data: Path) -> None:
    """Raise what opened_geolocation() would."""
    with opened_geolocation(file, data):
        pass


@lru_cache(1)
def _opened_again(file: str, data: Path) -> IpGeolocation:
    return IpGeolocation(_open(file, data), file, data)


def _open(file: str, data: Path) -> Reader:
    from maxminddb import (
        InvalidDatabaseError,
        open_database,
    )  # only a project that has such a file pays for it

    try:
        return open_database(data / file)
    except FileNotFoundError:
        raise UserError(
            Problem(
                "ip_geolocation_missing",
                f"ip_geolocation: there is no file {data / file}",
                hint="put the .mmdb file there (a relative path begins at the data folder), or take the key out",
            )
        ) from None
    except (OSError, InvalidDatabaseError, ValueError, TypeError):
        _broken(file)


def _broken(file: str) -> NoReturn:
    raise UserError(
        Problem(
            "ip_geolocation_broken",
            f"ip_geolocation: {file} can't be read as a MaxMind DB: nothing was ingested",
            hint="bring a whole .mmdb file of the form of GeoLite2-City",
        )
    ) from None


def _located(found: Any) -> Located:
    record = _mapping(found)
    country, city = _mapping(record.get("country")), _mapping(record.get("city"))
    postal, location = _mapping(record.get("postal")), _mapping(record.get("location"))
    subdivisions = record.get("subdivisions")
    # The first is the largest: the country's own part.
    region = _mapping(subdivisions[0]) if isinstance(subdivisions, list) and subdivisions else {}
    place = {
        "country": filled(country.get("iso_code")),
        "region": filled(region.get("iso_code")) or _name(region),
        "city": _name(city),
        "postal_code": filled(postal.get("code")),
        "dma": filled(location.get("metro_code")),
    }
    point = {"latitude": filled(location.get("latitude")), "longitude": filled(location.get("longitude"))}
    return Located(_said(place), _said(point) if None not in point.values() else {})


def _name(record: dict[str, Any]) -> str | None:
    return filled(_mapping(record.get("names")).get("en"))


def _said(fields: dict[str, str | None]) -> dict[str, str]:
    known = {name: value for name, value in fields.items() if value is not None}
    return {**known, "source": "ip"} if known else {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
