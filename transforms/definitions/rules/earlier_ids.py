"""`formerly` must say whose history is taken over, without doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report


def earlier_ids(whole: Whole, report: Report) -> None:
    """DEF-075 `formerly` names an audience that there is, DEF-076 two audiences name one earlier id.

    Both would have to share one history, ledger and list at the partner.
    """
    first: dict[str, str] = {}
    for audience in whole.audiences:
        earlier = audience.formerly
        if earlier is None:
            continue
        if earlier in whole.by_id:
            report.add(
                "DEF-075",
                f"`{audience.id}` was formerly `{earlier}`, and there is an audience `{earlier}`",
                audience.place,
                hint="only an id that is no longer used can be taken over",
            )
        elif first.setdefault(earlier, audience.id) != audience.id:
            report.add(
                "DEF-076",
                f"both `{first[earlier]}` and `{audience.id}` were formerly `{earlier}`",
                audience.place,
            )
