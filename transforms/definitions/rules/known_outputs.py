"""A connection names an output that there is not.

Outputs are written in any file of connections/, under `outputs`. Nothing could be delivered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    known = sorted({output.id for output in whole.outputs})
    for connection in whole.connections:
        if connection.output and connection.output not in known and not whole.known.outputs_are_missing:
            yield unknown("output", connection.output, connection.place, known)


_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n"
_CONNECTIONS = """\
outputs: {{meta: {{partner: meta_csv}}}}
connections:
  - {{connection: buyers_meta, audience: buyers, output: {output}, status: active}}
"""

KNOWN_OUTPUTS = Rule(
    code="DEF-046",
    severity="error",
    teaching=__doc__,
    fix="write it under `outputs`",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "connections/meta.yml": _CONNECTIONS.format(output="meta_eu"),
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "connections/meta.yml": _CONNECTIONS.format(output="meta"),
    },
)
