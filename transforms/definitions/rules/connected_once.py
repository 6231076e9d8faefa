"""Two active connections send one audience to one output.

The partner would be sent every member twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str | None], str] = {}
    for connection in whole.connections:
        for audience_id in connection.audiences if connection.is_active else ():
            first = seen.setdefault((connection.output, audience_id, connection.variant), connection.id)
            if first != connection.id:
                yield Finding(
                    f"`{audience_id}` goes to the output `{connection.output}` by `{first}` and by `{connection.id}`",
                    connection.place,
                )


_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n"
_CONNECTIONS = """\
outputs: {{meta: {{partner: meta_csv}}}}
connections:
  - {{connection: first, audience: buyers, output: meta, status: active}}
  - {{connection: second, audience: buyers, output: meta, status: {status}}}
"""

CONNECTED_ONCE = Rule(
    code="DEF-048",
    severity="warning",
    teaching=__doc__,
    fix="set one of them to `inactive`, or delete it",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "connections/meta.yml": _CONNECTIONS.format(status="active"),
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "connections/meta.yml": _CONNECTIONS.format(status="inactive"),
    },
)
