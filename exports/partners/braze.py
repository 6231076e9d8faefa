"""Braze: membership as one boolean attribute for each audience, as a CSV to import or posted to `/users/track`."""

from __future__ import annotations

from exports.formats.format import Batch, Csv, Request, Requests, apart
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.answers import Heard, Taken, Verdict, by_status
from exports.partners.api import PartnerApi, RowsAt, Token
from exports.partners.json_places import value_at, values_at
from exports.partners.profile import AnyAttributes, IdentityColumn, Partner, PartnerFile, StatedColumn

_RULES = "braze-2026-11"
# Newer customers may send 75 objects in total.
_MOST_USERS = 75
_MOST_BYTES = 4_000_000
_EXTERNAL_ID = IdentityColumn("external_id", ("customer_id",), ID, PLAIN)


def _attributes(batch: Batch) -> Request:
    attribute = {f"In {batch.delivery.audience_name}": batch.operation != "remove"}
    users = [{**known, **(attributes or {}), **attribute} for known, attributes in map(apart, batch.rows)]
    return Request("POST", "/users/track", {"attributes": users})


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("message",), ("errors", "*", "type"), ("errors", "*"))
    if not heard.is_success:
        return by_status(heard, words)
    errors = list(values_at(heard.body, ("errors", "*")))
    if not errors:
        return Taken()
    rejected = heard.positions(value_at(error, ("index",)) for error in errors)
    return Taken(words, rejected, unplaced=0 if rejected else min(len(errors), len(heard.rows)))


BRAZE_CSV = Partner(
    name="braze_csv",
    title="Braze, users to import",
    rules_version=_RULES,
    source="braze.com/docs: CSV import; the mParticle docs (Oct 2023)",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            (_EXTERNAL_ID, StatedColumn("In {audience_name}", "is_member")),
            snapshot="add",
            is_known_by_name=True,
            attributes=AnyAttributes(
                "columns", "in a column each; the elements of a list are joined by `, `"
            ),
        ),
    ),
    leaves="keep the attribute until it is set to false",
    on_delete="leave",
)

BRAZE = Partner(
    name="braze",
    title="Braze, attribute of users",
    rules_version=_RULES,
    source="braze.com/docs/api/api_limits; the mParticle docs (Oct 2023)",
    files=(
        PartnerFile(
            "",
            Requests(_attributes, _MOST_USERS, most_bytes=_MOST_BYTES),
            "identities",
            (_EXTERNAL_ID,),
            snapshot="add",
            is_known_by_name=True,
            attributes=AnyAttributes("keys", "attributes of the user there, too"),
        ),
    ),
    leaves="have the attribute set to false",
    on_delete="leave",
    api=PartnerApi(
        address=None,
        address_like="https://rest.iad-01.braze.com",
        authentication=Token("API_KEY"),
        rows=RowsAt(("attributes",), identifiers=(("external_id",),)),
        judge=_judge,
        accepted="HTTP 2xx without `errors`, which name rows by `index`",
        unconfirmed=("whether a newer customer may send 75 objects of each kind, or in total",),
    ),
)
