"""What each partner gets: the shapes that it printed, and who leaves."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from exports.formats.format import Change, Delivery, JsonLines, Operation, Requests
from exports.formats.write import write
from exports.partners.google import GOOGLE_DATA_MANAGER
from exports.partners.json_lines import FIREHOSE, JSON_LINES
from exports.partners.klaviyo import KLAVIYO
from exports.partners.meta import META
from exports.partners.pinterest import PINTEREST
from exports.partners.registry import PARTNERS, partner_named
from exports.partners.snapchat import SNAPCHAT
from exports.partners.tiktok import TIKTOK
from exports.partners.trade_desk import TRADE_DESK
from exports.partners.x import X
from tests.support.exports import Export, Identities
from tests.support.publications import AS_OF
from tests.support.vectors import IDFA, SHOP
from transforms.definitions.connection_records import OutputColumn
from transforms.definitions.load import PARTNERS as NAMES
from transforms.errors import InternalError

if TYPE_CHECKING:
    from pathlib import Path

    from exports.partners.profile import Partner, PartnerFile

DELIVERY = Delivery("lapsed", "Lapsed buyers", AS_OF)
WITH_REQUESTS = [
    pytest.param(file, id=f"{partner.name} {file.kind}".strip())
    for partner in PARTNERS
    for file in partner.files
    if isinstance(file.format, Requests) and file.format.most_removed != 0
]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def written(file: PartnerFile, operation: Operation, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines that a file says for rows of one operation."""
    opened = io.BytesIO()
    write(file.format, opened, DELIVERY, [Change(operation, [pl.DataFrame(rows)])])
    return [json.loads(line) for line in opened.getvalue().splitlines()]


def rows_of(file: PartnerFile, count: int = 2) -> list[dict[str, Any]]:
    """Made-up values for each column of a file."""
    headers = list(dict.fromkeys(column.header for column in file.columns))
    values = [{header: f"{header}-{number}" for header in headers} for number in range(count)]
    if file.arrangement == "members":
        return [{header: [value] for header, value in row.items()} for row in values]
    return values


def test_definitions_can_name_every_partner() -> None:
    assert tuple(partner.name for partner in PARTNERS) == NAMES
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda partner: partner.name)
def test_a_profile_is_sound(partner: Partner) -> None:
    options = {option.name: dict(option.values) for option in partner.options}
    for file in partner.files:
        for when in (file.when, *(column.when for column in file.columns)):
            assert when is None or when.value in options[when.option]
        assert len([column for column in file.identity_columns if column.is_key and column.when is None]) <= 1


@pytest.mark.parametrize("file", WITH_REQUESTS)
def test_a_removal_carries_the_bytes_of_the_add_in_a_request_of_its_own(file: PartnerFile) -> None:
    rows = rows_of(file)
    added, removed = written(file, "add", rows), written(file, "remove", rows)
    assert added != removed
    texts = [decoded(lines) for lines in (added, removed)]
    for value in (value for row in rows for value in row.values()):
        text = value[0] if isinstance(value, list) else value
        assert all(text in found for found in texts)


def decoded(lines: list[dict[str, Any]]) -> str:
    """As text, what is base64 in it decoded."""
    data = [
        base64.b64decode(record["Data"]).decode()
        for line in lines
        if isinstance(line["body"], dict)
        for record in line["body"].get("Records", ())
    ]
    return json.dumps(lines) + "".join(data)


def test_a_line_of_cloud_storage_is_as_the_service_printed_it() -> None:
    rows = [{"customer_id": "some_id", "mpid": "1"}]
    [file] = JSON_LINES.files
    assert written(file, "add", rows) == [
        {
            "IsAddRequest": True,
            "IdentityValues": {"customer_id": "some_id", "mpid": "1"},
            "MembershipChangedTimestamp": 1514764800000,
        }
    ]
    [line] = written(file, "remove", rows)
    assert line["IsAddRequest"] is False


def test_several_values_of_a_type_are_several_lines(tmp_path: Path) -> None:
    identities = {(1, "ios_idfv", "a"), (1, "ios_idfv", "b"), (1, "customer_id", "C")}
    lines = Export("json_lines", identities).deliver(tmp_path).requests()
    assert [line["IdentityValues"] for line in lines] == [
        {"customer_id": "C", "ios_idfv": "a", "mpid": "1"},
        {"ios_idfv": "b", "mpid": "1"},
    ]


