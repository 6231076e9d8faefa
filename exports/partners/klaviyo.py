"""Klaviyo: profiles of a list, as a CSV to import or a bulk import job. An address is needed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from exports.formats.format import Batch, Csv, Request, Requests, apart
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN
from exports.identifiers.phones import PHONE_E164
from exports.partners.answers import Heard, Taken, Verdict, by_status, without
from exports.partners.api import ListCall, Lists, PartnerApi, RowsAt, Slot, Token
from exports.partners.identity_types import PHONES
from exports.partners.jobs import Ended, Failed, Jobs, JobState, Running, rows_in
from exports.partners.json_places import value_at
from exports.partners.profile import AnyAttributes, IdentityColumn, Partner, PartnerFile

_RULES = "klaviyo-2026-11"
_MOST_PROFILES = 10_000
_MOST_BYTES = 5_000_000


def _profiles(batch: Batch) -> Request:
    profiles = [{"type": "profile", "attributes": _profile(row)} for row in batch.rows]
    job = {
        "type": "profile-bulk-import-job",
        "attributes": {"profiles": {"data": profiles}},
        "relationships": {"lists": {"data": [{"type": "list", "id": "{audience}"}]}},
    }
    return Request("POST", "/api/profile-bulk-import-jobs", {"data": job})


def _profile(row: dict[str, Any]) -> dict[str, Any]:
    known, properties = apart(row)
    known = {key: value for key, value in known.items() if value is not None}
    return known if properties is None else {**known, "properties": properties}


_POINTER = re.compile(r"/profiles/data/(\d+)(?:/|$)")
_GONE = ("list does not exist", "list not found", "no list")


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("errors", "*", "detail"), ("errors", "*", "title"))
    if heard.is_success:
        job = value_at(heard.body, ("data", "id"))
        return Taken(job=job if isinstance(job, str) else None)
    # JSON:API: a pointer into what was sent.
    pointers = heard.words(("errors", "*", "source", "pointer"))
    bad = [int(found.group(1)) for pointer in pointers if (found := _POINTER.search(pointer))]
    if bad and heard.status in (400, 422):
        return without(heard, bad, words) or by_status(heard, words, _GONE)
    return by_status(heard, words, _GONE)


def _work(heard: Heard) -> JobState:
    def said(name: str) -> Any:
        return value_at(heard.body, ("data", "attributes", name))

    match said("status"):
        case "complete":
            failed = rows_in(said("failed_count"))
            is_all = failed and failed == rows_in(said("total_count"))
            return Failed(("its import errors say why",)) if is_all else Ended(failed)
        case "cancelled":
            return Failed(("it was cancelled",))
        case _:
            return Running()


def _columns(email: str, phone: str) -> tuple[IdentityColumn, ...]:
    return (
        IdentityColumn(email, ("email",), EMAIL, PLAIN, is_key=True),
        IdentityColumn(phone, PHONES, PHONE_E164, PLAIN),
    )


KLAVIYO_CSV = Partner(
    name="klaviyo_csv",
    title="Klaviyo, list to import",
    rules_version=_RULES,
    source="the mParticle docs (Oct 2023); headers are mapped while importing",
    files=(
        PartnerFile(
            "",
            Csv(),
            "lines",
            _columns("Email", "Phone Number"),
            snapshot="add",
            attributes=AnyAttributes(
                "columns", "in a column each; the elements of a list are joined by `, `"
            ),
        ),
    ),
    leaves="stay in the list until they are taken out there",
    on_delete="leave",
)

KLAVIYO = Partner(
    name="klaviyo",
    title="Klaviyo, bulk import of profiles",
    rules_version=_RULES,
    source="developers.klaviyo.com, bulk import of profiles",
    files=(
        PartnerFile(
            "",
            # Whoever leaves is taken out by the id that Klaviyo gave the profile, which no file has.
            Requests(_profiles, _MOST_PROFILES, most_removed=0, most_bytes=_MOST_BYTES),
            "lines",
            _columns("email", "phone_number"),
            snapshot="add",
            attributes=AnyAttributes("object", "in the `properties` of the profile"),
        ),
    ),
    leaves="stay in the list until they are taken out there",
    on_delete="leave",
    api=PartnerApi(
        address="https://a.klaviyo.com",
        authentication=Token("API_KEY", before="Klaviyo-API-Key "),
        rows=RowsAt(
            ("data", "attributes", "profiles", "data"),
            identifiers=(("attributes", "email"), ("attributes", "phone_number")),
        ),
        judge=_judge,
        accepted="202; the job goes on there, and its import errors are read there",
        jobs=Jobs("/api/profile-bulk-import-jobs/{job}", _work, timedelta(days=2)),
        lists=Lists(
            create=ListCall(
                "POST",
                "/api/lists",
                lambda facts: {"data": {"type": "list", "attributes": {"name": facts.name}}},
            ),
            id_at=("data", "id"),
            rename=ListCall(
                "PATCH",
                "/api/lists/{audience}",
                lambda facts: {"data": {"type": "list", "id": facts.id, "attributes": {"name": facts.name}}},
            ),
            delete=ListCall("DELETE", "/api/lists/{audience}"),
        ),
        slots=(Slot(("data", "relationships", "lists", "data", "*", "id"), "audience"),),
        headers=(("revision", "2025-10-15"),),
        unconfirmed=("the words by which it says that a list is gone",),
    ),
)
