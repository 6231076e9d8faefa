"""The texts that people see of typical mistakes, as golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TREE = """\
journey: trial
milestones:
  - milestone: started
    criteria: {{event: {{name: Trial Started, within: 30 days}}}}
    next:
{paths}
"""
_OUTPUT = "outputs:\n  meta: {partner: meta_csv}\n"


def _journey(*paths: str) -> dict[str, str]:
    return {"journeys/trial.yml": _TREE.format(paths="\n".join(f"      - {path}" for path in paths))}


def _connection(*lines: str, outputs: str = _OUTPUT) -> str:
    return f"{outputs}connections:\n" + "".join(f"  - {line}\n" for line in lines)


CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "no_project_file": ({}, None),
    "not_yaml": ({"audiences/buyers.yml": "audience: [buyers\ncriteria: {}\n"}, MILEPOST),
    "duplicate_key": ({"audiences/buyers.yml": audience() + "name: A\nname: B\n"}, MILEPOST),
    "anchors": ({"audiences/buyers.yml": audience(tags="&t [a]", name="*t")}, MILEPOST),
    "unknown_key_in_audience": ({"audiences/buyers.yml": audience(lokback="3 days")}, MILEPOST),
    "unknown_key_in_project": ({}, MILEPOST + "event_loockback: 30 days\n"),
    "project_with_wrong_values": (
        {},
        """\
        project: shop
        workspaces:
          shop:
            inputs:
              web: {kind: platfrom, format: batches, mapping: {record: event}}
              crm: {kind: feed, format: csv}
              app: {kind: platform, format: segment}
        schedule: "every day"
        event_lookback: 30
        active_audience_limit: -1
        evaluate_development: yes
        event_tiers: {Heartbeat: preserved}
        default_region: germany
        login_identities: [customerid]
        """,
    ),
    "places": (
        {
            "audiences/near.yml": """\
            audience: near
            criteria:
              any:
                - location: {within: {km: 50, of: Paris}}
                - location: {within: {km: 50, of: "Pariss, FR"}}
                - location: {within: {km: 50, of: "Paris, France"}}
                - location: {within: {km: 0, of: {lat: 91, lon: 2}}}
                - location: {zip: 75001}
                - device: {platform: iOS}
                - attribution: {publisher: Northwind Ads}
            """
        },
        MILEPOST,
    ),
    "row_mapping": (
        {},
        """\
        project: shop
        workspaces:
          shop:
            inputs:
              till:
                kind: feed
                format: csv
                mapping:
                  record: event
                  user: {customerid: household}
                  time: {column: sold_at, format: "%Q", zone: Europa/Berlin}
                  event: {constant: Sale, column: name}
                  ecommerce: {action: {constant: buy}, product: {sku: sku}}
                  attributes: some
        """,
    ),
    "same_landing": (
        {},
        """\
        project: shop
        workspaces:
          shop:
            inputs:
              web: {kind: platform, format: batches, landing: landing/shop/ios/}
              ios: {kind: platform, format: batches}
        """,
    ),
    "missing_criteria": ({"audiences/buyers.yml": audience(criteria="")}, MILEPOST),
    "bad_id": ({"audiences/buyers.yml": audience("Big__Buyers")}, MILEPOST),
    "long_names_and_tags": (
        {"audiences/buyers.yml": audience(name="n" * 101, tags="[ok, nineteen characters, ok]")},
        MILEPOST,
    ),
    "unknown_input_and_workspace": (
        {
            "audiences/buyers.yml": audience(inputs="[shop/ios, shop/wep]"),
            "audiences/members.yml": audience("members", workspaces="[clup]"),
            "audiences/mixed.yml": audience("mixed", workspaces="[club]", inputs="[shop/web]"),
        },
        MILEPOST,
    ),
    "unknown_audience": (
        {
            "audiences/buyers.yml": audience(),
            "audiences/others.yml": audience("others", criteria="{audience: {not_in: buyer}}"),
            "audiences/halves.yml": audience("halves", criteria="{audience: {in: buyers, variant: push}}"),
        },
        MILEPOST,
    ),
    "cycle": (
        {
            "audiences/a.yml": audience("a", criteria="{audience: {in: b}}"),
            "audiences/b.yml": audience("b", criteria="{audience: {not_in: c}}"),
            "audiences/c.yml": audience("c", criteria="{all: [{audience: {in: a}}, {event: {name: Play}}]}"),
        },
        MILEPOST,
    ),
    "milestone_names_its_child": (
        _journey("{milestone: paid, criteria: {ecommerce: {action: purchase}}}")
        | {
            "journeys/loop.yml": """\
            journey: loop
            milestones:
              - milestone: first
                criteria: {audience: {in: loop__second}}
                next: [{milestone: second, criteria: {user: {attribute: plan, exact: pro}}}]
            """
        },
        MILEPOST,
    ),
    "ab_test": (
        {
            "audiences/many.yml": audience(
                "many", ab_test="{name: t, variants: {a: 30, b: 30, c: 30, d: 5, e: 5}}"
            ),
            "audiences/over.yml": audience("over", ab_test="{name: t, variants: {a: 60, b: 40.01}}"),
            "audiences/odd.yml": audience(
                "odd", ab_test="{name: t, variants: {control: 10, a/b: 5, x: 0, y: 33.333, A: 1, a: 1}}"
            ),
        },
        MILEPOST,
    ),
    "milestones": (
        _journey(
            "{milestone: rest, remaining: true, criteria: {event: {name: Play}}}",
            "{milestone: nothing}",
            "{milestone: draft, status: draft, workspaces: [shop], criteria: {event: {name: Play}}}",
            "{milestone: alone, criteria: {first_seen: {within: 1 day}}, next: [{milestone: x, remaining: true}]}",
        ),
        MILEPOST,
    ),
    "ids_twice": (
        {
            "audiences/one.yml": audience(),
            "audiences/two.yml": audience(),
            "connections/a.yml": _OUTPUT,
            "connections/b.yml": _OUTPUT,
        },
        MILEPOST,
    ),
    "event_tier": (
        {"audiences/buyers.yml": audience(criteria="{event: {name: Heartbeat}}")},
        MILEPOST + "event_tiers: {Heartbeat: preserve}\n",
    ),
    "lookback": (
        {
            "audiences/far.yml": audience("far", criteria="{event: {name: Play, within: 60 days}}"),
            "audiences/not.yml": audience(
                "never", criteria="{all: [{first_seen: {within: 90 days}}, {none: [{event: {name: Play}}]}]}"
            ),
        },
        MILEPOST,
    ),
    "sequences": (
        {
            "audiences/steps.yml": """\
            audience: steps
            criteria:
              any:
                - sequence:
                    - event: {name: View Item, count: {gte: 2}}
                    - ecommerce: {action: add_to_cart}
                      after: {at_least: 3 days, at_most: 1 day}
                - sequence: [{event: {name: View Item}}]
                - sequence:
                    - event: {name: View Item}
                    - not: {ecommerce: {action: purchase}}
                    - event: {name: Play, within: 7 days}
                - sequence:
                    - event: {name: View Item}
                    - ecommerce: {action: purchase, product: {id: {same_as: 1}}}
                    - event: {name: Play, where: {genre: {same_as: 4}}}
                - sequence:
                    - event: {name: View Item}
                    - event: {name: Play}
                      after: {at_least: 7 days}
                  within: 7 days
                - sequence:
                    - event: {name: View Item}
                    - event: {name: Play}
                      after: {at_most: 8 days}
                  within: 7 days
                - event: {name: Play, where: {genre: {same_as: 1}}}
                  within: 7 days
            """
        },
        MILEPOST,
    ),
    "only_negatives": (
        {"audiences/far.yml": audience("far", criteria="{user: {attribute: country, not_exact: US}}")},
        MILEPOST,
    ),
    "formerly": (
        {
            "audiences/buyers.yml": audience(),
            "audiences/a.yml": audience("a", formerly="buyers"),
            "audiences/b.yml": audience("b", formerly="gone"),
            "audiences/c.yml": audience("c", formerly="gone"),
        },
        MILEPOST,
    ),
    "connections": (
        {
            "audiences/buyers.yml": audience(),
            "audiences/idea.yml": audience("idea", status="draft", tags="[Later]"),
            "connections/meta.yml": _connection(
                "{connection: one, audience: buyer, output: meta, status: active}",
                "{connection: two, audience: buyers, output: mata, status: active}",
                "{connection: three, audience: idea, output: meta, status: active}",
                "{connection: four, audience: buyers, variant: push, output: meta, status: active}",
                "{connection: five, audience: buyers, tag: Later, output: meta, status: active}",
                "{connection: six, audiences: [buyers, idea], output: meta, status: active}",
                "{connection: seven, tag: Later, output: meta, status: inactive, mode: delta}",
                "{connection: eight, tag: Latter, output: meta, status: enabled, identities: [e-mail]}",
                "{connection: nine, audience: buyers, output: agency, status: active, user_attributes: [ltv]}",
                outputs=_OUTPUT
                + "  agency: {partner: meta_cvs, account: agency, deliver: {to: sftp, host: sftp.example.com}}\n",
            ),
        },
        MILEPOST,
    ),
    "one_external_name": (
        {
            "audiences/a.yml": audience("a", external_name="Win-back"),
            "audiences/b.yml": audience("b", external_name="Win-back"),
            "connections/meta.yml": _connection(
                "{connection: both, audiences: [a, b], output: meta, status: active}"
            ),
        },
        MILEPOST,
    ),
    "too_many_active": (
        {
            "audiences/a.yml": audience("a"),
            "audiences/b.yml": audience("b"),
            "connections/meta.yml": _connection(
                "{connection: both, audiences: [a, b], output: meta, status: active}"
            ),
        },
        MILEPOST + "active_audience_limit: 1\n",
    ),
    "lists": (
        {
            "audiences/a.yml": audience("a", criteria="{list: vpi}"),
            "audiences/b.yml": audience("b", criteria="{list: {name: vip, workspace: clup}}"),
            "audiences/c.yml": audience("c", criteria="{list: ../../etc/passwd}"),
            "lists/vip.csv": "email\nana@example.com\n",
            "lists/no_header.csv": "ana@example.com\nbob@example.com\n",
            "lists/two_columns.csv": "# made by hand\nemail\nana@example.com,1\n",
            "lists/numbers.csv": "mpid\n1\n2\n1.5E+18\n",
            "lists/empty.csv": "emial\n",
            "lists/VIP 2.csv": "email\nana@example.com\n",
            "lists/spaces.csv": "email\n ana@example.com\n",
            "lists/nobody.csv": "email\n",
        },
        MILEPOST,
    ),
    "unknown_list": ({"audiences/a.yml": audience("a", criteria="{list: vip}")}, MILEPOST),
    "models": (
        {
            "audiences/a.yml": audience("a", criteria="{model: churn_score}"),
            "audiences/b.yml": audience("b", criteria="{model: mst_a}"),
            "audiences/c.yml": audience("c", criteria="{model: members_by_hand}"),
            "audiences/d.yml": audience(
                "d", criteria="{model: {name: churn_scores, where: {score: {over: 1}}}}"
            ),
            "audiences/e.yml": audience("e", criteria="{model: {name: churn_scores.sql}}"),
            "models/scores/churn_scores.sql": "select 1 as mpid",
            "models/scores/members_by_hand.sql": "select mpid from {{ ref('fct_audience_membership') }}",
            "models/marts/fct_audience_membership.sql": "select * from {{ source('published', 'memberships') }}",
        },
        MILEPOST,
    ),
    "model_cycle": (
        {
            "audiences/a.yml": audience("a", criteria="{audience: {in: b}}"),
            "audiences/b.yml": audience("b", criteria="{none: [{model: churn_scores}]}"),
            "models/churn_scores.sql": "select mpid from {{ ref('churn_base') }}",
            "models/churn_base.py": "def model(dbt, session):\n    return dbt.ref('shop', \"mst_a\")\n",
        },
        MILEPOST,
    ),
    "calculated_attributes": (
        {
            "attributes/a.yml": """\
            attribute: a
            function: summ
            of: {event: {name: Play, count: {gte: 2}}, screen_view: {name: Home}}
            value: {product: price}
            since: 2017-02-30
            """,
            "attributes/b.yml": """\
            attribute: b
            function: sum
            of: {ecommerce: {action: purchase}}
            since: 2017-01-01
            within: 30 days
            """,
            "attributes/c.yml": """\
            attribute: c
            function: last_timestamp
            of: {event: {name: Heartbeat, input: club/till, workspace: clubb}}
            value: seconds
            inputs: [shop/ios]
            """,
            "attributes/d.yml": """\
            attribute: c
            function: average
            of: {event: {name: Play}}
            value: {product: price, attribute: seconds}
            inputs: [shop/tv]
            """,
        },
        MILEPOST + "event_tiers: {Heartbeat: preserve}\n",
    ),
    "calculated_criteria": (
        {
            "attributes/broken.yml": "attribute: broken\nfunction: count\n",
            "attributes/genres.yml": """\
            attribute: genres
            function: unique_list
            of: {event: {name: Play}}
            value: genre
            """,
            "attributes/genre.yml": """\
            attribute: genre
            function: most_frequent
            of: {event: {name: Play}}
            value: genre
            """,
            "attributes/plays.yml": "attribute: plays\nfunction: count\nof: {event: {name: Play}}\n",
            "attributes/first.yml": "attribute: first\nfunction: first_timestamp\nof: {event: {name: Play}}\n",
            "audiences/many.yml": """\
            audience: many
            criteria:
              all:
                - calculated: {attribute: play, gte: 3}
                - calculated: {attribute: broken, gte: 3}
                - calculated: {attribute: plays, exact: 3, exists: true}
                - calculated: {attribute: genres, not_exact: drama, includes: crime}
                - calculated: {attribute: genre, includes: drama, version: {gte: "2"}, exact: crime}
                - calculated: {attribute: first, gte: 2017, after: 2017-01-01}
            """,
        },
        MILEPOST,
    ),
    "ten_mistakes": (
        {
            "audiences/buyers.yml": """\
            audience: buyers
            nmae: Buyers
            external_name: [Win-back]
            tags: [Retargeting, Retargeting, far too long for a tag]
            acess: usable
            shared_with: {agency: see}
            status: drafted
            inputs: [shop/wep]
            lookback: a while
            criteria:
              all:
                - ecommerce: {acton: purchase}
                - user: {attribute: plan, exakt: free}
              exclude: []
            ab_test: {name: t, variants: {Control: 40, email: 70}}
            """
        },
        MILEPOST,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_text_of_a_mistake(case: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    files, milepost = CASES[case]
    text = problems(tmp_path / "project", files, milepost)
    assert text, "a mistake without a problem"
    golden(f"errors/{case}.txt", text)
