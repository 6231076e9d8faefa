"""Rules over a whole project: where they hold, where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, codes, problems

if TYPE_CHECKING:
    from pathlib import Path

_PLAY = "{event: {name: Play}}"
_NOT_PLAY = "{none: [{event: {name: Play}}]}"
_RECENT = "first_seen: {within: 9 days}"


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (_PLAY, []),
        ("{event: {name: Play, count: {eq: 0}}}", ["DEF-073", "DEF-074"]),
        ("{event: {name: Play, count: {lt: 3}}}", ["DEF-073", "DEF-074"]),
        ("{event: {name: Play, count: {eq: 0}, within: 7 days}}", ["DEF-074"]),
        (_NOT_PLAY, ["DEF-073", "DEF-074"]),
        ("{exclude: [{event: {name: Play}}]}", ["DEF-073", "DEF-074"]),
        (f"{{{_RECENT}, exclude: [{_PLAY}]}}", ["DEF-073"]),
        ("{none: [{event: {name: Play, count: {eq: 0}}}]}", []),
        (f"{{none: [{_NOT_PLAY}]}}", []),
        ("{any: [{event: {name: Play}}, {user: {attribute: a, not_exact: b}}]}", []),
        ("{all: [{user: {attribute: a, ne: 1}}, {user: {attribute: a, exists: false}}]}", ["DEF-074"]),
        ("{event: {name: Play, within: 30 days}}", []),
        ("{event: {name: Play, within: 31 days}}", ["DEF-072"]),
        (f"{{sequence: [{_PLAY}, {_PLAY}], within: 31 days}}", ["DEF-072"]),
        (f"{{sequence: [{_PLAY}, {{event: {{name: a}}, after: {{at_least: 30 days}}}}]}}", ["DEF-072"]),
        (f"{{{_RECENT}, exclude: [{{sequence: [{_PLAY}, {_PLAY}]}}]}}", ["DEF-073"]),
        (f"{{{_RECENT}, exclude: [{{sequence: [{_PLAY}, {_PLAY}], within: 7 days}}]}}", []),
    ],
)
def test_warnings_of_negatives_and_of_the_lookback(
    criteria: str, expected: list[str], tmp_path: Path
) -> None:
    assert sorted(codes(tmp_path, {"audiences/a.yml": audience("a", criteria=criteria)})) == expected


@pytest.mark.parametrize("lookback", ["unlimited", "90 days"])
def test_a_lookback_that_is_written_is_meant(lookback: str, tmp_path: Path) -> None:
    criteria = f"{{{_RECENT}, exclude: [{_PLAY}]}}"
    files = {"audiences/a.yml": audience("a", criteria=criteria, lookback=lookback)}
    assert codes(tmp_path, files) == []
    journey = f"journey: j\nlookback: {lookback}\nmilestones: [{{milestone: m, criteria: {criteria}}}]\n"
    assert codes(tmp_path / "journey", {"journeys/j.yml": journey}) == []


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ("input: shop/ios", []),
        ("input: shop/web", ["DEF-065"]),
        ("input: shop/wep", ["DEF-064"]),
        ("workspace: shop", []),
        ("workspace: club", ["DEF-065"]),
        ("workspace: shoop", ["DEF-064"]),
    ],
)
def test_a_criterion_narrows_to_what_its_audience_looks_at(
    narrowed: str, expected: list[str], tmp_path: Path
) -> None:
    written = audience("a", inputs="[shop/ios]", criteria=f"{{event: {{name: Play, {narrowed}}}}}")
    assert codes(tmp_path, {"audiences/a.yml": written}) == expected


@pytest.mark.parametrize("kind", ["install", "upgrade", "uninstall", "crash"])
@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ("input: shop/ios", []),
        ("input: shop/web", []),
        ("input: club/till", ["DEF-065"]),
        ("input: shop/wep", ["DEF-064"]),
        ("workspace: club", ["DEF-065"]),
    ],
)
def test_a_kind_that_sees_all_inputs_narrows_to_any_of_the_workspaces(
    kind: str, narrowed: str, expected: list[str], tmp_path: Path
) -> None:
    written = audience("a", inputs="[shop/ios]", criteria=f"{{{kind}: {{within: 7 days, {narrowed}}}}}")
    assert codes(tmp_path, {"audiences/a.yml": written}) == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("{cart_abandonment: {wait: 2 hours, input: shop/web}}", ["DEF-065"]),
        ("{session: {within: 1 day, input: shop/web}}", ["DEF-065"]),
        ("{attribution_event: {name: x, input: shop/web}}", ["DEF-065"]),
        ("{cart_abandonment: {wait: 30 days}}", []),
        ("{cart_abandonment: {wait: 31 days}}", ["DEF-072"]),
        (f"{{{_RECENT}, exclude: [{{cart_abandonment: {{wait: 2 hours}}}}]}}", ["DEF-073"]),
    ],
)
def test_kinds_that_see_the_chosen_inputs_and_the_lookback(
    criteria: str, expected: list[str], tmp_path: Path
) -> None:
    written = audience("a", inputs="[shop/ios]", criteria=criteria)
    assert codes(tmp_path, {"audiences/a.yml": written}) == expected


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("{event: {name: Play, input: shop/ios}}", []),
        ("{event: {name: Play, input: shop/web}}", ["DEF-065"]),
        ("{event: {name: Play, input: shop/wep}}", ["DEF-064"]),
        ("{event: {name: Play, workspace: club}}", ["DEF-065"]),
        ("{event: {name: Play, workspace: clubb}}", ["DEF-064"]),
        ("{install: {input: shop/web}}", []),
        ("{install: {input: club/till}}", ["DEF-065"]),
    ],
)
def test_the_events_of_a_calculated_attribute_narrow_to_what_it_looks_at(
    of: str, expected: list[str], tmp_path: Path
) -> None:
    written = f"attribute: x\nfunction: count\nof: {of}\ninputs: [shop/ios]\n"
    assert codes(tmp_path, {"attributes/x.yml": written}) == expected


def test_an_attribution_event_has_a_tier(tmp_path: Path) -> None:
    files = {"audiences/a.yml": audience("a", criteria="{attribution_event: {name: attribution}}")}
    tiers = "event_tiers: {attribution: connect}\n"
    assert codes(tmp_path, files, MILEPOST + tiers) == ["DEF-071"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [("Heartbeat", ["DEF-071"]), ("Ping", ["DEF-071"]), ("heartbeat", []), ("Play", []), ("Pay", [])],
)
def test_tiers_are_of_names_as_they_were_sent(event: str, expected: list[str], tmp_path: Path) -> None:
    tiers = "event_tiers: {Heartbeat: preserve, Ping: connect, Pay: personalize}\n"
    files = {"audiences/a.yml": audience("a", criteria=f"{{event: {{name: {event}}}}}")}
    assert codes(tmp_path, files, MILEPOST + tiers) == expected


def _journey(paths: str) -> dict[str, str]:
    return {"journeys/j.yml": f"journey: j\nmilestones: {paths}\n"}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ("[]", ["DEF-069"]),
        ("[{milestone: a, criteria: {X}}]", []),
        ("[{milestone: a, criteria: {X}}, {milestone: r, remaining: true}]", []),
        ("[{milestone: r, remaining: true}]", ["DEF-068"]),
        ("[{milestone: r, remaining: true}, {milestone: a, criteria: {X}}]", ["DEF-067"]),
        (
            "[{milestone: a, criteria: {X}}, {milestone: r, remaining: true}, {milestone: s, remaining: true}]",
            ["DEF-067"],
        ),
        ("[{milestone: a, remaining: false}]", ["DEF-031"]),
        ("[{milestone: a, criteria: {X}}, {milestone: a, criteria: {X}}]", ["DEF-060"]),
        ("[{milestone: a, criteria: {audience: {in: j__b}}}, {milestone: b, criteria: {X}}]", ["DEF-066"]),
        ("[{milestone: a, criteria: {X}}, {milestone: b, criteria: {audience: {in: j__a}}}]", ["DEF-093"]),
        (
            "[{milestone: a, criteria: {X}}, {milestone: b, criteria: {audience: {not_in: j__a}}}]",
            ["DEF-074"],
        ),
        (
            "[{milestone: a, criteria: {X}, next: [{milestone: b, criteria: {event: {name: P}}}]}]",
            ["DEF-070"],
        ),
        (
            "[{milestone: a, criteria: {X}, next: [{milestone: b, criteria: {event: {name: P}, "
            "member_since: {in: j__a, within: 3 days}}}]}]",
            [],
        ),
        (
            "[{milestone: a, criteria: {X}, next: [{milestone: b, criteria: {sequence: "
            "[{event: {name: P}}, {event: {name: Q}}]}}]}]",
            [],
        ),
    ],
)
def test_what_a_tree_must_be(paths: str, expected: list[str], tmp_path: Path) -> None:
    assert codes(tmp_path, _journey(paths.replace("{X}", f"{{{_RECENT}}}"))) == expected


def test_a_journey_is_not_called_as_the_folder_of_audiences(tmp_path: Path) -> None:
    journey = f"journey: audiences\nmilestones: [{{milestone: m, criteria: {{{_RECENT}}}}}]\n"
    assert codes(tmp_path, {"journeys/j.yml": journey}) == ["DEF-061"]


def _connected(status: str, limit: int) -> tuple[dict[str, str], str]:
    files = {f"audiences/{name}.yml": audience(name) for name in "abc"}
    files["connections/x.yml"] = (
        "outputs: {o: {partner: meta_csv}, p: {partner: meta_csv}}\nconnections:\n"
        "  - {connection: one, audiences: [a, b], output: o, status: active}\n"
        "  - {connection: two, audiences: [a, b], output: p, status: active}\n"
        f"  - {{connection: three, audience: c, output: p, status: {status}}}\n"
    )
    return files, MILEPOST + f"active_audience_limit: {limit}\n"


@pytest.mark.parametrize(
    ("status", "limit", "expected"),
    [("inactive", 2, []), ("inactive", 1, ["DEF-049"]), ("active", 2, ["DEF-049"]), ("active", 3, [])],
)
def test_an_audience_counts_once_toward_the_limit(
    status: str, limit: int, expected: list[str], tmp_path: Path
) -> None:
    files, milepost = _connected(status, limit)
    assert codes(tmp_path, files, milepost) == expected


@pytest.mark.parametrize(("output", "expected"), [("o", ["DEF-047"]), ("p", [])])
def test_an_external_name_is_one_audience_at_an_output(
    output: str, expected: list[str], tmp_path: Path
) -> None:
    files = {
        "audiences/a.yml": audience("a", external_name="X", ab_test="{name: t, variants: {push: 40}}"),
        "audiences/b.yml": audience("b", external_name="X - push"),
        "connections/x.yml": "outputs: {o: {partner: meta_csv}, p: {partner: meta_csv}}\nconnections:\n"
        "  - {connection: one, audience: a, variant: push, output: o, status: active}\n"
        f"  - {{connection: two, audience: b, output: {output}, status: inactive}}\n",
    }
    assert codes(tmp_path, files) == expected


@pytest.mark.parametrize(("second", "expected"), [("active", ["DEF-048"]), ("inactive", [])])
def test_an_audience_that_would_arrive_twice_is_warned_of(
    second: str, expected: list[str], tmp_path: Path
) -> None:
    files = {
        "audiences/a.yml": audience("a"),
        "connections/x.yml": "outputs: {o: {partner: meta_csv}}\nconnections:\n"
        "  - {connection: one, audience: a, output: o, status: active}\n"
        f"  - {{connection: two, audience: a, output: o, status: {second}}}\n",
    }
    assert codes(tmp_path, files) == expected


@pytest.mark.parametrize(
    ("landing", "expected"),
    [
        ("landing/shop/ios", 1),
        ("landing/shop/ios/", 1),
        ("./landing/shop/x/../ios", 1),
        ("landing/shop/ios/new", 1),
        ("landing/shop", 1),
        ("landing/shop/ios2", 0),
        ("/data/landing/shop/ios", 0),
    ],
)
def test_a_landing_folder_is_of_one_input(landing: str, expected: int, tmp_path: Path) -> None:
    milepost = f"""\
    project: shop
    workspaces:
      shop:
        inputs:
          ios: {{kind: platform, format: batches}}
          web: {{kind: platform, format: batches, landing: "{landing}"}}
    """
    assert codes(tmp_path, None, milepost) == ["DEF-077"] * expected


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 3 * * *", []),
        ("*/15 6-22 * * mon-fri", []),
        ("0 3 * *", ["DEF-019"]),
        ("0 3 * * * *", ["DEF-019"]),
        ("61 3 * * *", ["DEF-019"]),
        ("@daily", ["DEF-019"]),
    ],
)
def test_a_schedule_is_a_cron_expression_of_five_parts(
    schedule: str, expected: list[str], tmp_path: Path
) -> None:
    assert codes(tmp_path, None, MILEPOST + f'schedule: "{schedule}"\n') == expected


def test_an_output_in_a_broken_file_is_not_reported_as_unknown(tmp_path: Path) -> None:
    files = {
        "audiences/a.yml": audience("a"),
        "connections/a.yml": "outputs: [broken\n",
        "connections/b.yml": "connections: [{connection: c, audience: a, output: o, status: active}]\n",
    }
    assert codes(tmp_path, files) == ["YML-001"]


def test_no_value_of_a_person_is_in_a_message(tmp_path: Path) -> None:
    secret = "ana.secret@example.com"
    files = {
        "audiences/a.yml": audience("a", criteria=f"{{identity: {{type: email, exakt: {secret}}}}}"),
        "audiences/b.yml": audience(
            "b", owner=f"[{secret}]", criteria=f"{{user: {{attribute: e, gt: {secret}}}}}"
        ),
        "audiences/c.yml": audience("c", name=secret * 5),
    }
    text = problems(tmp_path, files)
    assert text.count("error") >= 4
    assert "secret" not in text
