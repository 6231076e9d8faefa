"""The texts of mistakes with places, sequences, lists, models and calculated attributes, as golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASES: dict[str, tuple[dict[str, str], str | None]] = {
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
    "members_since": (
        {
            "milepost.yml": MILEPOST + "membership_history: 60 days\n",
            "audiences/buyers.yml": audience("buyers"),
            "audiences/waiting.yml": """\
            audience: waiting
            criteria:
              any:
                - member_since: buyers
                - member_since: {in: buyers}
                - member_since: {within: 3 days}
                - member_since: {in: buyers, variant: push, after: 2018-01-01}
                - member_since: {in: buyers, gte: 3 days}
                - member_since: {not_in: buyers, within: 3 days}
                - member_since: {in: buyers, ago: [3 days, 7 days]}
            """,
            "audiences/old.yml": """\
            audience: old
            criteria:
              any:
                - member_since: {in: buyrs, within: 3 days}
                - member_since: {in: buyers, ago: [90 days, 61 days]}
                - member_since: {in: buyers, after: 2018-02-01, before: 2018-01-01}
                - member_since: {in: old, within: 3 days}
            """,
        },
        None,
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
}


#: Mistakes in one criterion: what stands after `criteria:` of an audience `buyers`, beside the FILES.
CRITERIA = {
    "steps_as_mapping": "{sequence: {first: {event: {name: View Item}}, then: {ecommerce: {action: purchase}}}}",
    "steps_beside_the_window": """
  sequence:
    steps: [{event: {name: View Item}}, {ecommerce: {action: purchase}}]
    within: 7 days""",
    "gap_as_text": """
  sequence:
    - event: {name: View Item}
    - ecommerce: {action: purchase}
      after: 3 days
    - event: {name: Rated}
      within: 2 days""",
    "step_that_is_no_event": "{sequence: [{user: {attribute: plan, exact: free}}, {ecommerce: {action: purchase}}]}",
    "sequence_longer_than_lookback": """
  sequence:
    - event: {name: View Item}
    - ecommerce: {action: purchase}
      after: {at_least: 40 days}""",
    "step_that_cannot_match": """
  sequence:
    - event: {name: View Item, where: {price: {gt: 50, lt: 20}}}
    - ecommerce: {action: purchase}""",
    "calculated_as_key": "{calculated: {ltv: {gte: 500}}}",
    "calculated_that_is_sent": "{calculated: {attribute: plan, exact: pro}}",
    "calculated_that_cannot_match": "{calculated: {attribute: ltv, gt: 500, lt: 100}}",
    "city_alone": "{location: Paris}",
    "circle_of_another_tool": '{location: {near: "Paris, FR", radius: 50 km}}',
    "circle_as_text": "{location: {within: 50 km}}",
    "two_countries": "{all: [{location: {country: FR}}, {location: {country: US}}]}",
    "device_alone": "{device: iPhone}",
    "devices_of_negatives": """
  last_active: {within: 30 days}
  any:
    - device: {os: {not_exact: iOS}}
    - device: {os: {not_exact: Android}}""",
    "version_as_number": "{device: {os: iOS, os_version: {gte: 17.2}}}",
    "version_without_operator": '{event: {name: Play, app_version: {version: "2.10"}}}',
    "version_with_letters": "{event: {name: Play, app_version: {version: {gte: v2.10, newer: 3}}}}",
    "list_as_file": "{list: vips.csv}",
    "lists_together": "{list: [vips, staff]}",
    "list_in_and_out": "{list: vips, exclude: [{list: vips}]}",
    "model_column_outside_where": "{model: {name: scores, score: {gte: 0.8}}}",
    "cart_without_wait": "{cart_abandonment: {after: 2 hours, product: {category: shoes}}}",
    "cart_that_waits_too_long": "{cart_abandonment: {wait: 60 days}}",
    "cart_followed_by_anything": "{cart_abandonment: {wait: 2 hours, follow_up: Order Completed}}",
    "variant_without_test": "{audience: {in: players, variant: push}}",
    "variant_misspelt": "{all: [{audience: {in: tested, variant: pusch}}, {audience: {in: tested, variant: control}}]}",
    "variant_alone": "{audience: {variant: push}}",
    "length_of_a_session": "{session: {length: 5 minutes}}",
    "name_of_an_install": "{install: {name: Installed, within: 7 days}}",
    "occasion_of_attribution": "{attribution: {on: reinstall, publisher: Northwind Ads}}",
    "two_states_of_consent": """
  all:
    - consent: {regulation: gdpr, purpose: marketing, state: granted}
    - consent: {regulation: GDPR, purpose: marketing, state: not_present}""",
    "sum_of_texts": "{ecommerce: {action: purchase, sum: {attribute: currency_code, gte: 100}}}",
}
FILES = {
    "audiences/players.yml": audience("players"),
    "audiences/tested.yml": audience("tested", ab_test="{name: spring, variants: {push: 40, email: 40}}"),
    "attributes/ltv.yml": "attribute: ltv\nfunction: sum\nof: {ecommerce: {action: purchase}}\nvalue: total_amount\n",
    "lists/vips.csv": "email\nana@example.com\n",
    "models/scores.sql": "select 1 as mpid, 0.5 as score",
}
CASES |= {
    name: (
        {**FILES, "audiences/buyers.yml": f"audience: buyers\nworkspaces: [shop]\ncriteria: {criteria}\n"},
        MILEPOST,
    )
    for name, criteria in CRITERIA.items()
}


@pytest.mark.parametrize("case", CASES)
def test_the_text_of_a_mistake(case: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    files, milepost = CASES[case]
    text = problems(tmp_path / "project", files, milepost)
    assert text, "a mistake without a problem"
    golden(f"errors/{case}.txt", text)