def test_a_firehose_record_ends_its_line_and_says_who_is_a_member() -> None:
    [file] = FIREHOSE.files
    rows = [{"CustomerId": "C", "Email": None, "MPID": "-5"}]
    for operation, is_member in (("add", True), ("remove", False)):
        [request] = written(file, operation, rows)  # type: ignore[arg-type]
        [record] = request["body"]["Records"]
        data = base64.b64decode(record["Data"])
        assert data.endswith(b"}\n")
        assert json.loads(data) == {
            "MembershipChangedTimestamp": "1514764800",
            "AudienceId": "lapsed",
            "AudienceName": "Lapsed buyers",
            "IsMember": is_member,
            "MPID": "-5",
            "UserIdentities": {"CustomerId": "C"},
        }


def test_a_request_too_long_is_halved_and_nothing_is_lost() -> None:
    [file] = FIREHOSE.files
    assert isinstance(file.format, Requests)
    short = replace(file, format=replace(file.format, most_bytes=1_000))
    rows = [{"CustomerId": f"C{number}", "MPID": str(number)} for number in range(20)]
    requests = written(short, "add", rows)
    records = [record for request in requests for record in request["body"]["Records"]]
    assert [json.loads(base64.b64decode(record["Data"]))["MPID"] for record in records] == [
        str(number) for number in range(20)
    ]
    assert all(len(json.dumps(request["body"], separators=(",", ":"))) <= 1_000 for request in requests)


def test_a_warehouse_table_has_a_row_for_each_member_and_lists_of_identities(tmp_path: Path) -> None:
    identities = {
        (-5, "email", "A@example.com"),
        (-5, "ios_idfv", "a"),
        (-5, "ios_idfv", "b"),
        (7, "other", "o"),
    }
    table = Export("warehouse_table", identities).deliver(tmp_path / "members").table()
    assert table.select("mpid", "email", "idfv", "otheruserid").rows() == [
        (-5, ["A@example.com"], ["a", "b"], []),
        (7, [], [], ["o"]),
    ]
    log = Export("warehouse_table", identities, {"rows": "changes"}).deliver(tmp_path / "changes").table()
    assert log["isadd"].to_list() == [True, True]
    assert table.columns == [name for name in log.columns if name != "isadd"]


def test_google_has_a_list_for_each_kind_of_identifier(tmp_path: Path) -> None:
    identities = {(1, "email", SHOP), (1, "ios_advertising_id", IDFA), (1, "customer_id", "C")}
    delivered = Export("google_csv", identities).deliver(tmp_path)
    assert delivered.text("contacts") == f"Email,Phone\r\n{sha256('janedoe+shop@gmail.com')},\r\n"
    assert delivered.text("devices") == f"Mobile Device ID\r\n{IDFA.lower()}\r\n"
    assert delivered.text("users") == "User ID\r\nC\r\n"


@pytest.mark.parametrize(
    ("partner", "options", "normalised"),
    [
        ("google_csv", {"gmail": "dots"}, "janedoe+shop@gmail.com"),
        ("google_csv", {"gmail": "dots_and_tags"}, "janedoe@gmail.com"),
        ("google_csv", {"gmail": "nothing"}, "jane.doe+shop@gmail.com"),
        ("google_data_manager", {"gmail": "dots_and_tags"}, "janedoe@gmail.com"),
        ("tiktok_csv", {"email": "tags"}, "jane.doe@gmail.com"),
        ("tiktok_csv", {"email": "dots_and_tags"}, "janedoe@gmail.com"),
        ("tiktok", {"email": "dots_and_tags"}, "janedoe@gmail.com"),
        ("meta_csv", {}, "jane.doe+shop@gmail.com"),
    ],
)
def test_an_option_decides_what_is_left_out_of_an_address(
    partner: str, options: dict[str, str], normalised: str, tmp_path: Path
) -> None:
    delivered = Export(partner, {(1, "email", SHOP)}, options, types=("email",)).deliver(tmp_path)
    assert sha256(normalised) in delivered.text()


@pytest.mark.parametrize(
    ("options", "digest"),
    [
        ({}, "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4"),
        ({"phone": "with_plus"}, "241371e614f8650dfae0f111361c69de1bb4829a72b71bb8044daae8b2e7791d"),
    ],
)
def test_an_option_decides_whether_tiktok_hashes_the_plus(
    options: dict[str, str], digest: str, tmp_path: Path
) -> None:
    delivered = Export("tiktok_csv", {(1, "mobile_number", "+37493828222")}, options).deliver(tmp_path)
    assert digest in delivered.text()


