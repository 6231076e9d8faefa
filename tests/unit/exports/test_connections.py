from __future__ import annotations

import csv
import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from exports.connections import Outcome, deliver_connection
from exports.ledger.ledger import Ledger
from exports.ledger.records import ReceivedAudience
from exports.partners.checks import check_outputs
from exports.partners.meta import META_CSV
from exports.request import ExportRequest
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import dispatch
from tests.support.exports import write_export
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import Generation, open_store
from transforms.audiences.publishing import publish
from transforms.definitions.records import AbTest, Definitions
from transforms.errors import InternalError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from transforms.definitions.connection_records import Connection

DAY = timedelta(days=1)
IDFA = "AECE52E7-03EE-455A-B3C4-E57283966239"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    members: dict[str, dict[int, str | None] | set[int]] = {
        "lapsed": {-5: "push", 1: "push", 2: "Control", 3: "push"}
    }
    identities = {
        (-5, "email", " Jane@Example.com"),
        (-5, "email", "second@example.com"),
        (-5, "mobile_number", "+1 650 555 1212"),
        (-5, "ios_advertising_id", IDFA),
        (-5, "android_advertising_id", "00000000-0000-0000-0000-000000000000"),
        (1, "email", "jane@example.com"),
        (1, "customer_id", "secret"),
        (2, "mobile_number", "(650)555-1212"),
        (3, "email", "nonsense"),
        (99, "email", "stranger@example.com"),
    }
    return publish(open_store(tmp_path / "published"), publication(members=members, identities=identities))


def request(
    variant: str | None = None, region: str | None = None, identities: tuple[str, ...] | None = None
) -> ExportRequest:
    [file] = META_CSV.files
    return ExportRequest("lapsed", variant, AS_OF, META_CSV, file, "Lapsed", identities, region)


def test_every_accepted_identity_of_every_member_is_one_row(generation: Generation, tmp_path: Path) -> None:
    counts = write_export(generation, request(region="US"), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"email,phone,madid\r\n")
    assert rows(tmp_path / "out.csv") == [
        {"email": digest("jane@example.com"), "phone": "", "madid": ""},
        {"email": digest("second@example.com"), "phone": "", "madid": ""},
        {"email": "", "phone": digest("16505551212"), "madid": ""},
        {"email": "", "phone": "", "madid": IDFA.lower()},
    ]
    assert (counts.members, counts.users, counts.rows) == (4, 3, 4)
    # Two members share an address, two a phone number.
    assert dict(counts.dropped) == {
        "not_an_email": 1,
        "repeated": 2,
        "without_identity": 1,
        "zero_advertising_id": 1,
    }


