"""The page of partners, from their profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.formats.format import Csv, JsonLines, Parquet, Requests
from exports.identifiers.encodings import ENCODINGS
from exports.identifiers.table import RULES
from exports.partners.api import AwsSignature, BodySignature, OAuth1, OAuth2, Token
from exports.partners.chosen import SAYS
from exports.partners.profile import AttributeColumn, IdentityColumn, StatedColumn
from exports.partners.registry import PARTNERS
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exports.formats.format import Format
    from exports.partners.api import PartnerApi
    from exports.partners.profile import Case, Column, Partner, PartnerFile

#: Where the page lies, below the project folder.
PLACE = "docs/partners.md"

_HEAD = """\
# Partners

Written by Milepost from its profiles of partners; `pytest --update-golden` writes it anew.

An output names a partner, and options of it where sources contradict each other or a team can choose:

```yaml
outputs:
  ads: {partner: google_csv, region: DE, options: {gmail: dots_and_tags}}
```

Every identity of every type that a file takes is sent. Identifiers are normalised, then encoded; a digest that came in
is passed on where it is the one that the partner wants, and a column that mixes digests with other values is refused.
Requests are written one a line, as `method`, `path` and `body`; `{audience}`, `{account}` and other names in braces
stand for what is known where they are posted: `deliver: {to: http, credentials: META}` posts them, with the variables
`META_…` of the environment that each API asks for below. Where `url` is written, it is called instead of the partner.
An `Idempotency-Key` is in a header of every request. No partner's page says that it looks at one, and none need: a
list holds each identifier once, however often it comes. The records of a Firehose stream may come twice.

Statuses 408, 425, 429 and 5xx, answers that do not come, and connections that break are tried again; 401 signs in once
more. Other refusals fault the connection with the partner's words, without whatever could be an identifier.

User attributes go along where a connection names them, and nothing else of a profile. A column of a user attribute is
there where one is named that bears its name, whatever its case and without `$`, `_`, `-` and spaces: `$FirstName`,
`first_name` and `First Name` all fill `first_name`. A list of texts fills no such column.

Of the rows of `lines` the first value of each column is on a member's first row, the second on the second; rows of
`identities` have one identifier each, whoever has it; rows of `members` hold lists.
"""
_OWN = """\
The columns are those of the output:

