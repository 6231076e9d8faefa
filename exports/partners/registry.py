"""Every partner that Milepost writes for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.partners.meta import META_CSV
from transforms.errors import InternalError

if TYPE_CHECKING:
    from exports.partners.profile import Partner

#: In the order of the page that lists them.
PARTNERS: tuple[Partner, ...] = (META_CSV,)


def partner_named(name: str) -> Partner:
    """The partner of this name. Definitions name no other (DEF-045), so InternalError where there is none."""
    for partner in PARTNERS:
        if partner.name == name:
            return partner
    raise InternalError(f"an output of an unknown partner {name} was not refused")
