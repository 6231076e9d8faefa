from __future__ import annotations

from datetime import datetime

import pytest

from tests.dbt.conftest import AS_OF
from tests.support.lake import make_event, make_statement
from transforms.vocabulary import DEVICE_IDENTITY_TYPES, USER_IDENTITY_TYPES, WRITE_ORDER

JANUARY = [datetime(2018, 1, day) for day in range(1, 32)]


def attribute(name: str, value: str | None, **overrides):
    return make_statement(**{"statement": "attribute", "name": name, "value": value} | overrides)


def identity(name: str, value: str | None, **overrides):
    return make_statement(
        **{"statement": "identity", "name": name, "value": value, "is_removed": value is None} | overrides
    )


def attributes(compiled, *statements):
    columns = "attribute_key, attribute_name, value, elements"
    return compiled.rows("int_user_attributes", statements=statements, columns=columns)


def test_newest_write_of_an_attribute_wins_and_its_spelling_is_shown(compiled):
    rows = attributes(
        compiled,
        attribute("PLAN", "gold", said_at=JANUARY[2]),
        attribute("Plan", "free", said_at=JANUARY[3]),
        attribute("plan", "late", said_at=AS_OF),
    )
    assert rows == [("plan", "Plan", "free", None)]


@pytest.mark.parametrize(
    ("field", "older", "newer"),
    [
        ("said_at", JANUARY[1], JANUARY[2]),
        ("received_at", JANUARY[1], JANUARY[2]),
        ("input", "shop/Zeta", "shop/alpha"),
        ("source_path", "a/10.json", "a/9.json"),
        ("source_line", 9, 10),
        ("position", 9, 10),
    ],
)
def test_ties_are_broken_in_the_order_of_writing(compiled, field, older, newer):
    # What comes after in the order speaks for the older write, so that nothing but the field can decide.
    after = WRITE_ORDER[WRITE_ORDER.index(field) + 1 :]
    favours = {"received_at": JANUARY[9], "input": "z", "source_path": "z", "source_line": 99, "position": 99}
    same = {"said_at": JANUARY[0], "received_at": JANUARY[0]}
    old = attribute("plan", "old", **same | {field: older} | {name: favours[name] for name in after})
    new = attribute("plan", "new", **same | {field: newer})
    assert attributes(compiled, old, new) == attributes(compiled, new, old) == [("plan", "plan", "new", None)]


def test_deleted_attribute_vanishes_until_it_is_written_again(compiled):
    gone = attribute("plan", None, is_removed=True, position=1)
    assert attributes(compiled, attribute("Plan", "free"), gone) == []
    again = attribute("plan", "gold", position=2)
    assert attributes(compiled, attribute("Plan", "free"), gone, again) == [("plan", "plan", "gold", None)]


def test_tags_lists_and_empty_text_are_present(compiled):
    rows = attributes(
        compiled,
        attribute("tag", None),
        attribute("list", None, elements=["b", None, "a"]),
        attribute("empty list", None, elements=[]),
        attribute("empty", ""),
    )
    assert rows == [
        ("empty list", "empty list", None, []),
        ("empty", "empty", "", None),
        ("list", "list", None, ["b", None, "a"]),
        ("tag", "tag", None, None),
    ]


def test_scalar_replaces_a_list_and_a_tag_a_scalar(compiled):
    rows = attributes(
        compiled,
        attribute("a", None, elements=["x"]),
        attribute("a", "y", position=1),
        attribute("b", "x"),
        attribute("b", None, position=1),
    )
    assert rows == [("a", "a", "y", None), ("b", "b", None, None)]


def test_attribute_names_match_whatever_the_case_of_any_script(compiled):
    rows = attributes(
        compiled, attribute("ÉTAT", "1"), attribute("état", "2", position=1), attribute("etat", "3")
    )
    assert rows == [("etat", "etat", "3", None), ("état", "état", "2", None)]


