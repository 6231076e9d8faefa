"""Definitions to models: text, and what the models give on DuckDB (spec §5, §9)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from tests.support.small_warehouse import AS_OF, SmallWarehouse, render
from tests.unit.compiler.builders import ab_test, audience, definitions, duration, milestone, project
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.models import compile_models, model_body
from transforms.compiler.rollups import rollups
from transforms.criteria.kinds.sequence import SEQUENCE
from transforms.errors import Place, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.definitions.records import Audience

LAPSED = """\
all:
  - ecommerce: {action: purchase, count: {gte: 2}, product: {category: {not_exact: gift}, price: {gte: 1.50}}}
  - any:
      - user: {attribute: Plan, in: [free, trial], not_exact: trial}
      - none: [{event: {name: Play, where: {genre: drama}, within: 7 days}}]
exclude:
  - ecommerce: {action: purchase, within: 14 days}
  - audience: {in: suppressed, variant: Control}
"""


def build(warehouse: SmallWarehouse, *audiences: Audience) -> dict[str, dict[int, str | None]]:
    """Each model as dbt would make it, one after the other: mpid → variant."""
    found: dict[str, dict[int, str | None]] = {}
    for each in audiences:
        text = render(model_body(each, project()))
        warehouse.connection.execute(f"create or replace table mst_{each.id} as {text}")
        rows = warehouse.connection.execute(f"select * from mst_{each.id}").fetchall()
        found[each.id] = {row[0]: row[1] if len(row) > 1 else None for row in rows}
        assert len(found[each.id]) == len(rows)
    return found


def test_milestones_are_nested_and_paths_are_disjoint():
    warehouse = SmallWarehouse(*range(8))
    for user in range(8):
        for bit, name in enumerate(("a", "b", "c")):
            if user & (1 << bit):
                warehouse.event(user, name)
    members = build(
        warehouse,
        milestone("start", "event: {name: a}"),
        milestone("left", "event: {name: b}", "start"),
        milestone("right", "event: {name: c}", "start", earlier=("left",)),
        milestone("rest", None, "start", siblings=("left", "right")),
        milestone("deep", "event: {name: c, count: {eq: 0}}", "left"),
    )
    assert {name.removeprefix("trial__"): sorted(users) for name, users in members.items()} == {
        "start": [1, 3, 5, 7],
        "left": [3, 7],
        "right": [5],
        "rest": [1],
        "deep": [3],
    }


def test_milestones_at_the_root_split_the_population():
    warehouse = SmallWarehouse(1, 2, 3)
    warehouse.event(1, "a")
    warehouse.event(2, "a")
    warehouse.event(2, "b")
    members = build(
        warehouse,
        milestone("left", "event: {name: b}"),
        milestone("right", "any: [{event: {name: a}}, {event: {name: b}}]", earlier=("left",)),
        milestone("rest", None, siblings=("left", "right")),
    )
    assert [sorted(users) for users in members.values()] == [[2], [1], [3]]


def test_variants_are_assigned_as_the_spec_says():
    users = [*range(-500, 1500), -(2**63), 2**63 - 1]
    tested = audience(
        "tested", "event: {name: Play, count: {eq: 0}}", ab_test=ab_test(push=3333, email=1, mail=4000)
    )

    def expected(mpid: int) -> str:
        point = int(hashlib.md5(f"tested:win:{mpid}".encode()).hexdigest()[:8], 16)
        share = next(
            (
                name
                for name, end in (("push", 3333), ("email", 3334), ("mail", 7334))
                if point * 10**4 < end * 2**32
            ),
            None,
        )
        return share or "Control"

    found = build(SmallWarehouse(*users), tested)["tested"]
    assert found == {user: expected(user) for user in users}
    assert set(found.values()) >= {"push", "mail", "Control"}


def test_a_share_of_everything_leaves_no_control():
    tested = audience("tested", "event: {name: Play, count: {eq: 0}}", ab_test=ab_test(push=10_000))
    assert set(build(SmallWarehouse(*range(200)), tested)["tested"].values()) == {"push"}


def test_the_population_leaves_out_profiles_past_their_lifetime():
    warehouse = SmallWarehouse()
    warehouse.profile(1, last_seen=AS_OF - timedelta(days=30))
    warehouse.profile(2, last_seen=AS_OF - timedelta(days=30, microseconds=1))
    quiet = audience(criteria="event: {name: Play, count: {eq: 0}}")
    text = render(model_body(quiet, project(profile_lifetime=duration("30 days"))))
    assert warehouse.connection.execute(text).fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("name", "compiled"),
    [
        ("lapsed_buyers", audience("lapsed_buyers", LAPSED, ab_test=ab_test(push=4000, email=4000))),
        ("milestone", milestone("paid", "ecommerce: {action: purchase}", "engaged", earlier=("cancelled",))),
        ("remaining", milestone("everyone_else", None, "started", siblings=("engaged", "opted_in"))),
        (
            "profiles",
            audience(
                "profiles",
                "{identity: {type: email, not_ends_with: example.com}, first_seen: {ago: [6 days, 4 days]},"
                " consent: {regulation: gdpr, purpose: marketing, state: denied}}",
                workspaces=("club", "shop"),
            ),
        ),
        (
            "places",
            audience(
                "places",
                "{device: {os: iOS, os_version: {version: {gte: '17.2'}}, type: {not_exact: tablet}},"
                " location: {country: FR, within: {km: 50, of: 'Paris, FR'}},"
                " attribution: {on: install, publisher: {not_in: [Northwind Ads]}}}",
            ),
        ),
        (
            "amounts",
            audience(
                "amounts",
                "any: [{event: {name: {contains: play}, average: {attribute: seconds, gt: 90.5}}},"
                " {ecommerce: {action: purchase, product: {category: shoes}, sum: {product: quantity, lt: 5}}}]",
                lookback=None,
            ),
        ),
        (
            "app_events",
            audience(
                "app_events",
                "any: [{session: {length: {gt: 5 minutes, ne: 1 hour}, within: 7 days}},"
                " {install: {app_version: {version: {gte: '2.10'}}, input: shop/tv}},"
                " {cart_abandonment: {wait: 2 hours, follow_up: checkout, product: {category: shoes}}},"
                " {attribution_event: {where: {publisher: meta}}}]",
            ),
        ),
        ("sequence", audience("abandoned", SEQUENCE.examples[0])),
        (
            "sequence_of_one_product",
            audience(
                "not_bought_again",
                "sequence: [{ecommerce: {action: view_detail, product: {category: shoes}}},"
                " {ecommerce: {action: purchase, product: {id: {same_as: 1}, price: {gte: 10}}},"
                " after: {at_least: 1 hour, at_most: 2 days}},"
                " {not: {ecommerce: {action: purchase, product: {id: {same_as: 2}}}}, after: {at_most: 1 week}}]",
            ),
        ),
        (
            "member_since",
            audience(
                "waiting",
                "all: [{member_since: {in: trial__engaged, ago: [400 days, 3 days]}}]\n"
                "exclude: [{ecommerce: {action: purchase, within: 3 days}}]",
            ),
        ),
    ],
)
def test_models_read_well(name: str, compiled: Audience, golden: Callable[[str, str], None]):
    files = compile_models(definitions(compiled, event_tiers=(("Heartbeat", "preserve"),)))
    [file] = [file for file in files if file.audience_id]
    golden(f"sql/{name}.sql", file.text)


def test_a_rollup_reads_well(golden: Callable[[str, str], None]):
    bought = (
        "ecommerce: {action: purchase, where: {currency_code: EUR}, product: {category: shoes},"
        " sum: {product: price, gte: 100}, within: 7 days}"
    )
    files = compile_models(definitions(audience("bought", bought)))
    golden("sql/days_of_product_prices.sql", files[-1].text)
    golden("sql/days_of_product_prices.yml", files[-2].text)


def test_files_are_sorted_by_path_and_are_the_same_bytes_every_time():
    whole = definitions(audience("b"), milestone("start", "event: {name: a}"), audience("a"))
    files = compile_models(whole)
    assert [re.sub(r"_[0-9a-f]{8}\.", "_X.", file.path.removeprefix("models/")) for file in files] == [
        "milestones/generated/audiences/_audiences__generated.yml",
        "milestones/generated/audiences/mst_a.sql",
        "milestones/generated/audiences/mst_b.sql",
        "milestones/generated/trial/_trial__generated.yml",
        "milestones/generated/trial/mst_trial__start.sql",
        "rollups/generated/_rollups__generated.yml",
        "rollups/generated/days_of_a_X.sql",
        "rollups/generated/days_of_play_X.sql",
    ]
    assert files == compile_models(whole)


def test_the_properties_hold_contract_and_meta():
    tested = audience("b", name="{{ 1+1 }}: # 'x'", ab_test=ab_test(push=50))
    properties = compile_models(definitions(tested, audience("a")))[0]
    models = YAML(typ="safe").load(properties.text)["models"]
    assert [model["name"] for model in models] == ["mst_a", "mst_b"]
    assert [column["name"] for column in models[1]["columns"]] == ["mpid", "variant"]
    assert models[1]["columns"][0]["data_type"] == "bigint"
    assert models[1]["config"]["contract"] == {"enforced": True}
    assert models[1]["config"]["meta"] == {"milepost": {"audience": "b"}}
    assert render(properties.text) + "\n" in (properties.text, properties.text + "\n")


def test_an_ejected_audience_is_left_out():
    other = audience("a", "event: {name: Pause}")
    files = compile_models(definitions(other, audience("b")), frozenset({"a"}))
    assert [file.audience_id for file in files] == [None, "b", None, None]
    assert "pause" not in files[-1].path
    assert "mst_a" not in files[0].text


def test_names_of_tables_are_words_of_the_criteria_and_stay_apart():
    criteria = """\
        any:
          - event: {name: Select}
          - event: {name: "select!", within: 3 days}
          - event: {name: "SELECT"}
          - user: {attribute: "групп", exact: "да"}
          - user: {attribute: "5", exact: "x", not_exact: "%s"}
          - audience: {in: members}
        """ % ("long " * 30)  # fmt: skip
    odd = audience(criteria=criteria)
    files = compile_models(definitions(odd))
    [file] = [file for file in files if file.audience_id]
    names = re.findall(r"^(\w+) as \($", file.text, re.MULTILINE)
    assert names == [
        "profiles",
        "population",
        "select_at_least_once__chosen",
        "select_at_least_once",
        "select_at_least_once_within_the_last_3_days__chosen",
        "select_at_least_once_within_the_last_3_days",
        "select_at_least_once_2__chosen",
        "select_at_least_once_2",
        "is_users",
        "criterion_5_is_x_and_is_not_long_long_long_long_long_long_lo",
        "in_members",
        "members",
    ]
    warehouse = SmallWarehouse(1)
    warehouse.make_rollups(rollups(definitions(odd)).values())
    text = render(file.text.replace("mst_members", "mst_others"))
    assert warehouse.connection.execute(text).fetchall() == []


NASTY = [
    "{{ 1+1 }}",
    "{% raw %}",
    "{# x",
    "*/ select 1 /*",
    "a\nselect 2",
    "--",
    "{{{%",
    "#}}",
    "\u2028x",
    "'",
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_of_a_name_or_file_escapes_a_comment(text: str):
    named = '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'
    odd = audience(criteria=f"event: {{name: {named}}}", name=text, place=Place(f"audiences/{text}.yml", 1))
    files = compile_models(definitions(odd))
    warehouse = SmallWarehouse(1, 2)
    warehouse.event(1, text)
    warehouse.make_rollups(rollups(definitions(odd)).values())
    assert warehouse.connection.execute(render(files[1].text)).fetchall() == [(1,)]
    assert warehouse.connection.execute(render(files[-1].text)).fetchall() == [
        (1, date(2017, 12, 30), None, 1)
    ]
    assert YAML(typ="safe").load(render(files[-2].text))["models"][0]["name"] == files[-1].path[25:-4]
    assert YAML(typ="safe").load(render(files[0].text))["models"][0]["name"] == "mst_buyers"


def test_a_nasty_variant_and_test_name_stay_text():
    for text in NASTY:
        tested = audience("t", "event: {name: Play, count: {eq: 0}}", ab_test=ab_test(**{text: 10_000}))
        assert build(SmallWarehouse(1), tested)["t"] == {1: text}


def test_an_id_that_the_target_can_not_hold_is_refused():
    short = replace(DUCKDB, identifier_limit=10)
    compile_models(definitions(audience("abcdef")), dialect=short)
    with pytest.raises(UserError) as caught:
        compile_models(definitions(audience("abcdefg"), audience("abcdefgh")), dialect=short)
    assert [problem.code for problem in caught.value.problems] == ["CMP-001", "CMP-001"]
