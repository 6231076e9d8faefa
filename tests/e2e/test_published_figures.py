"""Figures that other people printed, and the demo against plain queries: in one file, so that 1.47 M lines are
ingested once."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.e2e import figures
from tests.e2e.conftest import GROCER_IS_OVER, SHOP_IS_OVER, Prepared
from tests.e2e.grocer import CHECKS, expected_households, expected_values, household_mpid
from tests.support.pipeline import run_pipeline, warehouse

if TYPE_CHECKING:
    from pathlib import Path

    Memberships = dict[str, dict[int, str | None]]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def grocer(complete_journey: Prepared) -> Memberships:
    return run_pipeline(complete_journey.project, complete_journey.data, GROCER_IS_OVER)


@pytest.fixture(scope="module")
def shop(simple_shop: Prepared) -> Memberships:
    return run_pipeline(simple_shop.project, simple_shop.data, SHOP_IS_OVER)


@pytest.fixture(scope="module")
def grocer_lake(grocer: Memberships, complete_journey: Prepared) -> duckdb.DuckDBPyConnection:
    return lake(complete_journey.data)


@pytest.fixture(scope="module")
def shop_lake(shop: Memberships, simple_shop: Prepared) -> duckdb.DuckDBPyConnection:
    return lake(simple_shop.data)


def lake(data: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("events", "users"):
        files = str(data / "lake" / name / "*" / "*.parquet")
        connection.read_parquet(files).create_view(name)
    return connection


def sizes(memberships: Memberships, wanted: tuple[figures.Figure, ...]) -> dict[str, int]:
    return {figure.audience: len(memberships[figure.audience]) for figure in wanted}


def printed(wanted: tuple[figures.Figure, ...]) -> dict[str, int]:
    return {figure.audience: figure.size for figure in wanted}


def test_a_grocers_audiences_have_the_published_sizes(grocer: Memberships) -> None:
    assert sizes(grocer, figures.COMPLETE_JOURNEY) == printed(figures.COMPLETE_JOURNEY)


def test_somebody_has_the_most_campaigns_and_the_most_redemptions(grocer: Memberships) -> None:
    assert all(grocer[audience] for audience in figures.MOST_OF_ONE_HOUSEHOLD)


def test_the_largest_and_the_smallest_campaign(grocer: Memberships) -> None:
    reached = [len(grocer[audience]) for audience in figures.CAMPAIGNS]
    assert (max(reached), min(reached)) == figures.LARGEST_AND_SMALLEST_CAMPAIGN
    assert sum(reached) == 6_589


def test_the_lake_holds_every_basket_line_and_cent(grocer_lake: duckdb.DuckDBPyConnection) -> None:
    totals = grocer_lake.execute(
        """
        select count(*), sum(len(products)), sum(total_amount::decimal(18, 2)), count(distinct mpid)
        from events where event_type = 'commerce_event'
        """
    ).fetchone()
    assert totals == (155_848, 1_469_307, Decimal("4596039.58"), 2_469)
    products = grocer_lake.execute(
        """
        select count(distinct line.id), count(distinct affiliation)
        from events, unnest(products) as lines(line) where event_type = 'commerce_event'
        """
    ).fetchone()
    assert products == (68_509, 457)


def test_baskets_lie_in_the_weekday_they_were_bought_on(grocer_lake: duckdb.DuckDBPyConnection) -> None:
    baskets = grocer_lake.execute(
        """
        select count(*) from events where event_type = 'commerce_event'
        group by isodow(event_at) order by isodow(event_at)
        """
    ).fetchall()
    assert [count for (count,) in baskets] == [21_561, 20_997, 20_431, 21_006, 21_081, 24_842, 25_930]


def test_redemptions_lie_in_their_months(grocer_lake: duckdb.DuckDBPyConnection) -> None:
    months = grocer_lake.execute(
        "select count(*) from events where event_name = 'Coupon Redeemed' group by month(event_at) order by month(event_at)"
    ).fetchall()
    assert [count for (count,) in months] == [19, 44, 32, 20, 268, 155, 47, 424, 223, 70, 526, 274]
    coupons = grocer_lake.execute(
        "select count(distinct attributes['coupon']) from events where event_name = 'Coupon Redeemed'"
    ).fetchone()
    assert coupons == (491,)


def test_mean_yearly_spend_by_age_joins_survey_and_till(grocer_lake: duckdb.DuckDBPyConnection) -> None:
    means = grocer_lake.execute(
        """
        with spend as (
            select mpid, sum(total_amount::decimal(18, 2)) as spent
            from events where event_type = 'commerce_event' group by mpid
        )
        select round(sum(spent) / count(*), 2)::decimal(12, 2)
        from spend join users using (mpid)
        where statement = 'attribute' and name = 'age'
        group by value order by value
        """
    ).fetchall()
    assert [str(mean) for (mean,) in means] == [
        "2732.02",
        "3192.76",
        "3733.80",
        "3374.38",
        "2934.81",
        "2452.79",
    ]


def test_days_between_trips_fall_in_the_published_classes(grocer_lake: duckdb.DuckDBPyConnection) -> None:
    classes = grocer_lake.execute(
        """
        with trips as (
            select mpid, date_diff('day', lag(event_at::date) over (partition by mpid order by event_at),
                event_at::date) as gap
            from events where event_type = 'commerce_event'
        ),
        means as (select mpid, avg(gap) as gap from trips where gap is not null group by mpid)
        select
            count(*) filter (gap <= 3), count(*) filter (gap > 3 and gap <= 7),
            count(*) filter (gap > 7 and gap <= 14), count(*) filter (gap > 14 and gap <= 30),
            count(*) filter (gap > 30)
        from means
        """
    ).fetchone()
    assert classes == (346, 765, 660, 439, 228)


def test_a_web_shops_audiences_have_the_published_sizes(shop: Memberships) -> None:
    assert sizes(shop, figures.SIMPLE_SHOP) == printed(figures.SIMPLE_SHOP)


def test_a_closed_funnel_is_a_journey(shop: Memberships) -> None:
    assert {milestone: len(shop[milestone]) for milestone in figures.FUNNEL} == figures.FUNNEL
    assert len(shop[figures.SECOND_FUNNEL.audience]) == figures.SECOND_FUNNEL.size


def test_ordered_funnels_hold_the_users_that_a_walk_over_the_file_finds(
    shop: Memberships, simple_shop: Prepared
) -> None:
    events_of: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    with (simple_shop.data / "landing" / "shop" / "web" / "events.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            at = datetime.fromisoformat(row["timestamp"])
            events_of[int(row["client_id"])].append((at, row["event"]))
    minutes, day = timedelta(minutes=10), timedelta(days=1)

    def paid(events: list[tuple[datetime, str]], longest: timedelta, begins: datetime) -> bool:
        times = {
            name: [at for at, event in events if event == name and at >= begins]
            for name in ("catalog", "cart", "payment_done")
        }
        return any(
            seen < filled <= seen + longest and filled < done <= filled + longest
            for seen in times["catalog"]
            for filled in times["cart"]
            for done in times["payment_done"]
        )

    def left(events: list[tuple[datetime, str]]) -> bool:
        return any(
            name == "cart"
            and at + day < SHOP_IS_OVER
            and not any(event == "payment_done" and at < later <= at + day for later, event in events)
            for at, name in events
        )

    def in_cart(events: list[tuple[datetime, str]]) -> bool:
        first = min((at for at, name in events if name == "catalog"), default=datetime.max)
        return any(name == "cart" and at > first for at, name in events)

    expected = {
        "cart_after_catalog": in_cart,
        "paid_in_order": lambda events: paid(events, 9_999 * day, datetime.min),
        "paid_within_ten_minutes": lambda events: paid(events, minutes, datetime(2020, 1, 1)),
        "left_a_cart": left,
    }
    for audience, is_member in expected.items():
        users = {user for user, events in events_of.items() if is_member(events)}
        assert set(shop[audience]) == users, audience
        assert 100 < len(users) < len(events_of), audience
    assert len(shop["paid_in_order"]) <= figures.FUNNEL["funnel__payment_done"]


def test_the_lake_holds_every_event_of_the_web_shop(shop_lake: duckdb.DuckDBPyConnection) -> None:
    counted = shop_lake.execute(
        "select event_name, count(*), count(distinct mpid) from events group by event_name"
    ).fetchall()
    assert {name: (events, users) for name, events, users in counted} == figures.SIMPLE_SHOP_EVENTS
    ends = shop_lake.execute(
        "select min(event_at)::timestamp_s::text, max(event_at)::timestamp_s::text from events"
    ).fetchone()
    assert ends == ("2019-11-01 17:59:13", "2020-04-29 12:48:07")


DAYS = (datetime(2018, 1, 1), datetime(2018, 1, 2))


@pytest.mark.parametrize("as_of", DAYS, ids=["2018-01-01", "2018-01-02"])
def test_every_demo_audience_holds_the_households_that_plain_queries_find(
    demo: Prepared, as_of: datetime
) -> None:
    memberships = run_pipeline(demo.project, demo.data, as_of)
    assert set(memberships) == set(CHECKS)
    for audience, households in expected_households(as_of).items():
        assert set(memberships[audience]) == {household_mpid(number) for number in households}, audience
    for attribute, values in expected_values(as_of).items():
        found = calculated(demo, attribute)
        # Households that answered and never shopped have spent 0.
        missing = {mpid: "0" for mpid in found if attribute == "ltv"}
        assert found == missing | {household_mpid(number): value for number, value in values.items()}


def calculated(demo: Prepared, attribute: str) -> dict[int, str]:
    with duckdb.connect(str(warehouse(demo.data)), read_only=True) as connection:
        return dict(connection.execute(f"select mpid, value from int_calculated_{attribute}").fetchall())


def test_something_is_added_and_something_dropped_between_the_two_days() -> None:
    before, after = (expected_households(as_of) for as_of in DAYS)
    assert sum(bool(after[audience] - before[audience]) for audience in CHECKS) >= 8
    assert sum(bool(before[audience] - after[audience]) for audience in CHECKS) >= 8


def test_a_year_of_a_grocer_has_no_empty_audience() -> None:
    assert all(expected_households(DAYS[0]).values())
