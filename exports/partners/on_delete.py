"""What can be done about the list of a deleted audience, and what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.partners.chosen import chosen_files
from exports.partners.registry import partner_named
from transforms.definitions.destinations import HttpApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.connection_records import OnDelete, Output


def possible(output: Output) -> tuple[OnDelete, ...]:
    """What the output can be asked to do."""
    return tuple(_possible(output))


def on_delete(output: Output) -> OnDelete:
    """What is done: as the output says, else as the partner's profile does where that can be done, else nothing."""
    wanted = output.on_delete or partner_named(output.partner).on_delete
    return wanted if wanted in possible(output) else "leave"


def _possible(output: Output) -> Iterator[OnDelete]:
    partner, destination = partner_named(output.partner), output.destination
    lists = None if partner.api is None else partner.api.lists
    # A list that the output names was there before.
    makes_lists = isinstance(destination, HttpApi) and destination.list is None
    if makes_lists and lists is not None and lists.delete is not None:
        yield "delete"
    if partner.message is not None:
        yield "message"
    yield "leave"
    if all(file.can_remove for file in chosen_files(partner, output)):
        yield "empty_first"