```yaml
outputs:
  feed:
    partner: csv
    options: {delimiter: tab}
    columns:
      member: {says: mpid}
      address: {identities: [email], rules: email, encoding: sha256}
```
"""

_SIGNS_IN = {
    Token: "A token or key is in a header of each.",
    OAuth2: "A token is fetched for each session, and once more where it no longer holds. A refresh token that the answer changes is kept in `ledger/refresh_tokens/`, for its owner to read alone, until the variable is set anew.",
    OAuth1: "Each is signed as OAuth 1.0a has it, with HMAC-SHA-1.",
    BodySignature: "The bytes of each body are signed with HMAC-SHA-1.",
    AwsSignature: "Each is signed with AWS Signature Version 4.",
}


def partners_reference() -> str:
    """The page as Markdown, in the order of the registry."""
    parts = [_HEAD]
    for partner in PARTNERS:
        parts.append("\n".join(_section(partner)))
    parts.append("\n".join(_vocabulary()))
    return "\n".join(parts)


def _section(partner: Partner) -> Iterator[str]:
    yield f"## {partner.name}\n"
    yield f"{partner.title}. Rules `{partner.rules_version}`, from {partner.source}.\n"
    if partner.names_columns:
        yield _OWN.replace("partner: csv", f"partner: {partner.name}").replace(
            "    options: {delimiter: tab}\n",
            "    options: {delimiter: tab}\n" if partner.name == "csv" else "",
        )
    for option in partner.options:
        values = "; ".join(
            f"`{value}`{' (default)' if value == option.default else ''}: {meaning}"
            for value, meaning in option.values
        )
        yield f"Option `{option.name}`, {option.about}: {values}.\n"
    for file in partner.files:
        yield from _file(file)
    yield from _habits(partner)


def _file(file: PartnerFile) -> Iterator[str]:
    name = f"List `{file.kind}`" if file.kind else "One list"
    limits = "".join(
        (
            f"; at least {file.least_rows:,} rows" if file.least_rows > 1 else "",
            f"; at most {file.most_rows:,} rows" if file.most_rows is not None else "",
        )
    )
    effect = "is the whole list" if file.snapshot == "replace" else "adds to the list"
    yield f"{name}{_case(file.when)}: {_format(file.format)}; rows of `{file.arrangement}`; a full delivery {effect}{limits}."
    if file.columns:
        yield "\n| column | holds | rules | encoding |\n| --- | --- | --- | --- |"
        yield from (_column(column) for column in _shown(file.columns))
    yield ""
    if file.attributes is not None:
        yield f"User attributes that a connection names are {file.attributes.says}.\n"


def _shown(columns: tuple[Column, ...]) -> Iterator[Column | None]:
    """The columns, None in place of those that hold one identity type each as it is, but for the first three."""
    alike = [column for column in columns if isinstance(column, IdentityColumn) and column.rules.name == "id"]
    if len(alike) < len(IDENTITY_TYPES):
        yield from columns
        return
    hidden = set(map(id, alike[3:]))
    yield from (column for column in columns if id(column) not in hidden)
    yield None


def _column(column: Column | None) -> str:
    match column:
        case None:
            return "| … | every other identity type | `id` | `plain` |"
        case StatedColumn():
            says = f"“{column.text}”" if column.says == "text" else column.says
            return f"| `{column.header}`{_case(column.when)} | {says} | | |"
        case AttributeColumn():
            return f"| `{column.header}`{_case(column.when)} | user attribute `{column.attribute}` | `{column.rules.name}` | `{column.encoding.name}` |"
        case IdentityColumn():
            kinds = ", ".join(column.identity_types)
            key = "; the key, who has none is not sent" if column.is_key else ""
            return f"| `{column.header}`{_case(column.when)} | {kinds}{key} | `{column.rules.name}` | `{column.encoding.name}` |"


def _case(when: Case | None) -> str:
    return "" if when is None else f" ({when.option}: {when.value})"


def _format(format: Format) -> str:
    match format:
        case Csv():
            delimiter = {",": "commas", "\t": "tabs"}.get(format.delimiter, f"`{format.delimiter}`")
            header = "a header" if format.has_header else "no header"
            newline = "CRLF" if format.newline == "\r\n" else "LF"
            quotes = "quotes where needed" if format.quotes == "needed" else "every value in quotes"
            return f"`.{format.extension}`, {delimiter}, {header}, {newline}, {quotes}"
        case JsonLines():
            return f"`.{format.extension}`, an object a line"
        case Parquet():
            return f"`.{format.extension}`"
        case Requests():
            limits = [f"at most {format.most_rows:,} rows"]
            if format.most_removed:
                limits.append(f"{format.most_removed:,} where they remove")
            if format.most_bytes is not None:
                limits.append(f"{format.most_bytes:,} bytes")
            return f"requests of {', '.join(limits)}"


def _habits(partner: Partner) -> Iterator[str]:
    yield f"* Those who leave {partner.leaves}."
    deleted = {
        "delete": "its list is deleted there, where requests are posted and the output names no `list`",
        "leave": "its list stays there",
        "message": "a message is sent, with `AudienceDeleted` true; the receiver decides",
        "empty_first": "everybody who was sent is taken back, and the list stays there",
    }
    yield f"* When the audience is deleted: {deleted[partner.on_delete]}."
    if partner.expires_after is not None:
        yield f"* Members are forgotten there after {partner.expires_after.days:,} days."
    yield ""
    if partner.api is not None:
        yield from _api(partner.api)


def _api(api: PartnerApi) -> Iterator[str]:
    where = f"`{api.address}`" if api.address else f"the `url` of the output, such as `{api.address_like}`"
    yield f"Requests go to {where}. {_SIGNS_IN[type(api.authentication)]}\n"
    yield "| variable | |\n| --- | --- |"
    for variable in api.all_variables:
        needed = "" if variable.is_needed else " (may be left out)"
        yield f"| `<credentials>_{variable.suffix}` | {variable.about}{needed} |"
    yield f"\n* An answer accepts what was sent where it says: {api.accepted}."
    if api.jobs is not None:
        yield (
            f"* The next delivery asks what became of it, at `{api.jobs.path.partition('?')[0]}`, and waits until it has "
            f"ended, {api.jobs.longest.days} days at most. Rows that were refused then are counted; where all were, that "
            "is a fault."
        )
    if api.retried:
        yield f"* Refusals that pass with time, besides HTTP's own: {', '.join(api.retried)}."
    yield f"* {_lists(api)}"
    yield from (f"* Unconfirmed: {each}." for each in api.unconfirmed)
    yield ""


def _lists(api: PartnerApi) -> str:
    lists = api.lists
    if lists is None:
        return "There is no list to make: the audience is known there by its name."
    calls = {"made": lists.create, "renamed": lists.rename, "deleted": lists.delete}
    can = [verb for verb, call in calls.items() if call is not None]
    if not can:
        return "Lists are made there, and the output names one by `list`."
    of_kinds = f" (of {', '.join(f'`{kind}`' for kind in lists.kinds)} alone)" if lists.kinds else ""
    cannot = [verb for verb, call in calls.items() if call is None]
    rest = f" They are not {' or '.join(cannot)}." if cannot else ""
    return f"Lists are {', '.join(can)} over the API{of_kinds}.{rest}"


def _vocabulary() -> Iterator[str]:
    yield "## Words of columns\n"
    yield f"`says`: {', '.join(f'`{says}`' for says in SAYS)}.\n"
    yield "| `rules` | |\n| --- | --- |"
    yield from (f"| `{rules.name}` | {rules.about} |" for rules in RULES)
    yield "\n| `encoding` | |\n| --- | --- |"
    yield from (f"| `{encoding.name}` | {encoding.about} |" for encoding in ENCODINGS)
    yield ""
