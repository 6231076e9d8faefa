"""Defaults, journeys and names, as spec §3 and §5 have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, codes, load, problems, write_project
from transforms.definitions.load import check_definitions, load_definitions
from transforms.definitions.records import AbTest, Column, Constant, Duration, TimeMapping
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_DAY = 86_400_000_000


def test_a_short_project_has_the_defaults(tmp_path: Path) -> None:
    project = load(tmp_path).project
    assert project.workspaces == ("shop", "club")
    assert [source.key for source in project.inputs] == ["shop/ios", "shop/web", "club/till"]
    assert project.event_lookback == Duration(30 * _DAY, "30 days")
    assert (project.profile_lifetime, project.default_region) == (None, None)
    assert project.membership_history == Duration(400 * _DAY, "400 days")
    assert (project.active_audience_limit, project.evaluate_development) == (100, False)
    assert (project.login_identities, project.event_tiers) == (("customer_id",), ())


@pytest.mark.parametrize(
    ("keys", "workspaces", "inputs"),
    [
        ({}, ("shop", "club"), ("shop/ios", "shop/web", "club/till")),
        ({"workspaces": "[club]"}, ("club",), ("club/till",)),
        ({"workspaces": "[club, shop]"}, ("shop", "club"), ("shop/ios", "shop/web", "club/till")),
        ({"inputs": "[shop/web]"}, ("shop",), ("shop/web",)),
        ({"inputs": "[club/till, shop/web]"}, ("shop", "club"), ("shop/web", "club/till")),
        ({"workspaces": "[shop, club]", "inputs": "[shop/web]"}, ("shop", "club"), ("shop/web",)),
    ],
)
def test_workspaces_and_inputs_fill_each_other_in(
    keys: dict[str, str], workspaces: tuple[str, ...], inputs: tuple[str, ...], tmp_path: Path
) -> None:
    found = load(tmp_path, {"audiences/a.yml": audience("a", **keys)}).audience("a")
    assert (found.workspaces, found.inputs) == (workspaces, inputs)


@pytest.mark.parametrize(
    ("project", "own", "expected"),
    [
        ("", "", "30 days"),
        ("event_lookback: 2 weeks\n", "", "2 weeks"),
        ("event_lookback: unlimited\n", "", None),
        ("event_lookback: unlimited\n", "1 hour", "1 hour"),
        ("", "unlimited", None),
    ],
)
def test_lookback_is_the_audiences_else_the_projects(
    project: str, own: str, expected: str | None, tmp_path: Path
) -> None:
    found = load(tmp_path, {"audiences/a.yml": audience("a", lookback=own)}, MILEPOST + project).audience("a")
    assert (found.lookback and found.lookback.text) == expected


def test_names_default_to_a_title_of_the_id(tmp_path: Path) -> None:
    files = {"audiences/a.yml": audience("lapsed_buyers"), "audiences/b.yml": audience("b", name="Böse & Co")}
    definitions = load(tmp_path, files)
    plain, named = definitions.audience("lapsed_buyers"), definitions.audience("b")
    assert (plain.name, plain.external_name) == ("Lapsed buyers", "Lapsed buyers")
    assert (named.name, named.external_name) == ("Böse & Co", "Böse & Co")


def test_names_keep_the_text_that_yaml_would_make_a_number(tmp_path: Path) -> None:
    found = load(tmp_path, {"audiences/a.yml": audience("a", name="2.10", tags="[no, 007]")}).audience("a")
    assert (found.name, found.tags) == ("2.10", ("no", "007"))


def test_shares_are_exact_and_control_takes_the_rest(tmp_path: Path) -> None:
    files = {"audiences/a.yml": audience("a", ab_test="{name: t, variants: {z: 33.33, a: 0.1, b: 5.07}}")}
    found = load(tmp_path, files).audience("a")
    assert found.ab_test == AbTest("t", (("z", 3333), ("a", 10), ("b", 507)))
    assert found.ab_test.arms[-1] == ("Control", 6150)
    assert found.variants == ("z", "a", "b", "Control")


_JOURNEY = """\
journey: trial
name: From trial to paid
tags: [Growth]
owner: ana@example.com
access: usable
lookback: 60 days
inputs: [shop/web]
milestones:
  - milestone: started
    criteria: {first_seen: {within: 30 days}}
    next:
      - milestone: paid
        name: Has paid
        tags: []
        lookback: unlimited
        criteria: {user: {attribute: plan, exact: pro}}
        next:
          - {milestone: happy, criteria: {user: {attribute: score, gte: 9}}, formerly: fans}
      - milestone: mailable
        access: private
        criteria: {identity: {type: email, exists: true}}
      - milestone: rest
        remaining: true
        next:
          - {milestone: old, criteria: {last_seen: {before: 2017-01-01}}}
  - milestone: invited
    criteria: {user: {attribute: invited, is: true}}
