"""Meta custom audiences: the customer list as a CSV, and what is posted to the Marketing API."""

from __future__ import annotations

import hashlib

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.ids import ID
from exports.identifiers.people import (
    BIRTH_DAY,
    BIRTH_MONTH,
    BIRTH_YEAR,
    GENDER,
    NAME,
    NAME_WITHOUT_SPACES,
)
from exports.identifiers.phones import PHONE_DIGITS
from exports.identifiers.places import CITY, COUNTRY, POSTAL_CODE, STATE
from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict, by_status
from exports.partners.api import ListCall, Lists, PartnerApi, RowsAt, Token, Variable
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.json_places import value_at
from exports.partners.name_spaces import SPACES
from exports.partners.profile import AttributeColumn, IdentityColumn, Option, Partner, PartnerFile
from transforms.instants import iso

UPLOAD = Option(
    "upload",
    "what a full delivery does to the list there",
    (
        ("replace", "`usersreplace`: the list is exactly the audience"),
        ("add", "`users`: nobody leaves the list by it"),
    ),
)
_RULES = "meta-2026-11"
_MOST_ROWS = 10_000
# The body of a removal travels in the address: from 300 rows on the connection broke, at 250 it held (B10).
_MOST_REMOVED = 250
# A session is a number, and JSON's are exact up to 2⁵³.
_SESSIONS = 2**53


def _users(batch: Batch) -> Request:
    body = {
        "payload": {
            "schema": list(batch.rows[0]),
            "data": [[value or "" for value in row.values()] for row in batch.rows],
        },
        "session": {
            "session_id": _session(batch),
            "batch_seq": batch.number,
            "last_batch_flag": batch.is_last,
        },
    }
    match batch.operation:
        case "replace":
            return Request("POST", "/{audience}/usersreplace", body)
        case "add":
            return Request("POST", "/{audience}/users", body)
        case "remove":
            return Request("DELETE", "/{audience}/users", body)


def _session(batch: Batch) -> int:
    """The same for all batches of a delivery, and for a delivery that is repeated."""
    name = (
        f"{batch.delivery.audience_id} {iso(batch.delivery.as_of)} {batch.delivery.again} {batch.operation}"
    )
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % _SESSIONS


_TEMPORARY = (1, 2)
# Of an app, of a user, of custom audiences; 80000 to 80014 are those of the business use cases.
_LIMITS = (4, 17, 613, *range(80000, 80015))
_SIGNED_OUT = (102, 190)
_FORBIDDEN = (10, *range(200, 300))
_BAD_PARAMETER = 100
#: With code 100: there is nothing of this id.
_NO_OBJECT = 33


def _judge(heard: Heard) -> Verdict:
    error = value_at(heard.body, ("error",))
    if error is None:
        return _taken(heard)
    words = heard.words(("error", "error_user_msg"), ("error", "message"))
    code, sub_code = value_at(error, ("code",)), value_at(error, ("error_subcode",))
    if code in _LIMITS:
        return Later(words, is_limit=True)
    if code in _TEMPORARY:
        return Later(words)
    if code in _SIGNED_OUT:
        return SignIn(words)
    if code == _BAD_PARAMETER and sub_code == _NO_OBJECT:
        return Refused("list_gone", words)
    if code in _FORBIDDEN:
        return Refused("permission", words)
    # Meta's status is 400 for nearly everything; a 5xx passes with time whatever its code.
    return by_status(heard, words)


def _taken(heard: Heard) -> Verdict:
    invalid = value_at(heard.body, ("num_invalid_entries",))
    if not heard.is_success or not isinstance(invalid, int) or invalid <= 0:
        return by_status(heard, ())
    # Samples of the invalid entries are identifiers; which rows they are of is not said.
    return Taken(("invalid entries",), unplaced=min(invalid, len(heard.rows)))