def test_user_data_belongs_to_a_workspace(compiled):
    rows = compiled.rows(
        "int_user_attributes",
        statements=[
            attribute("plan", "free"),
            attribute("plan", "gold", workspace="pos", said_at=JANUARY[20]),
        ],
        columns="workspace, value",
    )
    assert rows == [("pos", "gold"), ("shop", "free")]


def test_newest_user_identity_holds_and_null_removes_it(compiled):
    rows = compiled.rows(
        "int_user_identities",
        statements=[
            identity("email", "a@x.com", said_at=JANUARY[1]),
            identity("email", "b@x.com", said_at=JANUARY[2]),
            identity("facebook", "1", said_at=JANUARY[1]),
            identity("facebook", None, said_at=JANUARY[2]),
        ],
        columns="identity_type, identity_value, said_at",
    )
    assert rows == [("email", "b@x.com", JANUARY[2])]


def test_every_device_identity_ever_seen_holds(compiled):
    rows = compiled.rows(
        "int_user_identities",
        statements=[
            identity("push_token", "one", said_at=JANUARY[1]),
            identity("push_token", "two", said_at=JANUARY[2]),
            identity("push_token", "one", said_at=JANUARY[3]),
            identity("push_token", None, said_at=JANUARY[4]),
        ],
        columns="identity_value, said_at",
    )
    assert rows == [("one", JANUARY[3]), ("two", JANUARY[2])]


def test_the_project_knows_which_identity_types_are_of_devices(compiled):
    statements = [
        identity(name, value, said_at=JANUARY[day])
        for name in (*USER_IDENTITY_TYPES, *DEVICE_IDENTITY_TYPES)
        for day, value in enumerate(("one", "two"))
    ]
    rows = compiled.rows(
        "int_user_identities", statements=statements, columns="identity_type, identity_value"
    )
    assert {name for name, value in rows if value == "one"} == set(DEVICE_IDENTITY_TYPES)
    assert {name for name, value in rows if value == "two"} == {*USER_IDENTITY_TYPES, *DEVICE_IDENTITY_TYPES}


def test_newest_consent_by_its_own_time_whatever_the_case(compiled):
    def consent(regulation, purpose, consented, day):
        return make_statement(
            statement="consent", name=regulation, purpose=purpose, consented=consented, said_at=JANUARY[day]
        )

    rows = compiled.rows(
        "int_user_consents",
        statements=[
            consent("GDPR", "Marketing", True, 3),
            consent("gdpr", "marketing", False, 2),
            consent("gdpr", "ads", False, 2),
            consent("ccpa", None, True, 1),
            consent("CCPA", None, False, 2),
        ],
        columns="regulation, purpose, consented",
    )
    assert rows == [("ccpa", None, False), ("gdpr", "ads", False), ("gdpr", "marketing", True)]


def test_device_shows_the_newest_of_each_field(compiled):
    def device(key, day, **fields):
        return make_statement(
            statement="device", value=key, fields=list(fields.items()), said_at=JANUARY[day]
        )

    rows = compiled.rows(
        "int_user_devices",
        statements=[
            device("d1", 1, brand="Acme", model="One", carrier="Tel"),
            device("d1", 3, os_version="11.2", carrier=None),
            device("d1", 2, os_version="11.1", model="Two"),
            device("d2", 1, type="tablet", limit_ad_tracking="true"),
        ],
        columns="device_key, brand, model, os_version, carrier, type, limit_ad_tracking, said_at",
    )
    assert rows == [
        ("d1", "Acme", "Two", "11.2", "Tel", None, None, JANUARY[3]),
        ("d2", None, None, None, None, "tablet", "true", JANUARY[1]),
    ]


