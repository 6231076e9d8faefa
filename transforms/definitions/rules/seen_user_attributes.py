"""A user attribute is named that no user of the audience's workspaces has ever had.

A positive operator on it holds for nobody, a negative one for everyone, and a connection that sends it sends nothing.
Attributes are known by workspace: one of another workspace is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule, never_seen
from transforms.definitions.rules.seen_values import seen_of_users
from transforms.seen_names import seen_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for workspaces, value in whole.compared:
        if value.source != "user":
            continue
        seen = seen_of_users(whole.seen, workspaces)
        if seen is None or value.name.lower() in seen:
            continue
        elsewhere = [
            workspace
            for workspace in whole.project.workspaces
            if value.name.lower() in (seen_of_users(whole.seen, (workspace,)) or ())
        ]
        if elsewhere:
            yield Finding(
                f"the user attribute `{value.name[:80]}` was never seen in {', '.join(workspaces)}",
                value.place,
                hint=f"it was in {', '.join(elsewhere)}: add that to `workspaces` if it is meant",
            )
        else:
            yield from never_seen("the user attribute", value.name, value.place, seen)
    yield from _sent(whole)


def _sent(whole: Whole) -> Iterator[Finding]:
    """Of connections, which send what is known in any workspace."""
    seen = seen_of_users(whole.seen, whole.project.workspaces)
    if seen is None:
        return
    known = {*seen, *(attribute.id for attribute in whole.attributes)}
    for connection in whole.connections:
        for name in connection.user_attributes:
            if name.lower() not in known:
                yield from never_seen("the user attribute", name, connection.place, known)


def _payers(attribute: str) -> str:
    return f"audience: payers\ncriteria: {{user: {{attribute: {attribute}, exact: pro}}}}\n"


SEEN_USER_ATTRIBUTES = Rule(
    code="DEF-099",
    severity="warning",
    teaching=__doc__,
    fix="`milepost data` lists what was seen; leave it as it is where the attribute is still to come",
    check=_check,
    example={"audiences/payers.yml": _payers("plann")},
    fixed={"audiences/payers.yml": _payers("Plan")},
    seen=seen_names({"user_attributes": [(("shop", "plan"), ("text",))]}),
)
