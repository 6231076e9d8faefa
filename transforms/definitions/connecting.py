"""Which audiences a connection may have: what can't be connected is said, the rest is connected (spec §10).

Of a connection that names one audience the reason is an error. Of one that names many, or a tag, it is a
warning, and the others are connected. A name that nobody defines is an error in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.connections import AUDIENCE, AUDIENCES, TAG, VARIANT
from transforms.definitions.records import CONTROL
from transforms.definitions.vocabulary import OWN_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transforms.definitions.connection_records import Output
    from transforms.definitions.connections import WrittenConnection
    from transforms.definitions.known import Known
    from transforms.definitions.records import Audience
    from transforms.documents.report import Report


def connectable(
    written: WrittenConnection,
    audiences: Mapping[str, Audience],
    output: Output | None,
    known: Known,
    report: Report,
) -> tuple[str, ...]:
    """The ids of the audiences that the connection gets, in the order written or, of a tag, of the project.

    Codes: DEF-041 unknown audience, DEF-042 nothing has the tag, DEF-043 can't be connected.
    """
    values = written.values
    field = AUDIENCE if values.has(AUDIENCE) else AUDIENCES
    tag = values[TAG]
    if tag is not None:
        field = TAG
        names = tuple(audience.id for audience in audiences.values() if tag in audience.tags)
        if not names:
            tags = sorted({name for audience in audiences.values() for name in audience.tags})
            report.add(
                "DEF-042",
                f"no audience has the tag of the connection `{written.id}`",
                values.place(TAG),
                allowed=tags,
                severity="warning",
            )
            return ()
    else:
        names = written.names
    place = values.place(field)
    connected: list[str] = []
    for name in names:
        audience = audiences.get(name)
        if audience is None:
            if not known.may_exist(name):
                report.unknown("DEF-041", "audience", name[:80], place, audiences)
            continue
        reason = _obstacle(audience, values[VARIANT], output)
        if reason is None:
            connected.append(name)
        else:
            message = f"`{name}` can't be connected by `{written.id}`: {reason}"
            report.add("DEF-043", message, place, severity="error" if field is AUDIENCE else "warning")
    return tuple(connected)


def _obstacle(audience: Audience, variant: str | None, output: Output | None) -> str | None:
    if audience.is_draft:
        return "it is a draft"
    if variant is not None and variant not in audience.variants:
        if not audience.variants:
            return f"it has no A/B test, so no variant `{variant}`"
        shares = dict(audience.ab_test.arms) if audience.ab_test else {}
        named = ", ".join(name for name in shares if name != CONTROL)
        return f"it has no variant `{variant}`, only {named} and {CONTROL}"
    if output is not None and output.account != OWN_ACCOUNT:
        access = audience.access_of(output.account)
        if access != "usable":
            return f"it is `{access}` for the account `{output.account}` of `{output.id}`, not `usable`"
    return None
