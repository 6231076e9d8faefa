"""User attributes on their way to partners: which, in which column, and how each is written."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from exports.partners.checks import check_outputs
from exports.partners.sent_attributes import meaning
from tests.support.exports import Export
from tests.support.project_folder import audience, load
from transforms.definitions.connection_records import OutputColumn
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.errors import Problem

KNOWN = ((1, "Plan", "gold"), (1, "ltv", "said by a user"), (2, "plan", 'Größe "9", ok'))
CALCULATED = {"ltv": {1: "12345678901234567890.50", 2: "0"}, "genres": {1: ["crime", "drama"]}}
NAMES = ("plan", "LTV", "genres")
BOTH = {
    (1, "customer_id", "C-1"),
    (1, "email", "a@example.com"),
    (2, "customer_id", "C-2"),
    (2, "email", "b@example.com"),
}
PERSON = (
    (1, "$FirstName", " Mary Ann "),
    (1, "last_name", "O'Neil"),
    (1, "City", "New York"),
    (1, "$State", "ny"),
    (1, "$Zip", "94035-1234"),
    (1, "$Country", "us"),
    (1, "gender", "Female"),
    (1, "birth date", "1997-02-16"),
    (2, "$FirstName", "Zoë"),
    (2, "$Country", "Atlantis"),
)
OF_PERSON = ("$FirstName", "last_name", "City", "$State", "$Zip", "$Country", "gender", "birth date")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sent(partner: str, **more: Any) -> Export:
    return Export(partner, BOTH, known=KNOWN, calculated=CALCULATED, sends=NAMES, **more)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_line_of_json_has_numbers_as_numbers_and_lists_as_lists(tmp_path: Path) -> None:
    delivered = sent("json_lines", types=("customer_id",)).deliver(tmp_path)
    # The text: a number read as floating point would be another one.
    assert (
        '"UserAttributes":{"plan":"gold","LTV":12345678901234567890.50,"genres":["crime","drama"]}'
        in delivered.text()
    )
    first, second = delivered.requests()
    assert second["UserAttributes"] == {"plan": 'Größe "9", ok', "LTV": 0}
    assert "said by a user" not in delivered.text(), "a calculated attribute wins over one of its name"
    assert first["IdentityValues"] == {"customer_id": "C-1", "mpid": "1"}


def test_nothing_is_sent_that_is_not_named(tmp_path: Path) -> None:
    delivered = Export("json_lines", BOTH, known=KNOWN, calculated=CALCULATED).deliver(tmp_path)
    assert all("UserAttributes" not in line for line in delivered.requests())
    [manifest] = delivered.manifests
    assert manifest.user_attributes == ()


def test_the_manifest_names_what_was_sent_along(tmp_path: Path) -> None:
    [manifest] = sent("json_lines").deliver(tmp_path).manifests
    assert manifest.user_attributes == NAMES
    assert "gold" not in manifest.to_bytes().decode()


@pytest.mark.parametrize("partner", ["json_lines", "hubspot", "warehouse_table"])
def test_a_rehearsal_shows_no_value(partner: str, tmp_path: Path) -> None:
    first = sent(partner).rehearse(tmp_path)[0]
    assert (first["plan"], first["LTV"], first["genres"][:4]) == ("***", "1***", "c***")
    assert not {"gold", "crime", "drama"} & set(" ".join(first.values()).replace(",", " ").split())


def test_requests_have_attributes_where_each_partner_keeps_them(tmp_path: Path) -> None:
    def first(partner: str, **more: Any) -> Any:
        [request] = sent(partner, **more).deliver(tmp_path / partner).requests()
        return request["body"]

    expected = {"plan": "gold", "LTV": 12345678901234567890.50, "genres": ["crime", "drama"]}
    assert first("braze")["attributes"][0] == {"external_id": "C-1", **expected, "In lapsed": True}
    assert first("iterable")["subscribers"][0] == {"email": "a@example.com", "dataFields": expected}
    [profile, _] = first("klaviyo")["data"]["attributes"]["profiles"]["data"]
    assert profile["attributes"] == {"email": "a@example.com", "properties": expected}
    record = json.loads(base64.b64decode(first("firehose")["Records"][0]["Data"]))
    assert record["UserAttributes"] == expected


@pytest.mark.parametrize(
    "partner",
    ["airship_attributes", "braze_csv", "klaviyo_csv", "iterable_csv", "mailchimp", "hubspot", "salesforce"],
)
def test_a_file_to_import_has_a_column_for_each(partner: str, tmp_path: Path) -> None:
    first, second = rows(sent(partner).deliver(tmp_path).text())
    assert (first["plan"], first["LTV"], first["genres"]) == (
        "gold",
        "12345678901234567890.50",
        "crime, drama",
    )
    assert (second["plan"], second["LTV"], second["genres"]) == ('Größe "9", ok', "0", "")


def test_a_table_of_a_warehouse_has_records(tmp_path: Path) -> None:
    table = sent("warehouse_table").deliver(tmp_path).table()
    assert table["userattributes"].to_list()[0] == [
        {"name": "plan", "value": "gold"},
        {"name": "LTV", "value": "12345678901234567890.50"},
        {"name": "genres", "value": "crime, drama"},
    ]


def test_columns_of_ones_own_have_attributes_in_their_place_and_the_others_after(tmp_path: Path) -> None:
    columns = {
        "tier": OutputColumn((), None, "sha256", None, "plan"),
        "mail": OutputColumn(("email",), "email", None, None),
        "unsent": OutputColumn((), None, None, None, "colour"),
    }
    text = sent("csv", columns=columns).deliver(tmp_path / "csv").text()
    assert text.splitlines()[0] == "tier,mail,LTV,genres"
    assert rows(text)[0]["tier"] == sha256("gold")
    [first, _] = sent("jsonl", columns=columns).deliver(tmp_path / "jsonl").requests()
    assert first == {
        "tier": sha256("gold"),
        "mail": "a@example.com",
        "LTV": 12345678901234567890.50,
        "genres": ["crime", "drama"],
    }
    table = sent("parquet", columns=columns).deliver(tmp_path / "parquet").table()
    assert table.columns == ["tier", "mail", "LTV", "genres"]


def test_meta_gets_names_and_places_hashed_as_it_prints_them(tmp_path: Path) -> None:
    export = Export("meta", BOTH, known=PERSON, sends=OF_PERSON, types=("email",))
    [request] = export.deliver(tmp_path).requests()
    payload = request["body"]["payload"]
    first, second = (dict(zip(payload["schema"], row, strict=True)) for row in payload["data"])
    # The digests are those of Meta's pages, but for the names.
    assert first["CT"] == "350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5"
    assert first["ZIP"] == "1794327a4d443904421f5ca1f3d72d0a62ba2f0770d80755ec2220fc0efb052e"
    assert first["COUNTRY"] == "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"
    assert first["GEN"] == "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111"
    assert (first["FN"], first["LN"], first["ST"]) == (sha256("mary ann"), sha256("oneil"), sha256("ny"))
    assert [first[each] for each in ("DOBY", "DOBM", "DOBD")] == [sha256("1997"), sha256("02"), sha256("16")]
    assert (second["FN"], second["COUNTRY"], second["ZIP"]) == (sha256("zoë"), "", "")


def test_an_attribute_that_breaks_the_rules_of_its_column_is_dropped_and_counted(tmp_path: Path) -> None:
    [manifest] = (
        Export("meta", BOTH, known=PERSON, sends=OF_PERSON, types=("email",)).deliver(tmp_path).manifests
    )
    assert dict(manifest.counts.dropped) == {"not_a_place": 1}


def test_a_list_of_texts_fills_no_column_of_a_certain_kind(tmp_path: Path) -> None:
    export = Export(
        "meta_csv", BOTH, calculated={"city": {1: ["Rome", "Oslo"]}}, sends=("city",), types=("email",)
    )
    delivered = export.deliver(tmp_path)
    assert [row["ct"] for row in rows(delivered.text())] == ["", ""]
    assert dict(delivered.manifests[0].counts.dropped) == {"list": 1}


def test_google_gets_an_address_that_is_whole_and_country_and_code_as_they_are(tmp_path: Path) -> None:
    names = ("$FirstName", "last_name", "$Zip", "$Country")
    export = Export("google_data_manager", BOTH, known=PERSON, sends=names, types=("email",))
    [request] = export.deliver(tmp_path / "api").requests()
    first, second = (each["userData"]["userIdentifiers"] for each in request["body"]["audienceMembers"])
    assert first[1] == {
        "address": {
            "givenName": sha256("mary ann"),
            "familyName": sha256("o'neil"),
            "regionCode": "US",
            "postalCode": "94035-1234",
        }
    }
    assert [list(each) for each in second] == [["emailAddress"]]
    without = Export(
        "google_csv", BOTH, {"spaces": "leave_out"}, known=PERSON, sends=names, types=("email",)
    ).deliver(tmp_path / "csv")
    [row, _] = rows(without.text())
    assert (row["First Name"], row["Country"], row["Zip"]) == (sha256("maryann"), "US", "94035-1234")


def test_live_ramp_gets_names_and_places_as_they_are_known(tmp_path: Path) -> None:
    known = ((1, "$FirstName", "Mary"), (1, "$City", "New York"))
    identities = {(mpid, "email", f"user{mpid}@example.com") for mpid in range(1, 31)}
    export = Export("live_ramp", identities, known=known, sends=("$FirstName", "$City"))
    row = rows(export.deliver(tmp_path).text("pii"))[0]
    assert (row["FIRSTNAME"], row["CITY"], row["EMAIL"]) == ("Mary", "New York", "user1@example.com")


def test_mailchimp_gets_no_more_than_255_bytes_of_a_text(tmp_path: Path) -> None:
    export = Export("mailchimp", BOTH, known=((1, "plan", "é" * 200),), sends=("plan",))
    assert rows(export.deliver(tmp_path).text())[0]["plan"] == "é" * 127


def test_a_text_with_a_nul_is_not_sent(tmp_path: Path) -> None:
    delivered = Export("braze_csv", BOTH, known=((1, "plan", "a\0b"),), sends=("plan",)).deliver(tmp_path)
    assert rows(delivered.text())[0]["plan"] == ""
    assert dict(delivered.manifests[0].counts.dropped) == {"not_a_text": 1}


def test_an_attribute_that_was_not_calculated_is_a_failure(tmp_path: Path) -> None:
    export = Export("braze", BOTH, calculated={"ltv": None}, sends=("ltv",))  # type: ignore[dict-item]
    with pytest.raises(UserError) as caught:
        export.deliver(tmp_path)
    assert caught.value.problems[0].code == "attribute-not-calculated"


@pytest.mark.parametrize(
    ("first", "second"),
    [("$FirstName", "first_name"), ("first name", "FIRST-NAME"), ("$Zip", "zip")],
)
def test_names_are_the_same_whatever_their_case_and_signs(first: str, second: str) -> None:
    assert meaning(first) == meaning(second)


def problems(folder: Path, output: str, connection: str) -> tuple[Problem, ...]:
    connections = f"""\