@pytest.mark.parametrize(
    ("options", "header", "value"),
    [
        ({}, "EMAIL", "test@example.com"),
        ({"identifiers": "sha256"}, "EMAIL_SHA256", sha256("test@example.com")),
        ({"identifiers": "sha1"}, "EMAIL_SHA1", "567159d622ffbb50b11b0efd307be358624a26ee"),
        ({"identifiers": "md5"}, "EMAIL_MD5", "55502f40dc8b7c769880b10874abc9d0"),
    ],
)
def test_live_ramp_has_a_header_that_stays_and_a_row_for_each_person(
    options: dict[str, str], header: str, value: str, tmp_path: Path
) -> None:
    identities = {(1, "email", "Test@Example.com")}
    export = Export("live_ramp", identities, options, types=("email",), audience_name="Lapsed – push")
    delivered = export.deliver(tmp_path)
    assert delivered.text() == f'"AUDIENCE_KEY","{header}","Lapsed_push"\r\n"1","{value}","1"\r\n'
    [manifest] = delivered.manifests
    assert manifest.is_too_small
    assert manifest.file_name == "lapsed_20180101T000000Z_pii.csv"


def test_meta_gets_the_worked_example(tmp_path: Path) -> None:
    identities = {
        (1, "email", "John_Smith@gmail.com"),
        (1, "mobile_number", "(650)555-1212"),
        (2, "email", "Test@Example.com"),
        (2, "ios_advertising_id", IDFA),
        (3, "mobile_number", "+0000000000"),
    }
    [request] = Export("meta", identities).deliver(tmp_path).requests()
    assert (request["method"], request["path"]) == ("POST", "/{audience}/usersreplace")
    assert request["body"]["payload"] == {
        "schema": ["EMAIL", "PHONE", "MADID", "EXTERN_ID"],
        "data": [
            [
                "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
                "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
                "",
                "",
            ],
            [
                "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b",
                "",
                "aece52e7-03ee-455a-b3c4-e57283966239",
                "",
            ],
        ],
    }
    [adding] = Export("meta", identities, {"upload": "add"}).deliver(tmp_path / "add").requests()
    assert adding["path"] == "/{audience}/users"


def test_all_batches_of_a_meta_list_are_one_session_whose_last_says_so() -> None:
    file = META.files[0]
    sessions = [request["body"]["session"] for request in written(file, "replace", rows_of(file, 20_001))]
    assert [session["batch_seq"] for session in sessions] == [1, 2, 3]
    assert [session["last_batch_flag"] for session in sessions] == [False, False, True]
    assert len({session["session_id"] for session in sessions}) == 1


def test_meta_removes_250_at_a_time() -> None:
    file = META.files[0]
    requests = written(file, "remove", rows_of(file, 251))
    assert [(request["method"], len(request["body"]["payload"]["data"])) for request in requests] == [
        ("DELETE", 250),
        ("DELETE", 1),
    ]


@pytest.mark.parametrize(
    ("api", "file"),
    [
        ("meta", "meta_csv"),
        ("google_data_manager", "google_csv"),
        ("tiktok", "tiktok_csv"),
        ("braze", "braze_csv"),
    ],
)
def test_requests_and_the_file_of_a_partner_hold_the_same_identifiers(
    api: str, file: str, tmp_path: Path
) -> None:
    # An export once "worked" and matched nobody while the file matched 60 % (looker-open-source 607).
    identities = {(1, "email", SHOP), (1, "mobile_number", "(650)555-1212"), (1, "customer_id", "C-1")}
    types = ("customer_id",) if api == "braze" else ("email", "mobile_number")
    of_file = Export(file, identities, types=types).deliver(tmp_path / "file").text()
    of_api = Export(api, identities, types=types).deliver(tmp_path / "api").text()
    values = {value for line in of_file.splitlines()[1:] for value in line.split(",") if value}
    assert values
    assert all(f'"{value}"' in of_api or f":{value}" in of_api for value in values)


def test_google_removes_by_a_request_that_adds_nobody() -> None:
    file = GOOGLE_DATA_MANAGER.files[0]
    [request] = written(file, "remove", [{"emailAddress": "h", "phoneNumber": None}])
    assert request["path"] == "/v1/audienceMembers:remove"
    assert request["body"]["audienceMembers"] == [{"userData": {"userIdentifiers": [{"emailAddress": "h"}]}}]
    assert request["body"]["encoding"] == "HEX"


def test_no_google_member_has_more_than_ten_identifiers(tmp_path: Path) -> None:
    identities: Identities = {(1, "email", f"a{number}@example.com") for number in range(25)}
    [request] = Export("google_data_manager", identities).deliver(tmp_path).requests("contacts")
    members = [member["userData"]["userIdentifiers"] for member in request["body"]["audienceMembers"]]
    assert max(map(len, members)) <= 10
    assert sum(map(len, members)) == 25


