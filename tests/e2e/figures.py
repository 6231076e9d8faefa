"""Figures that other people printed for two public data sets, each with an audience that must have that size.

Sources are named in the shared file published_figures.json; what is not the size of an audience (events,
amounts, baskets) is compared with the lake in test_published_figures.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Criteria = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """An audience, its criteria as YAML gives them, and the size that was printed for it."""

    audience: str
    size: int
    criteria: Criteria = field(compare=False)


def received(**conditions: Any) -> Criteria:
    return {"event": {"name": "Campaign Received", **conditions}}


def redeemed(**conditions: Any) -> Criteria:
    return {"event": {"name": "Coupon Redeemed", **conditions}}


def did(name: str) -> Criteria:
    return {"event": {"name": name}}


AGES = {"19-24": 46, "25-34": 142, "35-44": 194, "45-54": 288, "55-64": 59, "65+": 72}
SIZES = {"1": 255, "2": 318, "3": 109, "4": 53, "5+": 66}

COMPLETE_JOURNEY = (
    Figure("households", 2_469, {"ecommerce": {"action": "purchase"}}),
    Figure("reached", 1_559, received()),
    Figure("reached_once", 277, received(count={"eq": 1})),
    Figure("reached_five_times", 630, received(count={"gte": 5})),
    Figure("reached_sixteen_times", 0, received(count={"gte": 16})),
    Figure("type_a", 1_490, received(where={"campaign_type": {"exact": "Type A"}})),
    Figure("type_b", 995, received(where={"campaign_type": {"exact": "type b"}})),
    Figure("type_c", 397, received(where={"campaign_type": {"ends_with": " C"}})),
    Figure("redeemed", 410, redeemed()),
    Figure("redeemed_once", 106, redeemed(count={"eq": 1})),
    Figure("redeemed_five_times", 150, redeemed(count={"gte": 5})),
    Figure("redeemed_more_than_thirty_times", 0, redeemed(count={"gt": 30})),
    *(
        Figure(f"age_{place}", size, {"user": {"attribute": "age", "exact": age}})
        for place, (age, size) in enumerate(AGES.items())
    ),
    *(
        Figure(f"size_{place}", size, {"user": {"attribute": "household_size", "exact": people}})
        for place, (people, size) in enumerate(SIZES.items())
    ),
    Figure(
        "household_208",
        1,
        {
            "all": [
                {"identity": {"type": "customer_id", "exact": "208"}},
                received(count={"eq": 7}),
                redeemed(count={"eq": 5}),
            ]
        },
    ),
    # The same figures from the other side: each pair adds up to all households.
    Figure("never_reached", 2_469 - 1_559, received(count={"eq": 0})),
    Figure("not_of_age_45_54", 2_469 - 288, {"user": {"attribute": "age", "not_exact": "45-54"}}),
)

#: The most that one household has: somebody is in each of these, nobody has one more (above).
MOST_OF_ONE_HOUSEHOLD = {
    "reached_fifteen_times": received(count={"gte": 15}),
    "redeemed_thirty_times": redeemed(count={"gte": 30}),
}
#: One for each campaign, 1 to 27: the largest and the smallest were printed.
CAMPAIGNS = {f"campaign_{number}": received(where={"campaign": {"eq": number}}) for number in range(1, 28)}
LARGEST_AND_SMALLEST_CAMPAIGN = (1_133, 12)

#: Event → events, users.
SIMPLE_SHOP_EVENTS = {
    "cart": (2_842, 1_924),
    "catalog": (14_518, 3_611),
    "delivery_choice": (1_686, 1_356),
    "delivery_courier": (834, 748),
    "delivery_pickup": (506, 469),
    "main": (5_635, 2_385),
    "payment_card": (565, 521),
    "payment_cash": (197, 190),
    "payment_choice": (1_107, 958),
    "payment_done": (706, 653),
    "product1": (1_515, 1_122),
    "product2": (2_172, 1_430),
}

#: First and last day of each month of the data, how many users began in it, and the printed share of them
#: that was active so many months later.
COHORTS = (
    ("2019-11-01", "2019-11-30", 259, (1.0, 0.393822, 0.328185, 0.250965, 0.247104)),
    ("2019-12-01", "2019-12-31", 249, (1.0, 0.333333, 0.257028, 0.232932)),
    ("2020-01-01", "2020-01-31", 246, (1.0, 0.386179, 0.284553)),
    ("2020-02-01", "2020-02-29", 257, (1.0, 0.319066)),
    ("2020-03-01", "2020-03-31", 350, (1.0, 0.14)),
    ("2020-04-01", "2020-04-30", 2_390, (1.0,)),
)


def _cohorts() -> tuple[Figure, ...]:
    return tuple(
        Figure(
            f"cohort_{began}_after_{later}",
            round(users * share),
            {
                "all": [
                    {"first_active": {"between_dates": [first, last]}},
                    {
                        "event": {
                            "name": {"pattern": "*"},
                            "between_dates": [COHORTS[began + later][0], COHORTS[began + later][1]],
                        }
                    },
                ]
            },
        )
        for began, (first, last, users, shares) in enumerate(COHORTS)
        for later, share in enumerate(shares)
    )


SIMPLE_SHOP = (
    Figure("users", 3_751, {"event": {"name": {"pattern": "*"}}}),
    *(Figure(f"did_{event}", users, did(event)) for event, (_, users) in SIMPLE_SHOP_EVENTS.items()),
    Figure("product1_only", 580, {"all": [did("product1")], "exclude": [did("product2")]}),
    # The guide prints 1,430, which is everybody with product2: it subtracts in the wrong order.
    Figure("product2_only", 888, {"all": [did("product2")], "exclude": [did("product1")]}),
    *_cohorts(),
)

#: Closed funnels: each stage counts only those of the stage before. Milestone → users.
FUNNEL = {
    "funnel__catalog": 3_611,
    "funnel__cart": 1_924,
    "funnel__payment_done": 653,
}
FUNNEL_JOURNEY = {
    "journey": "funnel",
    "inputs": ["shop/web"],
    "milestones": [
        {
            "milestone": "catalog",
            "criteria": did("catalog"),
            "next": [
                {
                    "milestone": "cart",
                    "criteria": did("cart"),
                    "next": [{"milestone": "payment_done", "criteria": did("payment_done")}],
                },
            ],
        },
    ],
}
#: A second funnel from the same first stage; siblings of one journey would exclude each other.
SECOND_FUNNEL = Figure(
    "catalog_to_product",
    2_010,
    {"all": [{"audience": {"in": "funnel__catalog"}}, {"any": [did("product1"), did("product2")]}]},
)

#: The same stages in order: each strictly later than the one before, and bought at once or left with a full cart.
#: Nobody printed these; they are held against a count over the rows of the file.
ORDERED_FUNNELS: dict[str, Criteria] = {
    "cart_after_catalog": {"sequence": [did("catalog"), did("cart")]},
    "paid_in_order": {"sequence": [did("catalog"), did("cart"), did("payment_done")]},
    "paid_within_ten_minutes": {
        "sequence": [
            did("catalog"),
            {**did("cart"), "after": {"at_most": "10 minutes"}},
            {**did("payment_done"), "after": {"at_most": "10 minutes"}},
        ],
        "between_dates": ["2020-01-01", "2020-04-30"],
    },
    "left_a_cart": {
        "sequence": [did("cart"), {"not": did("payment_done"), "after": {"at_most": "1 day"}}],
    },
}

SIMPLE_SHOP_PROJECT = {
    "project": "simple_shop",
    "workspaces": {
        "shop": {
            "inputs": {
                "web": {
                    "kind": "platform",
                    "format": "csv",
                    "mapping": {
                        "record": "event",
                        "user": {"mpid": "client_id"},
                        "time": {"column": "timestamp"},
                        "event": {"column": "event"},
                        "attributes": "all",
                    },
                }
            }
        }
    },
    "event_lookback": "unlimited",
}


def write_audiences(project: Path, criteria: dict[str, Criteria]) -> None:
    """One file an audience; JSON is YAML."""
    (project / "audiences").mkdir(parents=True, exist_ok=True)
    for audience, wanted in criteria.items():
        text = json.dumps({"audience": audience, "criteria": wanted}, ensure_ascii=False)
        (project / "audiences" / f"{audience}.yml").write_text(text, encoding="utf-8")
