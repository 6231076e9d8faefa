"""Which definitions changed since an audience was calculated: its own, and those of all that it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.audiences.activation import needed_by, with_needed
from transforms.audiences.memberships import CalculatedAudience
from transforms.compiler.models import attribute_hash, definition_hash
from transforms.criteria.language import calculated_attributes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class DefinitionHashes:
    """The hash of every audience and of every calculated attribute, by id."""

    audiences: Mapping[str, str]
    attributes: Mapping[str, str]


def hashed(definitions: Definitions) -> DefinitionHashes:
    """The hashes of all definitions: 5 ms for each."""
    project = definitions.project
    return DefinitionHashes(
        {one.id: definition_hash(one, project) for one in definitions.audiences},
        {one.id: attribute_hash(one, project) for one in definitions.attributes},
    )


def calculated_by(definitions: Definitions, audience: Audience) -> CalculatedAudience:
    """What is stored beside the members of an audience that is calculated by these definitions."""
    project = definitions.project
    named = _attributes(audience)
    return CalculatedAudience(
        id=audience.id,
        definition_hash=definition_hash(audience, project),
        test=audience.ab_test,
        formerly=audience.formerly,
        attributes=tuple(
            (one.id, attribute_hash(one, project)) for one in definitions.attributes if one.id in named
        ),
    )


def redefined(
    definitions: Definitions, hashes: DefinitionHashes, calculated: Mapping[str, CalculatedAudience]
) -> dict[str, tuple[str, ...]]:
    """Of each audience that is `calculated`, the definitions that have changed since, by id; `hashes` are those of now.

    Its own comes first, then those of the audiences and calculated attributes that it reads, transitively. Lists and
    models that an analyst writes are no definitions: nothing is said of them.
    """
    found: dict[str, tuple[str, ...]] = {}
    stored: dict[str, CalculatedAudience] = {}
    for audience in map(
        definitions.audience, with_needed(definitions, (one.id for one in definitions.audiences))
    ):
        name = audience.stored_as(calculated)
        if name is not None:
            stored[audience.id] = calculated[name]
        changed = tuple(_changed(audience, hashes, stored.get(audience.id)))
        read = (one for needed in needed_by(audience) for one in found[needed])
        found[audience.id] = tuple(dict.fromkeys((*changed, *read)))
    return {audience_id: changed for audience_id, changed in found.items() if audience_id in stored}


def _changed(
    audience: Audience, hashes: DefinitionHashes, calculated: CalculatedAudience | None
) -> Iterator[str]:
    """Nothing where it was not calculated: what reads it reads it newly then, and says so itself."""
    if calculated is None:
        return
    if hashes.audiences[audience.id] != calculated.definition_hash:
        yield audience.id
    yield from (name for name, then in calculated.attributes if hashes.attributes.get(name) != then)


def _attributes(audience: Audience) -> set[str]:
    if audience.criteria is None:
        return set()
    return {reference.attribute for reference in calculated_attributes(audience.criteria)}