def test_positions_of_tiktok_follow_the_schema() -> None:
    [file] = TIKTOK.files
    [request] = written(file, "remove", [{"EMAIL_SHA256": "h", "PHONE_SHA256": None}])
    assert request["body"]["action"] == "delete"
    assert request["body"]["id_schema"] == ["EMAIL_SHA256", "PHONE_SHA256"]
    assert request["body"]["batch_data"] == [[{"id": "h", "audience_ids": ["{audience}"]}, {}]]


def test_the_trade_desk_gets_44_characters_a_line_and_no_header(tmp_path: Path) -> None:
    identities = {(1, "email", "USER@example.com"), (2, "email", "JANE.SAOIRSE@gmail.com")}
    delivered = Export("trade_desk_crm", identities).deliver(tmp_path)
    assert delivered.text().splitlines() == [
        "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=",
    ]
    assert delivered.path().suffix == ".txt"
    plain = Export("trade_desk_crm", identities, {"email": "plain"}).deliver(tmp_path / "plain")
    assert plain.text() == "user@example.com\njanesaoirse@gmail.com\n"


def test_who_leaves_the_trade_desk_has_no_minutes_left() -> None:
    [file] = TRADE_DESK.files
    delivery = replace(DELIVERY, audience_name='Lapsed, "5" ^ off' + "x" * 50)
    opened = io.BytesIO()
    frames = [pl.DataFrame([{"DAID": IDFA}])]
    write(file.format, opened, delivery, [Change("add", frames), Change("remove", frames)])
    added, removed = (json.loads(line)["body"]["Items"] for line in opened.getvalue().splitlines())
    [[kept], [left]] = added[0]["Data"], removed[0]["Data"]
    assert (kept["TTLInMinutes"], left["TTLInMinutes"]) == (43_200, 0)
    assert kept["Name"] == left["Name"]
    assert len(kept["Name"]) < 50
    assert not set(kept["Name"]) & set("'\",^")


def test_a_snapchat_request_has_one_kind_of_identifiers() -> None:
    emails, phones, devices = SNAPCHAT.files
    for file in (emails, phones, devices):
        [request] = written(file, "remove", rows_of(file))
        assert request["method"] == "DELETE"
        [users] = request["body"]["users"]
        assert len(users["schema"]) == 1


def test_an_x_operation_has_all_identifiers_of_a_user() -> None:
    [file] = X.files
    rows = [{"email": ["a", "b"], "phone_number": [], "partner_user_id": ["C"]}]
    [request] = written(file, "remove", rows)
    assert request["body"] == [
        {"operation_type": "Delete", "params": {"users": [{"email": ["a", "b"], "partner_user_id": ["C"]}]}}
    ]


def test_pinterest_records_are_one_text(tmp_path: Path) -> None:
    file = PINTEREST.files[0]
    [request] = written(file, "remove", [{"records": "a"}, {"records": "b"}])
    assert request["body"] == {"operation_type": "REMOVE", "records": "a,b"}
    identities = {(1, "ios_advertising_id", IDFA)}
    export = Export("pinterest", identities, {"hash": "sha1"})
    [devices] = export.deliver(tmp_path).requests("devices")
    assert devices["body"]["records"] == "1476b38e13cc9cf38969dca54a170a110a6068c1"


def test_linkedin_has_apple_ids_in_upper_case(tmp_path: Path) -> None:
    delivered = Export("linkedin_csv", {(1, "ios_advertising_id", IDFA.lower())}).deliver(tmp_path)
    assert delivered.text() == f"email,googleaid,appleidfa\r\n,,{IDFA}\r\n"


def test_a_key_is_on_every_row_of_a_member_and_who_has_none_is_not_sent(tmp_path: Path) -> None:
    identities = {
        (1, "email", "a@example.com"),
        (1, "mobile_number", "+16505551212"),
        (1, "phone_number_2", "+16505551213"),
        (2, "mobile_number", "+16505551214"),
        (3, "email", "b@example.com"),
        (3, "email", "c@example.com"),
        (3, "mobile_number", "+16505551215"),
    }
    delivered = Export("klaviyo_csv", identities).deliver(tmp_path)
    assert delivered.text().splitlines() == [
        "Email,Phone Number",
        "a@example.com,+16505551212",
        "a@example.com,+16505551213",
        "b@example.com,+16505551215",
        "c@example.com,",
    ]
    [manifest] = delivered.manifests
    assert dict(manifest.counts.dropped) == {"without_identity": 1, "without_key": 1}


def test_who_leaves_klaviyo_cannot_be_written_without_its_ids() -> None:
    [file] = KLAVIYO.files
    with pytest.raises(InternalError, match="can't remove"):
        written(file, "remove", rows_of(file))


