"""Names that the lake has never seen are warned of with the nearest that it has, and only where that is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, write_project
from transforms.definitions.load import check_definitions
from transforms.seen_names import LONGEST_NAME, MOST_NAMES, SeenNames, seen_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from transforms.errors import Problem

SEEN = seen_names(
    {
        "events": [(("custom_event", name), ()) for name in ("Play", "Trial Started")]
        + [(("screen_view", "Home"), ())],
        "event_attributes": [
            (("custom_event", "Play", "genre"), ("text",)),
            (("custom_event", "Play", "seconds"), ("text", "number", "version")),
            (("commerce_event", "purchase", "gift"), ("text", "boolean")),
            (("crash_report", "", "reason"), ("text",)),
        ],
        "product_attributes": [(("color",), ("text",))],
        "categories": [(("Shoes",), ())],
        "brands": [(("Acme",), ())],
        "user_attributes": [
            (("shop", "Plan"), ("text",)),
            (("shop", "age"), ("text", "number", "version")),
            (("shop", "sizes"), ("list",)),
            (("club", "card"), ("text",)),
        ],
    }
)


def _problems(folder: Path, criteria: str, seen: SeenNames | None = SEEN) -> tuple[Problem, ...]:
    files = {"audiences/a.yml": audience("a", criteria=criteria, workspaces="[shop]")}
    return check_definitions(write_project(folder, files, MILEPOST), seen=seen).problems


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("{event: {name: Play}}", []),
        ("{event: {name: play}}", ["DEF-097"]),
        ("{event: {name: {starts_with: Never}}}", []),
        ("{event: {name: Home}}", ["DEF-097"]),
        ("{screen_view: {name: Home}}", []),
        ("{screen_view: {name: Hime}}", ["DEF-097"]),
        ("{event: {name: Play, where: {genre: drama}}}", []),
        ("{event: {name: Play, where: {gift: drama}}}", ["DEF-098"]),
        ("{event: {name: Never, where: {genre: drama}}}", ["DEF-097"]),
        ("{event: {where: {genre: drama}}}", []),
        ("{event: {name: Play, sum: {attribute: second, gte: 60}}}", ["DEF-098"]),
        ("{event: {name: Play, where: {genre: {gt: 5}}}}", ["DEF-111"]),
        ("{event: {name: Play, where: {seconds: {gt: 5}}}}", []),
        ("{ecommerce: {action: purchase, where: {gift: true, total_amount: {gt: 5}}}}", []),
        ("{ecommerce: {action: purchase, where: {attribute.gift: true}}}", []),
        ("{ecommerce: {action: purchase, where: {gifts: true}}}", ["DEF-098"]),
        ("{ecommerce: {action: purchase, product: {color: red, brand: acme}}}", []),
        ("{ecommerce: {action: purchase, product: {colour: red}}}", ["DEF-098"]),
        ("{ecommerce: {action: purchase, product: {category: {in: [shoes, shoos]}}}}", ["DEF-110"]),
        ("{ecommerce: {action: purchase, promotion: {theme: red}}}", ["DEF-098"]),
        ("{ecommerce: {action: purchase, sum: {product: color, gte: 1}}}", ["DEF-111"]),
        ("{event: {name: Play, average: {attribute: genre, gte: 1}}}", ["DEF-111"]),
        ("{event: {name: Play, distinct: {attribute: genre, gte: 1}}}", []),
        ("{event: {name: Play, sum: {attribute: seconds, gte: 1}}}", []),
        ("{attribution_event: {name: Plai}}", ["DEF-097"]),
        ("{sequence: [{event: {name: Play}}, {screen_view: {name: Hom}}]}", ["DEF-097"]),
        ("{sequence: [{event: {name: Play, where: {genr: a}}}, {screen_view: {name: Home}}]}", ["DEF-098"]),
        ("{cart_abandonment: {wait: 2 hours, product: {category: shoos}}}", ["DEF-110"]),
        ("{cart_abandonment: {wait: 2 hours, product: {category: SHOES}}}", []),
        ("{cart_abandonment: {wait: 2 hours, where: {gift: a}}}", ["DEF-098"]),
        ("{crash: {where: {reason: memory}}}", []),
        ("{crash: {where: {raison: memory}}}", ["DEF-098"]),
        ("{install: {where: {raison: memory}}}", []),
        ("{device: {brand: Nobody}, location: {city: Nowhere}}", []),
        ("{ecommerce: {action: purchase, product: {name: Whatever}}}", ["DEF-110"]),
        (f"{{event: {{name: {'x' * (LONGEST_NAME + 1)}}}}}", []),
        ("{user: {attribute: PLAN, exact: pro}}", []),
        ("{user: {attribute: plam, exact: pro}}", ["DEF-099"]),
        ("{user: {attribute: card, exact: pro}}", ["DEF-099"]),
        ("{user: {attribute: plan, gt: 5}}", ["DEF-111"]),
        ("{user: {attribute: age, gt: 5}}", []),
        ("{user: {attribute: age, before: 2018-01-01}}", ["DEF-111"]),
        ("{user: {attribute: sizes, exact: s}}", ["DEF-111"]),
        ("{user: {attribute: sizes, includes: s}}", []),
    ],
)
def test_what_was_never_seen(criteria: str, expected: list[str], tmp_path: Path) -> None:
    problems = _problems(tmp_path, criteria)
    assert [problem.code for problem in problems] == expected
    assert all(problem.severity == "warning" for problem in problems)
    assert _problems(tmp_path, criteria, None) == ()


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("function: count\nof: {event: {name: Play}}", []),
        ("function: count\nof: {event: {name: Plai}}", ["DEF-097"]),
        ("function: count\nof: {event: {name: Play, where: {genr: a}}}", ["DEF-098"]),
        ("function: sum\nof: {event: {name: Play}}\nvalue: second", ["DEF-098"]),
        ("function: sum\nof: {event: {name: Play}}\nvalue: genre", ["DEF-111"]),
        ("function: most_frequent\nof: {event: {name: Play}}\nvalue: genre", []),
        ("function: count\nof: {ecommerce: {action: purchase, product: {brand: Akme}}}", ["DEF-110"]),
    ],
)
def test_what_calculated_attributes_name(attribute: str, expected: list[str], tmp_path: Path) -> None:
    files = {"attributes/x.yml": f"attribute: x\n{attribute}\n"}
    checked = check_definitions(write_project(tmp_path, files, MILEPOST), seen=SEEN)
    assert [problem.code for problem in checked.problems] == expected


def test_an_audience_with_an_error_is_not_warned_of(tmp_path: Path) -> None:
    assert [each.code for each in _problems(tmp_path, "{event: {name: Never, count: 3}}")] == ["CRT-001"]


def test_a_topic_with_too_many_names_warns_of_nothing(tmp_path: Path) -> None:
    many = seen_names(
        {"events": [(("custom_event", f"Play {number}"), ()) for number in range(MOST_NAMES + 1)]}
    )
    assert _problems(tmp_path, "{event: {name: Never, where: {never: a}}}", many) == ()


def test_many_names_are_searched_in_a_moment(tmp_path: Path) -> None:
    many = seen_names({"events": [(("custom_event", f"Play {number}"), ()) for number in range(MOST_NAMES)]})
    (problem,) = _problems(tmp_path, "{event: {name: Pley 1}}", many)
    assert "Play" in problem.hint


def test_the_texts(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    criteria = """
  all:
    - event: {name: Trial started, where: {plan: a}}
    - event: {name: Play, where: {Genre: drama, seconds: {is: true}}}
    - screen_view: {name: Hom}
    - ecommerce: {action: purchase, product: {category: {exact: shoos}, colour: red}}
    - user: {attribute: plann, exact: pro}
    - user: {attribute: card, exact: gold}
    - user: {attribute: sizes, exact: m}"""
    golden(
        "errors/names_never_seen.txt", "".join(f"{problem}\n" for problem in _problems(tmp_path, criteria))
    )
