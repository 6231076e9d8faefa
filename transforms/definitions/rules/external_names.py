"""Two audiences, or variants, have one external name at one output.

The partner sees the external name alone: the two would be one list there, and each delivery would replace the
other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    seen: dict[tuple[str, str], tuple[str, str | None]] = {}
    for connection in whole.connections:
        for audience_id in connection.audiences:
            audience = whole.by_id[audience_id]
            variant = connection.variant
            name = audience.external_name if variant is None else f"{audience.external_name} - {variant}"
            what = (audience_id, variant)
            other = seen.setdefault((connection.output, name), what)
            if other != what:
                yield Finding(
                    f"`{other[0]}` and `{audience_id}` have one external name at the output `{connection.output}`",
                    audience.place,
                )


_BUYERS = "audience: buyers\nexternal_name: Spring\ncriteria: {ecommerce: {action: purchase}}\n"
_CONNECTIONS = """\
outputs: {meta: {partner: meta_csv}}
connections:
  - {connection: spring, audiences: [buyers, players], output: meta, status: active}
"""

EXTERNAL_NAMES = Rule(
    code="DEF-047",
    severity="error",
    teaching=__doc__,
    fix="give one of them another `external_name`",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": "audience: players\nexternal_name: Spring\ncriteria: {event: {name: Play}}\n",
        "connections/meta.yml": _CONNECTIONS,
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play}}\n",
        "connections/meta.yml": _CONNECTIONS,
    },
)
