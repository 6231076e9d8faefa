"""A/B tests that were edited after they were delivered: an error unless the test's name changes (spec §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exports.ledger.ledger import Ledger
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import AbTest, Audience, Definitions


def edited_tests(
    definitions: Definitions, generation: Generation | None, ledger: Ledger
) -> tuple[Problem, ...]:
    """An error (EXP-003) for each audience whose test has other shares, another order or other variants than what a
    connection of it delivered last under the same name.

    What was delivered is told by the membership of that as_of: nothing is said where it is not stored any more.
    """
    if generation is None:
        return ()
    return tuple(
        _problem(audience, audience.ab_test, delivered)
        for audience in definitions.audiences
        if audience.ab_test is not None
        for delivered in _edited(audience, audience.ab_test, definitions, generation, ledger)
    )


def _edited(
    audience: Audience, test: AbTest, definitions: Definitions, generation: Generation, ledger: Ledger
) -> Iterator[AbTest]:
    """The delivered test of the same name that differs, once."""
    for connection in definitions.connections:
        if audience.id in connection.audiences:
            delivered = _delivered(audience, connection, generation, ledger)
            if delivered is not None and delivered.name == test.name and delivered != test:
                yield delivered
                return


def _delivered(
    audience: Audience, connection: Connection, generation: Generation, ledger: Ledger
) -> AbTest | None:
    as_of = ledger.read(connection.id).audience(audience.id, connection.variant).as_of
    if as_of is None or as_of not in generation.stored:
        return None
    calculated = generation.calculated(as_of)
    stored_as = audience.stored_as(calculated)
    return None if stored_as is None else calculated[stored_as].test


def _problem(audience: Audience, test: AbTest, delivered: AbTest) -> Problem:
    shares = ", ".join(f"{name}: {share / 100:g}" for name, share in delivered.variants)
    return Problem(
        "EXP-003",
        f"the test `{test.name}` of `{audience.id}` was delivered with other variants, shares or order: "
        "users would change sides",
        audience.place,
        allowed=(f"variants: {{{shares}}}",),
        hint="give the changed test another `name`, or put its variants back",
    )