# E-mail and phone are SHA-256; advertising ids and the team's own ids are matched as they are.
def _person(
    first: str, last: str, city: str, state: str, code: str, country: str, gender: str
) -> tuple[AttributeColumn, ...]:
    return (
        *(
            AttributeColumn(header, attribute, rules, SHA256, SPACES.is_(spaces))
            for spaces, rules in (("keep", NAME), ("leave_out", NAME_WITHOUT_SPACES))
            for header, attribute in ((first, "first_name"), (last, "last_name"))
        ),
        AttributeColumn(city, "city", CITY, SHA256),
        AttributeColumn(state, "state", STATE, SHA256),
        AttributeColumn(code, "zip", POSTAL_CODE, SHA256),
        AttributeColumn(country, "country", COUNTRY, SHA256),
        AttributeColumn(gender, "gender", GENDER, SHA256),
    )


_API_COLUMNS = (
    IdentityColumn("EMAIL", ("email",), EMAIL, SHA256),
    IdentityColumn("PHONE", PHONES, PHONE_DIGITS, SHA256),
    IdentityColumn("MADID", ADVERTISING_IDS, ADVERTISING_ID, PLAIN),
    IdentityColumn("EXTERN_ID", ("customer_id",), ID, PLAIN),
    *_person("FN", "LN", "CT", "ST", "ZIP", "COUNTRY", "GEN"),
    AttributeColumn("DOBY", "birth_date", BIRTH_YEAR, SHA256),
    AttributeColumn("DOBM", "birth_date", BIRTH_MONTH, SHA256),
    AttributeColumn("DOBD", "birth_date", BIRTH_DAY, SHA256),
)

META_CSV = Partner(
    name="meta_csv",
    title="Meta custom audience, customer list as CSV",
    rules_version=_RULES,
    source="facebook.com/business/help/2082575038703844; the headers `zip`, `gen` and `doby` are confirmed in part",
    files=(
        PartnerFile(
            kind="",
            format=Csv(),
            arrangement="identities",
            # Headers are exact and lower case.
            columns=(
                IdentityColumn("email", ("email",), EMAIL, SHA256),
                IdentityColumn("phone", PHONES, PHONE_DIGITS, SHA256),
                IdentityColumn("madid", ADVERTISING_IDS, ADVERTISING_ID, PLAIN),
                *_person("fn", "ln", "ct", "st", "zip", "country", "gen"),
                AttributeColumn("doby", "birth_date", BIRTH_YEAR, SHA256),
            ),
        ),
    ),
    leaves="are not in the next list",
    on_delete="leave",
    options=(SPACES,),
)

META = Partner(
    name="meta",
    title="Meta custom audience, Marketing API",
    rules_version=_RULES,
    source="developers.facebook.com, Marketing API v25.0: custom audience users, usersreplace, customer information parameters",
    files=(
        PartnerFile(
            "",
            Requests(_users, _MOST_ROWS, most_removed=_MOST_REMOVED),
            "lines",
            _API_COLUMNS,
            snapshot="replace",
            # Nothing can be posted of an empty audience: the list stays as it is.
            least_rows=1,
            when=UPLOAD.is_("replace"),
        ),
        PartnerFile(
            "",
            Requests(_users, _MOST_ROWS, most_removed=_MOST_REMOVED),
            "lines",
            _API_COLUMNS,
            snapshot="add",
            when=UPLOAD.is_("add"),
        ),
    ),
    leaves="are not in the next list, or are removed by requests of their own, of 250 rows",
    on_delete="delete",
    options=(UPLOAD, SPACES),
    api=PartnerApi(
        address="https://graph.facebook.com/v25.0",
        authentication=Token(),
        rows=RowsAt(("payload", "data"), dropped="session"),
        judge=_judge,
        accepted="no `error`; of `num_invalid_entries` it does not say which they are",
        lists=Lists(
            create=ListCall(
                "POST",
                "/act_{account}/customaudiences",
                lambda facts: {
                    "name": facts.name,
                    "subtype": "CUSTOM",
                    "customer_file_source": "USER_PROVIDED_ONLY",
                },
            ),
            id_at=("id",),
            rename=ListCall("POST", "/{audience}", lambda facts: {"name": facts.name}),
            delete=ListCall("DELETE", "/{audience}"),
        ),
        variables=(Variable("ACCOUNT_ID", "the ad account, without `act_`", fills="account"),),
        retried=("1", "2", "4", "17", "613", "80000 to 80014"),
        unconfirmed=(
            "how long a session of `usersreplace` may last, and how large the list may be",
            "that a list that was deleted answers with code 100, sub-code 33",
        ),
    ),
)
