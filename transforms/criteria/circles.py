"""Places within a distance of another: `{km: 50, of: "Paris, FR"}` (spec §4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.operands import read_number
from transforms.criteria.reading import read_mapping, read_text
from transforms.documents.nodes import Mapping
from transforms.documents.report import nearest

if TYPE_CHECKING:
    from transforms.criteria.gazetteer import City
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

#: Half the circumference of the sphere that distances are measured on is 20,015.1 km.
_FARTHEST_KM = Decimal(20_016)
_FORMS = "write `Paris, FR`, `Paris, TX, US` or `{lat: 48.85, lon: 2.35}`"


@dataclass(frozen=True)
class Circle:
    """All places at most `km` from a point, in degrees, on the sphere of the function distance_km."""

    km: Decimal
    latitude: Decimal
    longitude: Decimal
    centre: str

    def distance(self) -> exp.Expr:
        """The kilometres from the columns `latitude` and `longitude` to the centre, null where they are."""
        here = (exp.column("latitude"), exp.column("longitude"))
        return sql.call("distance_km", *here, sql.number(self.latitude), sql.number(self.longitude))

    def holds(self) -> exp.Expr:
        """Whether the columns are a place in the circle; its edge is."""
        return exp.LTE(this=self.distance(), expression=sql.number(self.km))

    def words(self) -> str:
        """The circle in plain words."""
        return f"within {_plain(self.km)} km of {self.centre}"


def read_circle(node: Node, report: Report) -> Circle | None:
    """The circle that `node` writes, or None with problems."""
    if not isinstance(node, Mapping):
        hint = 'such as `within: {km: 50, of: "Paris, FR"}`'
        report.add("CRT-001", "`within` of `location` takes a distance and a place", node, hint=hint)
        return None
    mapping = read_mapping(node, "`within`", ("km", "of"), report)
    if mapping is None:
        return None
    km = _number(mapping, "km", report)
    if km is not None and not 0 < km <= _FARTHEST_KM:
        report.add(
            "CRT-070",
            "a distance is over 0 and at most 20016 km",
            mapping.get("km"),
            hint="no two places lie farther apart than 20015.2 km",
        )
        km = None
    of = mapping.get("of")
    if of is None:
        report.add("CRT-004", "`of` is missing in `within`", mapping, hint=_FORMS)
        return None
    centre = _read_point(of, report) if isinstance(of, Mapping) else _read_city(of, report)
    return None if km is None or centre is None else Circle(km, *centre)


def circle_schema() -> dict[str, Any]:
    """JSON Schema of a circle. Whether a city is known and meant is for validation to say."""
    number = {"type": ["number", "string"]}
    point = {
        "type": "object",
        "properties": {
            "lat": {**number, "minimum": -90, "maximum": 90},
            "lon": {**number, "minimum": -180, "maximum": 180},
        },
        "required": ["lat", "lon"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "km": {**number, "exclusiveMinimum": 0, "maximum": int(_FARTHEST_KM)},
            "of": {"anyOf": [{"type": "string", "minLength": 1}, point]},
        },
        "required": ["km", "of"],
        "additionalProperties": False,
    }


def _read_point(node: Mapping, report: Report) -> tuple[Decimal, Decimal, str] | None:
    mapping = read_mapping(node, "`of`", ("lat", "lon"), report)
    if mapping is None:
        return None
    found: list[Decimal] = []
    for key, most in (("lat", 90), ("lon", 180)):
        degrees = _number(mapping, key, report)
        if degrees is not None and abs(degrees) > most:
            report.add("CRT-070", f"`{key}` is from -{most} to {most} degrees", mapping.get(key))
        elif degrees is not None:
            found.append(degrees)
    if len(found) < 2:
        return None
    latitude, longitude = found
    return latitude, longitude, f"{_plain(latitude)}, {_plain(longitude)}"


def _number(mapping: Mapping, key: str, report: Report) -> Decimal | None:
    node = mapping.get(key)
    if node is None:
        report.add("CRT-004", f"`{key}` is missing", mapping)
        return None
    return read_number(node, report)


def _read_city(node: Node, report: Report) -> tuple[Decimal, Decimal, str] | None:
    from transforms.criteria import gazetteer

    written = read_text(node, "`of`", report)
    if written is None:
        return None
    parts = [part.strip() for part in written.split(",")]
    if not all(parts) or len(parts) > 3:
        report.add("CRT-071", f"`{written[:80]}` is no city", node, hint=_FORMS)
        return None
    name, country = parts[0], parts[-1] if len(parts) > 1 else None
    if country is not None and country.upper() not in gazetteer.countries():
        near = nearest(country, gazetteer.countries())
        hint = f"did you mean `{near}`? " if near else ""
        message = f"`{country[:80]}` is no country: it is written with the two letters of ISO 3166"
        report.add("CRT-071", message, node, hint=hint + _FORMS)
        return None
    found = gazetteer.cities_named(name, parts[1] if len(parts) == 3 else None, country)
    match found:
        case (city,):
            return city.latitude, city.longitude, city.written
        case ():
            near = gazetteer.cities_named(name) or gazetteer.nearest_cities(name, country)
            hint = (
                f"perhaps `{near[0].written}` is meant"
                if near
                else "cities of 15,000 people or more are known"
            )
            message = f"no city `{written[:80]}` is known"
            report.add(
                "CRT-071",
                message,
                node,
                allowed=map(_candidate, near),
                hint=f"{hint}; any other place is written with its lat and lon",
            )
        case several:
            report.add(
                "CRT-072",
                f"`{written[:80]}` is the name of {len(several)} cities",
                node,
                allowed=map(_candidate, several),
                hint="name the region and the country, or write lat and lon",
            )
    return None


def _candidate(city: City) -> str:
    place = f"{{lat: {_plain(city.latitude)}, lon: {_plain(city.longitude)}}}"
    return f"{city.written} ({city.population:,} people, {place})"


def _plain(value: Decimal) -> str:
    return format(value, "f")