def test_a_national_number_without_a_region_is_dropped_and_counted(
    generation: Generation, tmp_path: Path
) -> None:
    counts = write_export(generation, request("Control"), tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv") == []
    assert dict(counts.dropped) == {"phone_number_without_region": 1, "without_identity": 1}


def test_chosen_identities_have_their_columns_alone(generation: Generation, tmp_path: Path) -> None:
    write_export(generation, request(identities=("mobile_number",)), tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv") == [{"phone": digest("16505551212")}]


def test_an_idfa_partner_gets_a_row_for_each_idfa_and_an_email_partner_for_each_email(tmp_path: Path) -> None:
    identities = {
        (mpid, "ios_advertising_id", f"00000000-0000-0000-0000-{mpid:012d}") for mpid in range(1, 101)
    }
    identities |= {(mpid, "email", f"user{mpid}@example.com") for mpid in range(1, 66)}
    store = open_store(tmp_path / "published")
    generation = publish(store, publication(members={"lapsed": set(range(1, 101))}, identities=identities))
    for kind, count in (("ios_advertising_id", 100), ("email", 65)):
        counts = write_export(generation, request(identities=(kind,)), tmp_path / kind)
        assert (counts.rows, counts.users, counts.members) == (count, count, 100)


@pytest.fixture
def project() -> Definitions:
    lapsed = audience("lapsed", ab_test=AbTest("t", (("push", 5000),)))
    return definitions(
        lapsed,
        audience("idea", status="draft"),
        audience("other"),
        connections=(
            connection("whole", "lapsed", "idea", "other"),
            connection("variant", "lapsed", variant="push"),
            connection("off", "lapsed", active=False),
        ),
        default_region="US",
    )


def turn(
    project: Definitions, name: str, generation: Generation, folder: Path, as_of: datetime = AS_OF
) -> Outcome:
    chosen: Connection = next(found for found in project.connections if found.id == name)
    return deliver_connection(project, chosen, generation, as_of, dispatch(folder))


def test_a_delivery_is_a_file_a_manifest_and_then_the_ledger(
    project: Definitions, generation: Generation, tmp_path: Path
) -> None:
    outcome = turn(project, "variant", generation, tmp_path)
    assert outcome.status == "delivered"
    folder = tmp_path / "exports" / "variant"
    name = "lapsed-push_20180101T000000Z"
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}.csv", f"{name}.manifest.json"]
    manifest = json.loads((folder / f"{name}.manifest.json").read_bytes())
    data = (folder / f"{name}.csv").read_bytes()
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert manifest["bytes"] == len(data)
    assert manifest["audience_name"] == "lapsed - push"
    assert manifest["counts"]["rows"] == 4
    assert Ledger(tmp_path / "ledger").last_delivered("variant") == AS_OF


def test_what_cannot_be_sent_is_listed_and_the_rest_is_sent(
    project: Definitions, generation: Generation, tmp_path: Path
) -> None:
    outcome = turn(project, "whole", generation, tmp_path)
    assert [manifest.audience_id for manifest in outcome.files] == ["lapsed"]
    assert {found.audience_id: found.reason for found in outcome.of("unsent")} == {
        "idea": "it is a draft",
        "other": "it was not calculated in this run",
    }


def test_an_inactive_connection_sends_nothing(
    project: Definitions, generation: Generation, tmp_path: Path
) -> None:
    assert turn(project, "off", generation, tmp_path).status == "inactive"
    assert not (tmp_path / "exports").exists()


def test_a_connection_only_moves_forward(project: Definitions, tmp_path: Path) -> None:
    store = open_store(tmp_path / "published")
    later = publish(store, publication(AS_OF + DAY, {"lapsed": {1}}))
    assert turn(project, "whole", later, tmp_path, AS_OF + DAY).status == "delivered"
    earlier = publish(store, publication(AS_OF, {"lapsed": {2}}))
    again = turn(project, "whole", earlier, tmp_path, AS_OF)
    assert (again.status, again.last_delivered) == ("not_forward", AS_OF + DAY)
    assert turn(project, "variant", earlier, tmp_path, AS_OF).status == "not_newest"
    assert turn(project, "whole", earlier, tmp_path, AS_OF + DAY).status == "not_forward"
    assert Ledger(tmp_path / "ledger").last_delivered("whole") == AS_OF + DAY


def test_a_delivery_that_was_not_recorded_is_repeated_with_the_same_bytes(
    project: Definitions, generation: Generation, tmp_path: Path
) -> None:
    turn(project, "whole", generation, tmp_path)
    folder = tmp_path / "exports" / "whole"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (tmp_path / "ledger" / "whole.json").unlink()
    assert turn(project, "whole", generation, tmp_path).status == "delivered"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_ledger_refuses_to_move_back(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record("c", ReceivedAudience("lapsed", as_of=AS_OF))
    with pytest.raises(InternalError, match="move back"):
        ledger.record("c", ReceivedAudience("lapsed", as_of=AS_OF - DAY))


def test_identities_that_a_partner_does_not_take_are_an_error() -> None:
    project = definitions(
        audience("a"), connections=(connection("c", "a", identities=("email", "customer_id")),)
    )
    [problem] = check_outputs(project)
    assert problem.code == "EXP-002"
    assert "customer_id" in problem.message
    assert problem.allowed == META_CSV.files[0].identity_types
