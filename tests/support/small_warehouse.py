"""A DuckDB with the tables that generated models read, and a few rows: what a criterion gives is run, not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import duckdb
import jinja2

from tests.support.functions import install_functions
from transforms.compiler.assemble import criterion_query, criterion_rows
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.criteria.language import read_criteria
from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import leaves
from transforms.criteria.scope import Scope
from transforms.documents.durations import parse_duration
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from sqlglot import exp

    from transforms.criteria.events.rollups import Rollup
    from transforms.criteria.logic import Criterion

AS_OF = datetime(2018, 1, 1)
_TEXTS = "map(varchar, varchar)"
_PRODUCT = (
    "struct(id varchar, name varchar, brand varchar, category varchar, variant varchar, position varchar, "
    f"price varchar, quantity varchar, coupon_code varchar, total_product_amount varchar, attributes {_TEXTS})"
)
_PROMOTION = f"struct(id varchar, name varchar, creative varchar, position varchar, attributes {_TEXTS})"
_TABLES = (
    f"""create or replace table stg_lake__events (
        mpid bigint, workspace varchar, input varchar, event_type varchar, event_name varchar, event_at timestamp,
        custom_type varchar, attributes {_TEXTS}, total_amount varchar, currency_code varchar, coupon_code varchar,
        screen_name varchar, app_version varchar, app_build varchar, platform varchar, os_version varchar,
        products {_PRODUCT}[], promotions {_PROMOTION}[], session_id varchar, session_duration_ms bigint,
        is_first_run boolean, is_upgrade boolean, received_at timestamp, source_path varchar, source_line bigint,
        source_index integer, day date generated always as (cast(event_at as date)))""",
    "create or replace table dim_profiles (workspace varchar, mpid bigint, first_seen timestamp, last_seen timestamp,"
    " first_active timestamp, last_active timestamp)",
    "create or replace table int_user_attributes (workspace varchar, mpid bigint, attribute_key varchar,"
    " attribute_name varchar, value varchar, elements varchar[])",
    "create or replace table int_user_identities (workspace varchar, mpid bigint, identity_type varchar, identity_value varchar)",
    "create or replace table int_user_consents (workspace varchar, mpid bigint, regulation varchar, purpose varchar,"
    " consented boolean, said_at timestamp, received_at timestamp, input varchar, source_path varchar,"
    " source_line bigint, position integer)",
    "create or replace table int_user_devices (workspace varchar, mpid bigint, device_key varchar, os varchar,"
    " os_version varchar, brand varchar, model varchar, type varchar, carrier varchar)",
    "create or replace table int_user_locations (workspace varchar, mpid bigint, country varchar, region varchar,"
    " city varchar, postal_code varchar, dma varchar, latitude double, longitude double)",
    "create or replace table int_user_attributions (workspace varchar, mpid bigint, attribution varchar,"
    " publisher varchar, campaign varchar)",
    "create or replace table stg_lake__lists (list_name varchar, identity_type varchar, identity_key varchar, mpid bigint)",
    "create or replace table int_earlier_members (audience_id varchar, mpid bigint, since timestamp)",
    "create or replace table mst_others (mpid bigint, variant varchar)",
)


def criterion(text: str, *, expected: tuple[str, ...] = ()) -> Criterion:
    """The criterion that YAML text writes; `expected` are the codes of its warnings."""
    report = Report()
    node = read_yaml(dedent(text), "a.yml", report)
    assert node is not None
    found = read_criteria(node, report)
    assert [problem.code for problem in report.problems] == list(expected), report.problems
    assert found is not None
    return found


def codes(text: str) -> list[str]:
    """The codes of every problem in the criteria that YAML text writes."""
    report = Report()
    node = read_yaml(dedent(text), "a.yml", report)
    assert node is not None
    read_criteria(node, report)
    return [problem.code for problem in report.problems]


def scope(
    workspaces: tuple[str, ...] = ("shop",),
    inputs: tuple[str, ...] = ("shop/ios", "shop/web"),
    lookback: str | None = "30 days",
    lifetime: str | None = None,
    hidden: tuple[str, ...] = (),
) -> Scope:
    """What an audience of workspace `shop` sees."""
    return Scope(
        workspaces=workspaces,
        inputs=inputs,
        lookback=parse_duration(lookback) if lookback else None,
        profile_lifetime=parse_duration(lifetime) if lifetime else None,
        hidden_events=hidden,
    )


def render(text: str, as_of: datetime = AS_OF) -> str:
    """A model as dbt gives it to the engine."""
    template = jinja2.Environment(autoescape=False).from_string(text)
    instant = as_of.strftime("timestamp '%Y-%m-%d %H:%M:%S.%f'")
    return template.render(ref=lambda name: name, as_of=lambda: instant, config=lambda **_: "")


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    """One for all tests: making the functions takes longer than a test."""
    connection = duckdb.connect()
    install_functions(connection)
    return connection


class SmallWarehouse:
    """Tables that begin empty, but for the users of `users`, who have a profile in workspace `shop`."""

    def __init__(self, *users: int) -> None:
        self.connection = _connection()
        for table in _TABLES:
            self.connection.execute(table)
        for user in users:
            self.profile(user)

    def profile(self, mpid: int, workspace: str = "shop", **instants: datetime | None) -> None:
        seen = {"first_seen": datetime(2017, 1, 1), "last_seen": datetime(2017, 12, 31)}
        self._add("dim_profiles", {"workspace": workspace, "mpid": mpid, **seen, **instants})

    def event(
        self, mpid: int, name: str | None = "Play", at: datetime = datetime(2017, 12, 30), **columns: Any
    ) -> None:
        defaults = {"workspace": "shop", "input": "shop/ios", "event_type": "custom_event", "received_at": at}
        defaults |= {"source_path": "a.json", "source_line": 1, "source_index": 0}
        self._add(
            "stg_lake__events", {**defaults, "mpid": mpid, "event_name": name, "event_at": at, **columns}
        )

    def purchase(self, mpid: int, *products: dict[str, str], **columns: Any) -> None:
        fields = (
            "id",
            "name",
            "brand",
            "category",
            "variant",
            "position",
            "price",
            "quantity",
            "coupon_code",
        )
        empty = {**dict.fromkeys((*fields, "total_product_amount")), "attributes": {}}
        lines = [{**empty, **product} for product in products]
        self.event(
            mpid, columns.pop("action", "purchase"), event_type="commerce_event", products=lines, **columns
        )

    def session(
        self,
        mpid: int,
        session_id: str | None,
        *durations: int | None,
        at: datetime = datetime(2017, 12, 30),
        **columns: Any,
    ) -> None:
        """The start of a session, and an end for each of the durations (in milliseconds), each later than the one before."""
        named = {"session_id": session_id, **columns}
        self.event(mpid, None, at, event_type="session_start", **named)
        for number, duration in enumerate(durations, 1):
            self.event(
                mpid,
                None,
                at + timedelta(minutes=number),
                event_type="session_end",
                session_duration_ms=duration,
                **named,
            )

    def attribute(
        self,
        mpid: int,
        name: str,
        value: str | None = None,
        elements: list[str | None] | None = None,
        workspace: str = "shop",
    ) -> None:
        row = {"workspace": workspace, "mpid": mpid, "attribute_key": name.lower(), "attribute_name": name}
        self._add("int_user_attributes", {**row, "value": value, "elements": elements})

    def identity(self, mpid: int, identity_type: str, value: str, workspace: str = "shop") -> None:
        row = {"workspace": workspace, "mpid": mpid, "identity_type": identity_type, "identity_value": value}
        self._add("int_user_identities", row)

    def consent(
        self, mpid: int, consented: bool, said_at: datetime, workspace: str = "shop", **columns: Any
    ) -> None:
        row = {"workspace": workspace, "mpid": mpid, "regulation": "gdpr", "purpose": "marketing"}
        written = {"received_at": said_at, "input": f"{workspace}/ios", "source_path": "a", "source_line": 1}
        self._add(
            "int_user_consents",
            {**row, **written, "said_at": said_at, "consented": consented, "position": 0, **columns},
        )

    def device(self, mpid: int, workspace: str = "shop", **fields: str) -> None:
        self._add("int_user_devices", {"workspace": workspace, "mpid": mpid, **fields})

    def location(self, mpid: int, workspace: str = "shop", **fields: str | float) -> None:
        self._add("int_user_locations", {"workspace": workspace, "mpid": mpid, **fields})

    def attribution(self, mpid: int, attribution: str, workspace: str = "shop", **fields: str) -> None:
        row = {"workspace": workspace, "mpid": mpid, "attribution": attribution}
        self._add("int_user_attributions", {**row, **fields})

    def listed(self, name: str, *values: int | str, identity_type: str = "email") -> None:
        for value in values:
            row = {"identity_type": identity_type, "identity_key": str(value).lower()}
            self._add(
                "stg_lake__lists",
                {"list_name": name, **({"mpid": value} if isinstance(value, int) else row)},
            )

    def model(self, name: str, query: str) -> None:
        """A table as an analyst's model makes it."""
        self.connection.execute(f"create or replace table {name} as {query}")

    def other_member(self, mpid: int, variant: str | None = None) -> None:
        self._add("mst_others", {"mpid": mpid, "variant": variant})

    def earlier_member(self, mpid: int, since: datetime, audience: str = "others") -> None:
        self._add("int_earlier_members", {"audience_id": audience, "mpid": mpid, "since": since})

    def members(
        self, criteria: str, expected: tuple[str, ...] = (), as_of: datetime = AS_OF, **limits: Any
    ) -> list[int]:
        """The mpids for whom the criteria hold, sorted; each comes once. They are the same by rollups of days."""
        read = criterion(criteria, expected=expected)
        own = scope(**limits)
        found = sorted(row[0] for row in self._rows(criterion_query(read, own), as_of))
        assert len(set(found)) == len(found)
        by_days = replace(own, has_rollups=True)
        self.make_rollups((each for leaf in leaves(read) for each in leaf.rollups(by_days)), as_of)
        assert found == sorted(row[0] for row in self._rows(criterion_query(read, by_days), as_of))
        return found

    def make_rollups(self, rollups: Iterable[Rollup], as_of: datetime = AS_OF) -> None:
        """The tables of rollups as dbt makes them, of the events that there are now."""
        self.connection.execute(
            "create or replace view base_lake__events as select *, null::text as login_identity from stg_lake__events"
        )
        for rollup in rollups:
            query = render(model_text(rollup.query(), DUCKDB), as_of)
            self.connection.execute(
                f"create or replace table {rollup.name} as select * from ({query}) where day < $until",
                {"until": as_of.date()},
            )

    def evidence(self, criteria: str, as_of: datetime = AS_OF, **limits: Any) -> list[dict[str, Any]]:
        """The rows behind a criterion of one kind, sorted by user and then by column."""
        leaf = criterion(criteria)
        assert isinstance(leaf, Leaf)
        own = scope(**limits)
        query = leaf.evidence(own)
        rows = self._rows(criterion_rows(query, own), as_of)
        return [dict(zip(query.named_selects, row, strict=True)) for row in sorted(rows, key=repr)]

    def amounts(self, criteria: str, as_of: datetime = AS_OF, **limits: Any) -> dict[int, Decimal]:
        """The amount that a criterion compares, of each user who has one of their own."""
        leaf = criterion(criteria)
        assert isinstance(leaf, Leaf)
        own = scope(**limits)
        measure = leaf.measure(own)
        assert measure is not None
        rows = self._rows(criterion_rows(measure.query, own), as_of)
        return {mpid: measure.read(*values) for mpid, *values in rows}

    def _rows(self, query: exp.Query, as_of: datetime) -> list[tuple[Any, ...]]:
        return self.connection.execute(render(model_text(query, DUCKDB), as_of)).fetchall()

    def _add(self, table: str, row: dict[str, Any]) -> None:
        columns = ", ".join(row)
        marks = ", ".join(f"${column}" for column in row)
        self.connection.execute(f"insert into {table} ({columns}) values ({marks})", row)