"""


def test_a_journey_is_a_tree_of_audiences(tmp_path: Path) -> None:
    definitions = load(tmp_path, {"journeys/t.yml": _JOURNEY})
    journey = definitions.journey("trial")
    assert journey.milestones == tuple(
        f"trial__{name}" for name in ("started", "paid", "happy", "mailable", "rest", "old", "invited")
    )
    found = {name.partition("__")[2]: definitions.audience(name) for name in journey.milestones}
    assert [found[name].parent for name in ("started", "paid", "happy", "old", "invited")] == [
        None,
        "trial__started",
        "trial__paid",
        "trial__rest",
        None,
    ]
    assert found["rest"].earlier_siblings == ("trial__paid", "trial__mailable")
    assert (found["rest"].is_remaining, found["rest"].criteria) == (True, None)
    assert found["paid"].siblings == ("trial__mailable", "trial__rest")
    assert found["paid"].earlier_siblings == ()
    assert found["invited"].earlier_siblings == ("trial__started",)
    assert {audience.journey for audience in found.values()} == {"trial"}
    assert {audience.inputs for audience in found.values()} == {("shop/web",)}
    assert {audience.workspaces for audience in found.values()} == {("shop",)}


def test_a_milestones_own_keys_win_over_its_journeys(tmp_path: Path) -> None:
    definitions = load(tmp_path, {"journeys/t.yml": _JOURNEY})
    started, paid = definitions.audience("trial__started"), definitions.audience("trial__paid")
    assert (started.name, started.tags, started.owner) == ("Started", ("Growth",), "ana@example.com")
    assert (started.access, definitions.audience("trial__mailable").access) == ("usable", "private")
    assert (paid.name, paid.tags, paid.lookback) == ("Has paid", (), None)
    assert started.lookback == Duration(60 * _DAY, "60 days")
    assert definitions.audience("trial__happy").formerly == "fans"


def test_a_tag_connects_all_that_have_it_but_drafts(tmp_path: Path) -> None:
    files = {
        "audiences/a.yml": audience("a", tags="[Mail]"),
        "audiences/b.yml": audience("b", tags="[Mail]", status="draft"),
        "audiences/c.yml": audience("c", tags="[mail]"),
        "journeys/t.yml": _JOURNEY.replace("Growth", "Mail"),
        "connections/x.yml": "connections:\n  - {connection: m, tag: Mail, output: o, status: active}\n",
        "connections/y.yml": "outputs: {o: {partner: meta_csv}}\n",
    }
    definitions = load(tmp_path, files)
    (connection,) = definitions.connections
    assert connection.audiences == (
        "a",
        *(f"trial__{name}" for name in ("started", "happy", "mailable", "rest", "old", "invited")),
    )
    assert [problem.code for problem in definitions.warnings] == ["DEF-043"]


def test_another_account_takes_usable_audiences_alone(tmp_path: Path) -> None:
    files = {
        "audiences/a.yml": audience("a", access="usable", shared_with="{agency: view}"),
        "audiences/b.yml": audience("b", access="private", shared_with="{agency: usable}"),
        "connections/x.yml": "outputs: {o: {partner: meta_csv, account: agency}}\nconnections:\n"
        "  - {connection: m, audiences: [a, b], output: o, status: active}\n",
    }
    definitions = load(tmp_path, files)
    assert definitions.connections[0].audiences == ("b",)


@pytest.mark.parametrize("variant", ["push", "Control"])
def test_a_connection_can_name_a_variant(variant: str, tmp_path: Path) -> None:
    files = {
        "audiences/a.yml": audience("a", ab_test="{name: t, variants: {push: 40}}"),
        "connections/x.yml": "outputs: {o: {partner: meta_csv}}\nconnections:\n"
        f"  - {{connection: m, audience: a, variant: {variant}, output: o, status: active}}\n",
    }
    assert load(tmp_path, files).connections[0].variant == variant


def test_variants_of_one_audience_have_names_of_their_own(tmp_path: Path) -> None:
    connections = "".join(
        f"  - {{connection: m_{variant}, audience: a, variant: {variant}, output: o, status: active}}\n"
        for variant in ("push", "email")
    )
    files = {
        "audiences/a.yml": audience("a", ab_test="{name: t, variants: {push: 40, email: 40}}"),
        "connections/x.yml": f"outputs: {{o: {{partner: meta_csv}}}}\nconnections:\n{connections}",
    }
    assert codes(tmp_path, files) == []


def test_a_mapping_of_rows_is_read_in_full(tmp_path: Path) -> None:
    milepost = """\
    project: shop
    workspaces:
      shop:
        inputs:
          till:
            kind: feed
            format: csv
            landing: /data/till
            mapping:
              record: event
              user: {customer_id: household, mpid: id}
              time: {column: sold_at, format: "%d.%m.%Y"}
              event: {constant: Sale}
              ecommerce: {action: {column: what}, total_amount: amount, product: {id: sku}}
              lines_of: [receipt]
              event_id: [receipt, line]
              attributes: [store]
    """
    (source,) = load(tmp_path, None, milepost).project.inputs
    mapping = source.mapping
    assert mapping is not None
    assert source.landing == "/data/till"
    assert mapping.user == (("customer_id", "household"), ("mpid", "id"))
    assert mapping.time == TimeMapping("sold_at", "%d.%m.%Y", "UTC")
    assert mapping.event == Constant("Sale")
    assert mapping.ecommerce is not None
    assert mapping.ecommerce.action == Column("what")
    assert mapping.ecommerce.fields == (("total_amount", "amount"),)
    assert mapping.ecommerce.product == (("id", "sku"),)
    assert (mapping.lines_of, mapping.event_id, mapping.attributes) == (
        ("receipt",),
        ("receipt", "line"),
        ("store",),
    )


def test_files_are_read_in_the_order_of_their_names_and_hidden_ones_are_not(tmp_path: Path) -> None:
    files = {
        "audiences/b.yml": audience("b"),
        "audiences/a.yaml": audience("a"),
        "audiences/.c.yml": "not: [valid",
        "audiences/notes.txt": "nothing",
    }
    assert [found.id for found in load(tmp_path, files).audiences] == ["a", "b"]


def test_a_name_in_a_broken_file_is_not_reported_as_unknown(tmp_path: Path) -> None:
    files = {
        "audiences/buyers.yml": "audience: [broken\n",
        "audiences/file.yml": "audience: other\ncritera: {}\n",
        "journeys/trial.yml": "journey: trial\nmilestones: [{milestne: a}]\n",
        "audiences/x.yml": audience(
            "x", criteria="{any: [{audience: {in: buyers}}, {audience: {in: trial__a}}]}"
        ),
        "audiences/y.yml": audience("y", criteria="{audience: {in: other}}"),
    }
    assert codes(tmp_path, files) == ["YML-001", "DOC-002", "DOC-001", "DOC-001", "DOC-002"]


def test_what_is_no_file_or_no_text_is_a_problem(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "audiences" / "folder.yml").mkdir(parents=True)
    (tmp_path / "audiences" / "latin.yml").write_bytes(b"audience: caf\xe9\n")
    (tmp_path / "audiences" / "more").mkdir()
    (tmp_path / "audiences" / "more" / "a.yml").write_text("audience: a\n")
    (tmp_path / "journeys").write_text("not a folder")
    found = [(problem.code, problem.severity) for problem in check_definitions(tmp_path).problems]
    assert found == [("DEF-003", "error"), ("DEF-004", "error"), ("DEF-005", "warning"), ("DEF-003", "error")]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "audiences").mkdir()
    (tmp_path / "audiences" / "a.yml").write_bytes(b"\xef\xbb\xbf" + audience("a").encode())
    assert check_definitions(tmp_path).problems == ()


def test_load_raises_all_errors_at_once(tmp_path: Path) -> None:
    write_project(tmp_path, {"audiences/a.yml": audience("A"), "audiences/b.yml": audience("b", tgas="[x]")})
    with pytest.raises(UserError) as raised:
        load_definitions(tmp_path)
    assert [problem.code for problem in raised.value.problems] == ["DOC-005", "DOC-001"]
    assert raised.value.exit_status == 2


def test_partners_are_those_that_the_caller_knows(tmp_path: Path) -> None:
    write_project(tmp_path, {"connections/a.yml": "outputs: {o: {partner: sealed_envelope}}\n"})
    assert [problem.code for problem in check_definitions(tmp_path).problems] == ["DEF-045"]
    assert load_definitions(tmp_path, partners=("sealed_envelope",)).outputs[0].partner == "sealed_envelope"


def test_a_long_chain_of_audiences_is_no_cycle_and_no_depth_problem(tmp_path: Path) -> None:
    files = {
        f"audiences/a{number}.yml": audience(f"a{number}", criteria=f"{{audience: {{in: a{number + 1}}}}}")
        for number in range(1500)
    }
    assert codes(tmp_path, files | {"audiences/a1500.yml": audience("a1500")}) == []


def test_a_diamond_is_no_cycle(tmp_path: Path) -> None:
    both = "{any: [{audience: {in: l}}, {audience: {in: r}}]}"
    files = {
        "audiences/top.yml": audience("top", criteria=both),
        "audiences/l.yml": audience("l", criteria="{audience: {in: end}}"),
        "audiences/r.yml": audience("r", criteria="{audience: {in: end}}"),
        "audiences/end.yml": audience("end"),
    }
    assert codes(tmp_path, files) == []


def test_an_audience_that_names_itself_is_a_cycle(tmp_path: Path) -> None:
    assert "`a` names itself" in problems(
        tmp_path, {"audiences/a.yml": audience("a", criteria="{audience: {in: a}}")}
    )