def test_a_file_can_take_members_back_where_requests_lines_or_a_column_say_so() -> None:
    can = {partner.name for partner in PARTNERS if any(file.can_remove for file in partner.files)}
    assert {"json_lines", "firehose", "meta", "salesforce", "braze_csv", "warehouse_table"} <= can
    assert can.isdisjoint({"meta_csv", "klaviyo", "live_ramp", "csv", "parquet"})


def test_salesforce_knows_subscribers_by_what_the_output_says(tmp_path: Path) -> None:
    identities = {(1, "customer_id", "C"), (1, "ios_idfv", IDFA), (2, "ios_idfv", IDFA.replace("9", "1"))}
    header = "Subscriber Key,TimeStamp,MPAUDIENCEMEMBERSHIPSTATUS,IDFA,IDFV,GAID,Android ID"
    by_customer = Export("salesforce", identities).deliver(tmp_path / "customer").text()
    assert by_customer.splitlines() == [header, f"C,2018-01-01T00:00:00Z,true,,{IDFA.lower()},,"]
    by_mpid = Export("salesforce", identities, {"subscriber_key": "mpid"}).deliver(tmp_path / "mpid").text()
    assert [line.split(",")[0] for line in by_mpid.splitlines()[1:]] == ["1", "2"]


@pytest.mark.parametrize(
    ("partner", "options", "text"),
    [
        ("airship", {}, "named_user,C-1\r\n"),
        ("braze_csv", {}, "external_id,In Lapsed buyers\r\nC-1,true\r\n"),
        ("iterable_csv", {}, "email\r\njane@example.com\r\n"),
        ("iterable_csv", {"project": "user_id"}, "userId\r\nC-1\r\n"),
        ("mailchimp", {}, "Email Address\r\njane@example.com\r\n"),
        ("hubspot", {}, "Email\r\njane@example.com\r\n"),
    ],
)
def test_headers_are_those_that_the_partner_reads(
    partner: str, options: dict[str, str], text: str, tmp_path: Path
) -> None:
    identities = {(1, "email", "Jane@Example.com"), (1, "customer_id", "C-1")}
    export = Export(partner, identities, options, audience_name="Lapsed buyers")
    assert export.deliver(tmp_path).text() == text


def test_mailchimp_refuses_letters_before_the_at_that_are_not_ascii(tmp_path: Path) -> None:
    delivered = Export("mailchimp", {(1, "email", "val\u00e9ry@example.com")}).deliver(tmp_path)
    assert dict(delivered.manifests[0].counts.dropped) == {"not_an_email": 1, "without_identity": 1}


OWN = {
    "Member": OutputColumn((), None, None, "mpid"),
    "{x}": OutputColumn(("customer_id",), None, None, None),
    "sha": OutputColumn(("email",), "email_uid2", "sha256_base64", None),
}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, 'Member,{x},sha\r\n-5,"a,b",1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk=\r\n'),
        (
            {"delimiter": "tab", "header": "no", "newline": "lf"},
            "-5\ta,b\t1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk=\n",
        ),
        (
            {"delimiter": "pipe", "quotes": "all", "header": "no"},
            '"-5"|"a,b"|"1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk="\r\n',
        ),
    ],
)
def test_a_csv_of_ones_own_looks_as_the_output_says(
    options: dict[str, str], text: str, tmp_path: Path
) -> None:
    identities = {(-5, "customer_id", "a,b"), (-5, "email", SHOP)}
    assert Export("csv", identities, options, OWN).deliver(tmp_path).text() == text


def test_json_lines_and_parquet_of_ones_own(tmp_path: Path) -> None:
    identities = {(2**63 - 1, "customer_id", "a"), (2**63 - 1, "customer_id", "b")}
    lines = Export("jsonl", identities, columns=OWN).deliver(tmp_path / "jsonl").requests()
    # An mpid is text: readers of JSON take numbers for floating point.
    assert lines == [{"Member": str(2**63 - 1), "{x}": "a"}, {"Member": str(2**63 - 1), "{x}": "b"}]
    table = Export("parquet", identities, columns=OWN).deliver(tmp_path / "parquet").table()
    assert table.rows() == [(2**63 - 1, ["a", "b"], [])]


def test_json_lines_are_the_only_lines_that_say_who_leaves() -> None:
    takes_removes = {
        partner.name
        for partner in PARTNERS
        for file in partner.files
        if isinstance(file.format, JsonLines | Requests)
    }
    assert {"json_lines", "firehose"} <= takes_removes
    with pytest.raises(InternalError):
        partner_named("nobody")
