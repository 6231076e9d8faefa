"""Members who are not sent: opted out, without consent, and ids whose tracking is limited."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exports.connections import deliver_connection
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import dispatch
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.connection_records import RequiredConsent, Withholding

if TYPE_CHECKING:
    from pathlib import Path

    from exports.manifest import ExportManifest

IDFA = "AECE52E7-03EE-455A-B3C4-E57283966239"
IDENTITIES = {
    *((mpid, "email", f"user{mpid}@example.com") for mpid in range(1, 5)),
    (1, "ios_advertising_id", IDFA),
    (2, "ios_advertising_id", IDFA),
}
GRANTED = RequiredConsent("gdpr", "marketing", "granted")


def consent(mpid: int, *, is_so: bool, purpose: str = "marketing") -> dict[str, object]:
    return {
        "mpid": mpid,
        "statement": "consent",
        "regulation": "gdpr",
        "purpose": purpose,
        "is_so": is_so,
    }


PRIVACY = (
    consent(1, is_so=True),
    consent(2, is_so=False),
    consent(3, is_so=True, purpose="analytics"),
    {
        "mpid": 1,
        "statement": "limited",
        "identity_type": "ios_advertising_id",
        "identity_value": IDFA.lower(),
    },
    {"mpid": 4, "statement": "opted_out"},
)


def deliver(folder: Path, **output_has: object) -> tuple[set[str], ExportManifest]:
    """Who was sent, by what, and the manifest."""
    generation = publish(
        open_store(folder / "published"),
        publication(members={"lapsed": {1, 2, 3, 4}}, identities=IDENTITIES, privacy=PRIVACY),
    )
    known = definitions(audience("lapsed"), connections=(connection("c", "lapsed"),))
    [output] = known.outputs
    known = replace(known, outputs=(replace(output, partner="json_lines", **output_has),))  # type: ignore[arg-type]
    outcome = deliver_connection(known, known.connections[0], generation, AS_OF, dispatch(folder))
    [manifest] = outcome.files
    lines = (folder / "exports" / "c" / manifest.file_name).read_bytes().splitlines()
    values = [json.loads(line)["IdentityValues"] for line in lines]
    return {f"{one['mpid']} {kind}" for one in values for kind in one if kind != "mpid"}, manifest


def test_who_has_opted_out_and_limited_ids_are_withheld_and_counted(tmp_path: Path) -> None:
    sent, manifest = deliver(tmp_path)
    assert sent == {"1 email", "2 email", "2 ios_advertising_id", "3 email"}
    assert dict(manifest.counts.withheld) == {"opted_out": 1, "limited_tracking": 1}
    assert manifest.counts.members == 3


def test_an_output_can_send_them(tmp_path: Path) -> None:
    sent, manifest = deliver(tmp_path, withholding=Withholding(opted_out=False, limited=False))
    assert {"4 email", "1 ios_advertising_id"} <= sent
    assert manifest.counts.withheld == ()


@pytest.mark.parametrize(
    ("required", "members"),
    [
        ((GRANTED,), {"1"}),
        ((replace(GRANTED, state="denied"),), {"2"}),
        ((replace(GRANTED, state="not_present"),), {"3"}),
        ((replace(GRANTED, purpose="analytics"),), {"3"}),
        ((GRANTED, replace(GRANTED, purpose="analytics")), set()),
    ],
)
def test_members_without_the_consent_that_an_output_requires_are_withheld(
    required: tuple[RequiredConsent, ...], members: set[str], tmp_path: Path
) -> None:
    sent, manifest = deliver(tmp_path, withholding=Withholding(required))
    assert {one.split()[0] for one in sent} == members
    assert dict(manifest.counts.withheld)["without_consent"] == 3 - len(members)


def test_a_delta_takes_back_who_opts_out(tmp_path: Path) -> None:
    known = definitions(audience("lapsed"), connections=(replace(connection("c", "lapsed"), mode="delta"),))
    [output] = known.outputs
    known = replace(known, outputs=(replace(output, partner="json_lines"),))
    store = open_store(tmp_path / "published")
    told = []
    from datetime import timedelta

    for day, privacy in enumerate(((), ({"mpid": 1, "statement": "opted_out"},))):
        as_of = AS_OF + timedelta(days=day)
        generation = publish(
            store, publication(as_of, {"lapsed": {1, 2}}, identities=IDENTITIES, privacy=privacy)
        )
        outcome = deliver_connection(known, known.connections[0], generation, as_of, dispatch(tmp_path))
        told.append([(file.counts.rows, file.counts.removed) for file in outcome.files])
    assert told == [[(2, 0)], [(0, 1)]]