outputs:
  o: {output}
connections:
  - {{connection: c, audience: buyers, output: o, status: active, {connection}}}
"""
    return check_outputs(load(folder, {"audiences/buyers.yml": audience(), "connections/c.yml": connections}))


@pytest.mark.parametrize(
    ("output", "connection", "words"),
    [
        ("{partner: tiktok_csv}", "user_attributes: [ltv]", "takes no user attributes"),
        ("{partner: meta}", "user_attributes: [ltv]", "does not take user attribute `ltv`"),
        (
            "{partner: google_csv}",
            "identities: [customer_id], user_attributes: [$Zip]",
            "takes no user attributes, or not with these identities",
        ),
        ("{partner: hubspot}", "user_attributes: [Email]", "would be a second column `Email`"),
        (
            "{partner: csv, columns: {mail: {identities: [email]}}}",
            "user_attributes: [Mail]",
            "would be a second column `Mail`",
        ),
    ],
)
def test_what_a_partner_does_not_take_is_an_error_with_its_line(
    output: str, connection: str, words: str, tmp_path: Path
) -> None:
    [problem] = problems(tmp_path, output, connection)
    assert problem.code == "EXP-017"
    assert words in problem.message
    assert str(problem.place) == "connections/c.yml:4"


def test_partners_that_take_attributes_are_listed(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "{partner: tiktok_csv}", "user_attributes: [ltv]")
    assert {"braze", "csv", "meta"} <= set(problem.allowed)
    assert "tiktok" not in problem.allowed


def test_one_attribute_is_not_named_twice(tmp_path: Path) -> None:
    found = problems(tmp_path, "{partner: meta}", "user_attributes: [$FirstName, first_name]")
    assert [problem.code for problem in found] == ["EXP-017", "EXP-017"]
