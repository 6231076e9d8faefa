"""More audiences are active than `active_audience_limit` allows.

An audience is active when it, or one of its variants, has an active connection. The limit keeps runs short and
what is sent in sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import EXAMPLE_PROJECT, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    limit = whole.project.active_audience_limit
    names = sorted(
        {
            audience_id
            for connection in whole.connections
            if connection.is_active
            for audience_id in connection.audiences
        }
    )
    if len(names) > limit:
        counted = "1 audience is" if len(names) == 1 else f"{len(names)} audiences are"
        yield Finding(
            f"{counted} active, the limit is {limit}: {', '.join(names)}",
            whole.project.place,
        )


_FILES = {
    "milepost.yml": f"{EXAMPLE_PROJECT}active_audience_limit: 1\n",
    "audiences/buyers.yml": "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n",
    "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play}}\n",
}
_CONNECTIONS = """\
outputs: {{meta: {{partner: meta_csv}}}}
connections:
  - {{connection: first, audience: buyers, output: meta, status: active}}
  - {{connection: second, audience: players, output: meta, status: {status}}}
"""

ACTIVE_AUDIENCES = Rule(
    code="DEF-049",
    severity="error",
    teaching=__doc__,
    fix="set connections to `inactive`, or raise `active_audience_limit` in milepost.yml",
    check=_check,
    example={**_FILES, "connections/meta.yml": _CONNECTIONS.format(status="active")},
    fixed={**_FILES, "connections/meta.yml": _CONNECTIONS.format(status="inactive")},
)
