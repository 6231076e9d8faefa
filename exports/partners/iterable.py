"""Iterable: subscribers of a list, as a CSV to import or posted."""

from __future__ import annotations

from typing import Any

from exports.formats.format import Batch, Csv, Request, Requests, apart
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.answers import Heard, Refused, Taken, Verdict, by_status
from exports.partners.api import ListCall, Lists, PartnerApi, RowsAt, Slot, Token
from exports.partners.json_places import value_at
from exports.partners.profile import AnyAttributes, IdentityColumn, Option, Partner, PartnerFile

PROJECT = Option(
    "project",
    "by what the Iterable project knows its users",
    (("email", "addresses"), ("user_id", "user ids: `customer_id`")),
)
_RULES = "iterable-2026-11"
_MOST_ROWS = 2_000_000
_MOST_SUBSCRIBERS = 1_000
_MOST_BYTES = 4_000_000
# Headers are case and space sensitive.
_COLUMNS = (
    IdentityColumn("email", ("email",), EMAIL, PLAIN, PROJECT.is_("email")),
    IdentityColumn("userId", ("customer_id",), ID, PLAIN, PROJECT.is_("user_id")),
)


def _subscribers(batch: Batch) -> Request:
    verb = "unsubscribe" if batch.operation == "remove" else "subscribe"
    subscribers = [_subscriber(row) for row in batch.rows]
    return Request("POST", f"/api/lists/{verb}", {"listId": "{audience}", "subscribers": subscribers})


def _subscriber(row: dict[str, Any]) -> dict[str, Any]:
    known, fields = apart(row)
    return known if fields is None else {**known, "dataFields": fields}


_GONE = ("list not found", "invalid list id", "invalid listid", "list does not exist")
_INVALID = {"email": "invalidEmails", "userId": "invalidUserIds"}


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("msg",))
    if not heard.is_success:
        return by_status(heard, words, _GONE)
    code = value_at(heard.body, ("code",))
    if isinstance(code, str) and code != "Success":
        said = " ".join(words).lower()
        return Refused("list_gone" if any(each in said for each in _GONE) else "refused", (code, *words))
    invalid = {key: frozenset(heard.words((name, "*"))) for key, name in _INVALID.items()}
    rejected = tuple(
        position
        for position, row in enumerate(heard.rows)
        if any(row.get(key) in texts for key, texts in invalid.items())
    )
    failed = value_at(heard.body, ("failCount",))
    more = failed - len(rejected) if isinstance(failed, int) else 0
    unplaced = min(max(0, more), len(heard.rows) - len(rejected))
    return Taken(("invalid addresses or user ids",) if rejected or unplaced else (), rejected, unplaced)


ITERABLE_CSV = Partner(
    name="iterable_csv",
    title="Iterable, list to import",
    rules_version=_RULES,
    source="support.iterable.com articles 115000770906 and 205694345",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            _COLUMNS,
            snapshot="add",
            most_rows=_MOST_ROWS,
            attributes=AnyAttributes(
                "columns", "in a column each; the elements of a list are joined by `, `"
            ),
        ),
    ),
    leaves="stay in the list until they are taken out there",
    on_delete="leave",
    options=(PROJECT,),
)

ITERABLE = Partner(
    name="iterable",
    title="Iterable, subscribers of a list",
    rules_version=_RULES,
    source="the mParticle docs (Oct 2023); batches of 1,000 after other connectors",
    files=(
        PartnerFile(
            "",
            Requests(_subscribers, _MOST_SUBSCRIBERS, most_bytes=_MOST_BYTES),
            "identities",
            _COLUMNS,
            snapshot="add",
            attributes=AnyAttributes("object", "in the `dataFields` of the subscriber"),
        ),
    ),
    leaves="are unsubscribed from the list, not from everything",
    on_delete="leave",
    options=(PROJECT,),
    api=PartnerApi(
        address="https://api.iterable.com",
        authentication=Token("API_KEY", header="Api-Key", before=""),
        rows=RowsAt(("subscribers",), identifiers=(("email",), ("userId",))),
        judge=_judge,
        accepted="`failCount` 0; `invalidEmails` and `invalidUserIds` name those that were refused",
        lists=Lists(
            create=ListCall("POST", "/api/lists", lambda facts: {"name": facts.name}),
            id_at=("listId",),
            delete=ListCall("DELETE", "/api/lists/{audience}"),
        ),
        slots=(Slot(("listId",), "audience", is_number=True),),
        unconfirmed=("how often it may be called", "the words by which it says that a list is gone"),
    ),
)
