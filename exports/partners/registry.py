"""Every partner that Milepost writes for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.partners.meta_csv import META_CSV
from transforms.documents.report import nearest
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from exports.partners.profile import Partner
    from transforms.definitions.records import Definitions

PARTNERS: tuple[Partner, ...] = (META_CSV,)


def partner_named(name: str) -> Partner | None:
    """The partner of this name, None where there is none."""
    return next((partner for partner in PARTNERS if partner.name == name), None)


def check_outputs(definitions: Definitions) -> tuple[Problem, ...]:
    """Outputs of unknown partners, and connections that name identities their partner does not take."""
    return (*_unknown_partners(definitions), *_unaccepted_identities(definitions))


def require_known(definitions: Definitions) -> None:
    """Raise UserError with all problems of `check_outputs`, if there are any."""
    problems = check_outputs(definitions)
    if problems:
        raise UserError(*problems)


def _unknown_partners(definitions: Definitions) -> tuple[Problem, ...]:
    names = tuple(partner.name for partner in PARTNERS)
    return tuple(
        Problem(
            "EXP-001",
            f"output `{output.id}` names an unknown partner `{output.partner}`",
            output.place,
            allowed=names,
            hint=f"did you mean `{near}`?" if (near := nearest(output.partner, names)) else "",
        )
        for output in definitions.outputs
        if partner_named(output.partner) is None
    )


def _unaccepted_identities(definitions: Definitions) -> tuple[Problem, ...]:
    problems = []
    for connection in definitions.connections:
        partner = partner_named(definitions.output(connection.output).partner)
        if partner is None:
            continue
        for kind in connection.identities or ():
            if kind not in partner.identity_types:
                message = (
                    f"connection `{connection.id}`: {partner.title} does not take identity type `{kind}`"
                )
                problems.append(Problem("EXP-002", message, connection.place, allowed=partner.identity_types))
    return tuple(problems)