def test_advertising_id_knows_what_its_device_said_of_tracking(compiled):
    def record(line, day, value, mpid=1, **fields):
        place = {"source_line": line, "said_at": JANUARY[day], "mpid": mpid}
        return [
            identity("ios_advertising_id", value, **place),
            identity("push_token", f"token {value}", **place),
            make_statement(statement="device", value="d1", fields=list(fields.items()), **place),
        ]

    rows = compiled.rows(
        "int_user_advertising_ids",
        statements=[
            *record(1, 1, "A", limit_ad_tracking="false", att_authorization_status="authorized"),
            *record(2, 3, "A", limit_ad_tracking="true"),
            *record(3, 2, "A", limit_ad_tracking="false", att_authorization_status="denied"),
            *record(4, 4, "B", limit_ad_tracking="false"),
            *record(4, 4, "C", mpid=2),
            identity("ios_advertising_id", "D", source_line=9),
        ],
        columns="mpid, identity_value, limit_ad_tracking, att_authorization_status",
    )
    assert rows == [(1, "A", "true", "denied"), (1, "B", "false", None), (2, "C", None, None)]


def test_app_version_and_build_come_from_one_record(compiled):
    statements = [
        make_statement(statement="app", fields=[("version", "2.1"), ("build", "7")], said_at=JANUARY[1]),
        make_statement(statement="app", fields=[("version", "2.2")], said_at=JANUARY[2]),
        make_statement(statement="app", fields=[("name", "x")], said_at=JANUARY[3]),
    ]
    assert compiled.rows("int_user_apps", statements=statements, columns="version, build") == [("2.2", None)]


def test_location_parts_come_together_and_coordinates_from_the_newest_with_both(compiled):
    def said(statement, day, mpid=1, **fields):
        return make_statement(
            statement=statement, mpid=mpid, fields=list(fields.items()), said_at=JANUARY[day]
        )

    rows = compiled.rows(
        "int_user_locations",
        statements=[
            said("location", 1, country="FR", city="Paris", dma="7"),
            said("location", 2, country="DE"),
            said("location", 3, altitude="5"),
            said("coordinates", 1, latitude="48.85", longitude="2.35"),
            said("coordinates", 2, latitude="1"),
            said("coordinates", 3, latitude="91", longitude="0"),
            said("coordinates", 4, latitude="north", longitude="0"),
            said("coordinates", 1, mpid=2, latitude="-90", longitude="180"),
            said("location", 1, mpid=3, postal_code="75001"),
        ],
        columns="mpid, country, city, postal_code, dma, latitude, longitude, said_at, coordinates_said_at",
    )
    assert rows == [
        (1, "DE", None, None, None, 48.85, 2.35, JANUARY[2], JANUARY[1]),
        (2, None, None, None, None, -90.0, 180.0, None, JANUARY[1]),
        (3, None, None, "75001", None, None, None, JANUARY[1], None),
    ]


def test_attribution_event_is_believed_before_attribution_info(compiled):
    def install_event(day, publisher, **overrides):
        return make_event(
            event_id=publisher,
            event_name="attribution",
            custom_type="Attribution",
            attributes=[("publisher", publisher), ("campaign", "c")],
            event_at=JANUARY[day],
            **overrides,
        )

    def info(mpid, day, publisher):
        fields = [("publisher", publisher), ("campaign", "i")]
        return make_statement(
            statement="attribution", name="install", mpid=mpid, fields=fields, said_at=JANUARY[day]
        )

    def uninstall(mpid, *fields):
        return make_event(
            mpid=mpid, event_id=f"u{mpid}", event_type="uninstall", event_name=None, attributes=list(fields)
        )

    rows = compiled.rows(
        "int_user_attributions",
        events=[
            install_event(1, "old"),
            install_event(2, "new"),
            make_event(
                event_id="re", event_name="re-engagement", custom_type="attribution", event_at=JANUARY[9]
            ),
            uninstall(1),
            uninstall(2, ("campaign", "bye")),
            uninstall(3),
            make_event(mpid=2, event_id="none", event_name="attribution", custom_type="attribution"),
            uninstall(4, ("Publisher", "P"), ("campaign", "")),
        ],
        statements=[
            info(1, 5, "info"),
            info(2, 5, "info"),
            make_statement(
                statement="attribution",
                name="install",
                mpid=5,
                fields=[("publisher", "x"), ("source", "event")],
            ),
        ],
        columns="mpid, attribution, publisher, campaign",
    )
    assert rows == [
        (1, "install", "new", "c"),
        (1, "uninstall", "new", "c"),
        (2, "install", "info", "i"),
        (2, "uninstall", None, "bye"),
        (3, "uninstall", None, None),
        (4, "uninstall", "P", None),
    ]


