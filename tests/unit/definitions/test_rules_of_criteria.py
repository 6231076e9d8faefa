"""What rules tell of the meaning of criteria, of every kind: what can't hold, what holds for nearly everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import audience, codes

if TYPE_CHECKING:
    from pathlib import Path

#: What criteria name.
_FILES = {
    "attributes/plays.yml": "attribute: plays\nfunction: count\nof: {event: {name: Play}}\n",
    "attributes/genres.yml": "attribute: genres\nfunction: unique_list\nof: {event: {name: Play}}\nvalue: genre\n",
    "lists/vips.csv": "email\nana@example.com\n",
    "models/scores.sql": "select 1 as mpid",
    "models/others.sql": "select 1 as mpid",
}


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("{ecommerce: {action: purchase, where: {total_amount: {contains: 5}}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, where: {total_amount: 10}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, where: {total_amount: {not_in: [10, 20]}}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, where: {total_amount: {before: 2018-01-01}}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, where: {total_amount: {gte: 10, exists: true}}}}", []),
        ("{ecommerce: {action: purchase, where: {attribute.total_amount: {contains: 5}}}}", []),
        ("{ecommerce: {action: purchase, where: {currency_code: {gt: 5}}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, where: {transaction_id: {gt: 5}}}}", []),
        ("{ecommerce: {action: purchase, product: {price: {is: true}}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, product: {category: {exact: shoes}}}}", []),
        ("{event: {name: Play, app_version: {gte: 2.10}}}", ["DEF-096"]),
        ('{event: {name: Play, app_version: {version: {gte: "2.10"}}}}', []),
        ("{event: {name: Play, app_version: {starts_with: 2.}}}", []),
        ("{event: {name: Play, where: {price: {contains: 5}}}}", []),
        ("{user: {attribute: total_amount, contains: 5}}", []),
        ("{ecommerce: {action: purchase, sum: {attribute: currency_code, gte: 5}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, average: {product: brand, gte: 5}}}", ["DEF-096"]),
        ("{ecommerce: {action: purchase, distinct: {attribute: currency_code, gte: 2}}}", []),
        ("{ecommerce: {action: purchase, sum: {attribute: total_amount, gte: 5}}}", []),
        ("{ecommerce: {action: purchase, max: {product: id, gte: 5}}}", []),
        ("{install: {os_version: {gt: 17}}}", ["DEF-096"]),
        ("{cart_abandonment: {wait: 2 hours, product: {price: {contains: 5}}}}", ["DEF-096"]),
        ("{cart_abandonment: {wait: 2 hours, where: {total_amount: {gte: 5}}}}", []),
        (
            "{sequence: [{event: {name: P}}, {ecommerce: {action: purchase, product: {price: 5}}}]}",
            ["DEF-096"],
        ),
        (
            "{sequence: [{event: {name: P}}, {ecommerce: {action: purchase, product: {price: {same_as: 1}}}}]}",
            ["CRT-059"],
        ),
        ("{device: {os_version: {gte: 17}}}", ["DEF-096"]),
        ('{device: {os_version: {version: {gte: "17"}}}}', []),
        ("{device: {os: {gt: 5}}}", ["DEF-096"]),
        ("{device: {model: {gt: 5}, carrier: {eq: 26201}}}", []),
        ("{location: {country: {before: 2018-01-01}}}", ["DEF-096"]),
        ("{location: {postal_code: {between: [10115, 14199]}}}", []),
        ("{attribution: {on: install, campaign: {is: true}}}", ["DEF-096"]),
        ("{model: {name: scores, where: {score: {before: 2018-01-01}}}}", []),
    ],
)
def test_operators_fit_what_a_built_in_field_is(criteria: str, expected: list[str], tmp_path: Path) -> None:
    assert codes(tmp_path, _FILES | {"audiences/a.yml": audience("a", criteria=criteria)}) == expected


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("function: sum\nof: {ecommerce: {action: purchase}}\nvalue: currency_code", ["DEF-096"]),
        ("function: average\nof: {ecommerce: {action: purchase}}\nvalue: {product: brand}", ["DEF-096"]),
        ("function: most_frequent\nof: {ecommerce: {action: purchase}}\nvalue: {product: brand}", []),
        ("function: sum\nof: {ecommerce: {action: purchase}}\nvalue: {product: price}", []),
        (
            "function: count\nof: {ecommerce: {action: purchase, product: {price: {contains: 5}}}}",
            ["DEF-096"],
        ),
        ("function: count\nof: {event: {name: Play, where: {a: {gt: 9, lt: 5}}}}", ["DEF-090"]),
    ],
)
def test_calculated_attributes_are_checked_like_criteria(
    attribute: str, expected: list[str], tmp_path: Path
) -> None:
    assert codes(tmp_path, {"attributes/x.yml": f"attribute: x\n{attribute}\n"}) == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("{user: {attribute: a, gt: 5, lt: 3}}", ["DEF-090"]),
        ("{user: {attribute: a, gte: 5, lte: 5}}", []),
        ("{user: {attribute: a, gte: 5, lt: 5}}", ["DEF-090"]),
        ("{user: {attribute: a, eq: 1, gt: 2}}", ["DEF-090"]),
        ("{user: {attribute: a, eq: 1, ne: 1}}", ["DEF-090"]),
        ("{user: {attribute: a, exact: a, in: [b, c]}}", ["DEF-090"]),
        ("{user: {attribute: a, exact: B, in: [b, c]}}", []),
        ("{user: {attribute: a, exact: b, starts_with: a}}", ["DEF-090"]),
        ("{user: {attribute: a, in: [b, ab], starts_with: a}}", []),
        ("{user: {attribute: a, starts_with: ab, not_contains: B}}", ["DEF-090"]),
        ("{user: {attribute: a, is: true, exact: 'false'}}", ["DEF-090"]),
        ("{user: {attribute: a, exact: abc, gt: 5}}", ["DEF-090"]),
        ("{user: {attribute: a, exact: 7, gt: 5}}", []),
        ("{user: {attribute: a, exists: false, exact: a}}", ["DEF-090"]),
        ("{all: [{last_seen: {within: 9 days}}, {user: {attribute: a, exists: false, not_exact: a}}]}", []),
        ("{user: {attribute: a, before: 2018-01-01, after: 2018-01-01}}", ["DEF-090"]),
        ("{user: {attribute: a, before: 2018-01-02, after: 2018-01-01}}", []),
        ("{user: {attribute: a, before: 2018-01-01, within: 7 days}}", []),
        ('{user: {attribute: a, version: {gt: "2.10", lt: "2.9"}}}', ["DEF-090"]),
        ('{user: {attribute: a, version: {gt: "2.9", lt: "2.10"}}}', []),
        ("{user: {attribute: a, includes: a, not_includes: A}}", ["DEF-090"]),
        ("{user: {attribute: a, includes: a, partial: b}}", []),
        ("{user: {attribute: a, includes: a, exact: b}}", ["DEF-090"]),
        ("{event: {name: Play, count: {lt: 0}}}", ["DEF-090"]),
        ("{event: {name: Play, count: {gt: 1, lt: 2}}}", ["DEF-090"]),
        ("{event: {name: Play, sum: {attribute: s, gt: 1, lt: 2}}}", []),
        ("{first_seen: {within: 7 days, ago: [30 days, 14 days]}}", ["DEF-090"]),
        ("{first_seen: {within: 30 days, ago: [30 days, 14 days]}}", []),
        ("{all: [{user: {attribute: a, exact: x}}, {user: {attribute: A, exact: y}}]}", ["DEF-091"]),
        ("{any: [{user: {attribute: a, exact: x}}, {user: {attribute: a, exact: y}}]}", []),
        ("{user: {attribute: a, exact: x}, exclude: [{user: {attribute: a, in: [x, y]}}]}", ["DEF-091"]),
        ("{last_seen: {within: 7 days}, exclude: [{last_seen: {within: 9 days}}]}", ["DEF-091"]),
        ("{last_seen: {within: 9 days}, exclude: [{last_seen: {within: 7 days}}]}", []),
        (
            "{all: [{event: {name: P, count: {gte: 3}}}, {event: {name: P, count: {lt: 2}}}]}",
            ["DEF-073", "DEF-091"],
        ),
        ("{all: [{event: {name: P, count: {gte: 3}}}, {event: {name: P, count: {lt: 5}}}]}", ["DEF-073"]),
        ("{any: [{event: {name: P}}, {all: [{user: {attribute: a, eq: 1}}, {user: {attribute: a, eq: 2}}]}]}", ["DEF-091"]),
        ("{event: {name: P}, none: [{event: {name: P}}]}", ["DEF-073", "DEF-094"]),
        ("{event: {name: P}, none: [{event: {name: P, within: 7 days}}]}", []),
        ("{any: [{event: {name: P}}, {none: [{event: {name: P}}]}]}", ["DEF-073"]),
        ("{session: {length: {gt: 5 minutes, lt: 3 minutes}}}", ["DEF-090"]),
        ("{session: {length: {gte: 7 days, lte: 1 week}}}", []),
        ("{session: {length: {eq: 1 week, ne: 7 days}}}", ["DEF-090"]),
        ("{session: {length: {between: [1 minute, 5 minutes], gt: 5 minutes}}}", ["DEF-090"]),
        ("{install: {platform: {exact: ios, in: [android, web]}}}", ["DEF-090"]),
        ("{cart_abandonment: {wait: 1 hour, product: {price: {gt: 9, lt: 5}}}}", ["DEF-090"]),
        ("{sequence: [{event: {name: P}}, {event: {name: Q, where: {a: {gt: 9, lt: 5}}}}]}", ["DEF-090"]),
        ("{sequence: [{event: {name: P, where: {a: 1}}}, {event: {name: Q, where: {a: 2}}}]}", []),
        ("{calculated: {attribute: plays, gt: 9, lt: 5}}", ["DEF-090"]),
        ("{calculated: {attribute: genres, includes: a, partial: b}}", []),
        ("{all: [{calculated: {attribute: plays, gt: 9}}, {calculated: {attribute: plays, lt: 5}}]}", ["DEF-091"]),
        ("{all: [{calculated: {attribute: plays, gt: 9}}, {user: {attribute: plays, lt: 5}}]}", []),
        ("{device: {os: {exact: iOS, in: [Android, web]}}}", ["DEF-090"]),
        ("{all: [{device: {os: iOS}}, {device: {os: Android}}]}", []),
        ("{all: [{location: {country: FR}}, {location: {country: US}}]}", ["DEF-091"]),
        ("{all: [{location: {country: FR}}, {location: {city: Paris}}]}", []),
        ("{location: {country: FR}, exclude: [{location: {country: {in: [FR, US]}}}]}", ["DEF-091"]),
        ("{location: {country: FR}, exclude: [{location: {country: {in: [FR, US]}, city: Paris}}]}", []),
        ("{location: {country: FR}, exclude: [{location: {country: {in: [FR, US]}, within: {km: 9, of: {lat: 1, lon: 2}}}}]}", []),
        ("{all: [{attribution: {on: install, publisher: a}}, {attribution: {on: install, publisher: b}}]}", ["DEF-091"]),
        ("{all: [{attribution: {on: install, publisher: a}}, {attribution: {on: uninstall, publisher: b}}]}", []),
        ("{all: [{consent: {regulation: gdpr, purpose: m, state: granted}}, {consent: {regulation: GDPR, purpose: M, state: denied}}]}", ["DEF-091"]),
        ("{all: [{consent: {regulation: gdpr, purpose: m, state: granted}}, {consent: {regulation: gdpr, purpose: n, state: denied}}]}", []),
        ("{list: vips, exclude: [{list: vips}]}", ["DEF-094"]),
        ("{list: vips, exclude: [{list: {name: vips, workspace: shop}}]}", []),
        ("{model: {name: scores, where: {score: {gt: 9, lt: 5}}}}", ["DEF-090"]),
        ("{all: [{model: {name: scores, where: {a: 1}}}, {model: {name: scores, where: {a: 2}}}]}", []),
        ("{sequence: [{event: {name: P}}, {event: {name: Q}}], exclude: [{sequence: [{event: {name: P}}, {event: {name: Q}}]}]}", ["DEF-073", "DEF-094"]),
        ("{install: {within: 7 days}, exclude: [{install: {within: 7 days}}]}", ["DEF-094"]),
        ("{install: {within: 7 days}, exclude: [{upgrade: {within: 7 days}}]}", []),
    ],
)  # fmt: skip
def test_what_can_hold_for_nobody_is_told(criteria: str, expected: list[str], tmp_path: Path) -> None:
    files = _FILES | {"audiences/a.yml": audience("a", criteria=criteria, workspaces="[shop]")}
    assert sorted(codes(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("{audience: {in: b}, exclude: [{audience: {in: b}}]}", ["DEF-093"]),
        ("{all: [{audience: {in: b}}, {audience: {not_in: b}}]}", ["DEF-093"]),
        ("{any: [{audience: {in: b}}, {audience: {not_in: b}}]}", []),
        ("{audience: {in: b}, exclude: [{audience: {in: b, variant: push}}]}", []),
        ("{audience: {in: b, variant: push}, exclude: [{audience: {in: b}}]}", ["DEF-093"]),
        ("{audience: {in: b, variant: push}, exclude: [{audience: {in: b, variant: push}}]}", ["DEF-093"]),
        ("{audience: {in: b, variant: push}, exclude: [{audience: {in: b, variant: Control}}]}", []),
        ("{audience: {in: b}, none: [{any: [{first_seen: {within: 1 day}}, {audience: {in: b}}]}]}", ["DEF-093"]),
        ("{audience: {in: b}, none: [{all: [{first_seen: {within: 1 day}}, {audience: {in: b}}]}]}", []),
    ],
)  # fmt: skip
def test_an_audience_in_and_out_is_told(criteria: str, expected: list[str], tmp_path: Path) -> None:
    files = {
        "audiences/a.yml": audience("a", criteria=criteria),
        "audiences/b.yml": audience("b", ab_test="{name: t, variants: {push: 40}}"),
    }
    assert codes(tmp_path, files) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("{user: {attribute: a, not_exact: x}}, {user: {attribute: A, not_exact: y}}", ["DEF-092"]),
        ("{user: {attribute: a, not_exact: x}}, {user: {attribute: b, not_exact: y}}", []),
        ("{user: {attribute: a, not_exact: x}}, {user: {attribute: a, exact: y}}", []),
        ("{user: {attribute: a, ne: 1}}, {none: [{user: {attribute: a, eq: 2}}]}", ["DEF-092"]),
        (
            "{identity: {type: email, not_contains: x}}, {identity: {type: email, not_contains: y}}",
            ["DEF-092"],
        ),
        ("{device: {os: {not_exact: a}}}, {device: {os: {not_exact: b}}}", ["DEF-092"]),
        ("{device: {os: {not_exact: a}}}, {device: {os: {not_exact: b}, type: {not_exact: c}}}", []),
        ("{location: {city: {not_exact: a}}}, {location: {country: {not_exact: b}}}", []),
        ("{calculated: {attribute: plays, ne: 1}}, {calculated: {attribute: plays, ne: 2}}", ["DEF-092"]),
        ("{calculated: {attribute: plays, ne: 1}}, {user: {attribute: plays, ne: 2}}", []),
        (
            "{attribution: {on: install, publisher: {not_exact: a}}}, "
            "{attribution: {on: uninstall, publisher: {not_exact: b}}}",
            [],
        ),
        (
            "{location: {country: {not_exact: a}}}, "
            "{none: [{location: {country: b, within: {km: 5, of: {lat: 1, lon: 2}}}}]}",
            [],
        ),
        (
            "{model: {name: scores, where: {a: {ne: 1}}}}, {model: {name: others, where: {a: {ne: 2}}}}",
            [],
        ),
    ],
)
def test_alternatives_that_are_negatives_are_told(items: str, expected: list[str], tmp_path: Path) -> None:
    criteria = f"{{first_seen: {{within: 9 days}}, any: [{items}]}}"
    assert codes(tmp_path, _FILES | {"audiences/a.yml": audience("a", criteria=criteria)}) == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("{member_since: {in: players, ago: [900 days, 400 days]}}", []),
        ("{member_since: {in: players, ago: [900 days, 401 days]}}", ["DEF-125"]),
        ("{member_since: {in: players, within: 900 days}}", []),
        ("{member_since: {in: players, before: 2017-01-01}}", []),
        ("{member_since: {in: players, ago: [0 days, 0 days]}}", []),
        ("{member_since: {in: players, ago: [9 days, 5 days], within: 3 days}}", ["DEF-090"]),
        ("{all: [{member_since: {in: players, after: 2018-02-01}}, {audience: {in: players}}]}", []),
        ("{member_since: {in: nobody, within: 3 days}}", ["DEF-062"]),
        ("{member_since: {in: one, within: 3 days}}", ["DEF-066"]),
    ],
)
def test_what_is_told_of_since_when_somebody_is_a_member(
    criteria: str, expected: list[str], tmp_path: Path
) -> None:
    files = {
        "audiences/players.yml": audience("players"),
        "audiences/one.yml": audience("one", criteria=criteria),
    }
    assert codes(tmp_path, files) == expected
