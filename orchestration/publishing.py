"""Staged files → a generation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.audiences.generations import Generation, PublishedAudience, open_store
from transforms.audiences.publishing import Publication, described_attributes, publish

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.audiences.staged import Staged
    from transforms.definitions.records import Definitions


def publish_staged(settings: Settings, definitions: Definitions, staged: Staged) -> Generation:
    """Publish one staged as_of; the generation that readers see from now on."""
    history = definitions.project.membership_history
    return publish(
        open_store(settings.published),
        Publication(
            as_of=staged.as_of,
            calculated=staged.calculated,
            members=staged.members,
            identities=staged.identities,
            privacy=staged.privacy,
            profiles=staged.profiles,
            attributes=staged.attributes,
            calculated_attributes=staged.calculated_attributes,
            attribute_definitions=described_attributes(definitions, staged.attribute_ids),
            audiences=tuple(
                PublishedAudience(
                    id=audience.id,
                    name=audience.name,
                    external_name=audience.external_name,
                    journey=audience.journey,
                    tags=audience.tags,
                    owner=audience.owner,
                )
                for audience in definitions.audiences
            ),
            models=staged.models,
            membership_history=timedelta(microseconds=history.microseconds) if history else None,
        ),
    )
