from __future__ import annotations

from datetime import datetime, timedelta

from tests.dbt.conftest import AS_OF
from tests.support.lake import make_event, make_statement
from transforms.contracts import EVENTS, USERS

TICK = timedelta(microseconds=1)


def login(value: str, mpid: int, **overrides):
    return make_statement(
        **{"statement": "identity", "name": "customer_id", "value": value, "mpid": mpid} | overrides
    )


def test_staging_has_the_columns_of_the_lake_and_the_day(compiled):
    assert set(columns_of(compiled, "stg_lake__events", events=[make_event()])) == {*EVENTS.names, "day"}
    assert set(columns_of(compiled, "stg_lake__users", statements=[make_statement()])) == {
        *USERS.names,
        "day",
    }


def columns_of(compiled, model, **lake):
    rows = compiled.rows(f"(describe {model})", columns="column_name", **lake)
    return [name for (name,) in rows]


def test_only_what_happened_before_as_of_is_seen(compiled):
    events = [make_event(event_id=f"e{tick}", event_at=AS_OF + tick * TICK) for tick in (-1, 0, 1)]
    assert compiled.rows("stg_lake__events", events=events, columns="event_id") == [("e-1",)]
    statements = [make_statement(source_line=line, said_at=AS_OF + (line - 2) * TICK) for line in (1, 2, 3)]
    assert compiled.rows("stg_lake__users", statements=statements, columns="source_line") == [(1,)]


def test_late_receipt_does_not_hide_what_happened_before_as_of(compiled):
    events = [make_event(event_at=AS_OF - TICK, received_at=AS_OF + timedelta(days=9))]
    assert compiled.rows("stg_lake__events", events=events, columns="mpid") == [(1,)]


def test_development_is_not_evaluated(compiled):
    events = [make_event(environment="development"), make_event(event_id="e2", mpid=2)]
    statements = [make_statement(environment="development", mpid=3)]
    assert compiled.rows("dim_profiles", events=events, statements=statements, columns="mpid") == [(2,)]


def test_login_in_development_resolves_nothing(compiled):
    statements = [
        login("ana", 5, environment="development"),
        make_statement(login_identity="customer_id:ana", mpid=-7),
    ]
    assert compiled.rows("stg_lake__users", statements=statements, columns="mpid") == [(-7,)]


def test_record_without_mpid_belongs_to_the_user_of_its_login_identity(compiled):
    events = [make_event(login_identity="customer_id:ana", mpid=-7), make_event(event_id="e2", mpid=9)]
    statements = [login("ana", -(2**63), workspace="pos", input="pos/till", said_at=datetime(2018, 1, 31))]
    rows = compiled.rows("stg_lake__events", events=events, statements=statements, columns="event_id, mpid")
    assert rows == [("e1", -(2**63)), ("e2", 9)]


def test_unknown_login_identity_keeps_the_digest(compiled):
    events = [make_event(login_identity="customer_id:bob", mpid=-7)]
    assert compiled.rows("stg_lake__events", events=events, statements=[login("ana", 5)], columns="mpid") == [
        (-7,)
    ]


def test_login_identity_is_matched_by_type_and_exact_text(compiled):
    statements = [
        login("ana", 5),
        login("ana", 6, name="email", position=1),
        login("ana", 7, name="facebook", position=2),
    ]
    resolved = {
        text: compiled.rows(
            "stg_lake__events",
            events=[make_event(login_identity=text, mpid=-7)],
            statements=statements,
            columns="mpid",
        )
        for text in ("customer_id:ana", "email:ana", "facebook:ana", "customer_id:Ana", "customer_id:ana ")
    }
    assert resolved == {
        "customer_id:ana": [(5,)],
        "email:ana": [(6,)],
        "facebook:ana": [(-7,)],
        "customer_id:Ana": [(-7,)],
        "customer_id:ana ": [(-7,)],
    }


def test_newest_record_with_both_decides_who_a_login_is(compiled):
    statements = [
        login("ana", 5, said_at=datetime(2018, 1, 5)),
        login("ana", 6, said_at=datetime(2018, 1, 6), position=1),
        login("ana", 7, said_at=AS_OF),
        login("ana", 8, said_at=datetime(2018, 1, 7), is_removed=True),
        login("ana", 9, said_at=datetime(2018, 1, 8), login_identity="customer_id:ana"),
    ]
    assert compiled.rows("int_login_identities", statements=statements) == [("customer_id:ana", 6)]


def test_a_login_that_no_record_bears_alone_is_left_out(compiled):
    statements = [login("ana", 5), login("bob", 6)]
    borne = [make_event(login_identity="customer_id:bob", mpid=-7)]
    assert compiled.rows("int_login_identities", events=borne, statements=statements) == [
        ("customer_id:bob", 6)
    ]
    assert compiled.rows("int_login_identities", events=[make_event()], statements=statements) == []


def test_login_identity_with_quotes_and_colons_is_resolved(compiled):
    value = "o'h\"a:ra; {{ 1 }} é"
    rows = compiled.rows(
        "stg_lake__events",
        events=[make_event(login_identity=f"customer_id:{value}", mpid=-7)],
        statements=[login(value, 5)],
        columns="mpid",
    )
    assert rows == [(5,)]


def test_event_is_not_multiplied_by_logins(compiled):
    statements = [login("ana", mpid, source_line=mpid) for mpid in range(1, 6)]
    events = [make_event(login_identity="customer_id:ana", mpid=-7)]
    assert compiled.rows("stg_lake__events", events=events, statements=statements, columns="mpid") == [(5,)]