def test_newest_opt_out_decides(compiled):
    statements = [
        make_statement(statement="opt_out", value="true", said_at=JANUARY[1]),
        make_statement(statement="opt_out", value="False", said_at=JANUARY[2]),
        make_statement(statement="opt_out", value="true", mpid=2),
    ]
    rows = compiled.rows("int_user_opt_outs", statements=statements, columns="mpid, is_opted_out")
    assert rows == [(1, False), (2, True)]


def test_the_newest_statement_of_all_workspaces_keeps_a_user_from_being_sent(compiled):
    def said(day, mpid=1, workspace="web", **fields):
        return make_statement(mpid=mpid, workspace=workspace, said_at=JANUARY[day], **fields)

    def device(line, day, **fields):
        place = {"source_line": line, "said_at": JANUARY[day]}
        return [
            identity("ios_advertising_id", f"id {line}", **place),
            make_statement(statement="device", value="d1", fields=list(fields.items()), **place),
        ]

    rows = compiled.rows(
        "int_user_privacy",
        statements=[
            said(1, statement="opt_out", value="true"),
            said(2, statement="opt_out", value="false", workspace="pos"),
            said(1, mpid=2, statement="opt_out", value="false"),
            said(2, mpid=2, statement="opt_out", value="true", workspace="pos"),
            said(1, statement="consent", name="GDPR", purpose="Mail", consented=True),
            said(2, statement="consent", name="gdpr", purpose="mail", consented=False, workspace="pos"),
            *device(1, 1, limit_ad_tracking="true"),
            *device(2, 1, att_authorization_status="denied"),
            *device(3, 1, limit_ad_tracking="false", att_authorization_status="authorized"),
        ],
        columns="mpid, statement, identity_value, regulation, purpose, is_so",
    )
    assert rows == [
        (1, "consent", None, "gdpr", "mail", False),
        (1, "limited", "id 1", None, None, True),
        (1, "limited", "id 2", None, None, True),
        (2, "opted_out", None, None, None, True),
    ]


def test_seen_counts_everything_and_active_events_alone(compiled):
    rows = compiled.rows(
        "dim_profiles",
        events=[
            make_event(event_at=JANUARY[5]),
            make_event(event_id="e2", event_at=JANUARY[9]),
            make_event(event_id="e3", event_at=JANUARY[9], workspace="pos"),
            make_event(event_id="e4", event_at=JANUARY[2], mpid=0),
        ],
        statements=[
            make_statement(said_at=JANUARY[3]),
            make_statement(said_at=JANUARY[7], mpid=-(2**63)),
            make_statement(said_at=JANUARY[20], mpid=2**63 - 1),
            make_statement(said_at=AS_OF, mpid=4),
        ],
    )
    assert rows == sorted(
        [
            ("pos", 1, JANUARY[9], JANUARY[9], JANUARY[9], JANUARY[9]),
            ("shop", 1, JANUARY[3], JANUARY[9], JANUARY[5], JANUARY[9]),
            ("shop", 0, JANUARY[2], JANUARY[2], JANUARY[2], JANUARY[2]),
            ("shop", -(2**63), JANUARY[7], JANUARY[7], None, None),
            ("shop", 2**63 - 1, JANUARY[20], JANUARY[20], None, None),
        ],
        key=repr,
    )


def test_login_and_app_records_make_one_profile(compiled):
    rows = compiled.rows(
        "dim_profiles",
        events=[make_event(mpid=-7, login_identity="customer_id:ana", event_at=JANUARY[9])],
        statements=[identity("customer_id", "ana", mpid=5, said_at=JANUARY[2])],
        columns="mpid, first_seen, last_seen, first_active",
    )
    assert rows == [(5, JANUARY[2], JANUARY[9], JANUARY[9])]
