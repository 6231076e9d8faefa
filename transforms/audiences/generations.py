"""The published store as readers see it: whole generations, swapped by rename.

`current` is a symlink to `generations/<n>`. A generation holds every stored membership (those that did not
change are hard links), the figures over them, and what is known of users at the newest as_of. The number is
in the folder's name alone: the same content gives the same bytes, in whatever order as_ofs were published.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.audiences.figures import Figures, read_figures
from transforms.audiences.memberships import MEMBERS, MODELS, CalculatedAudience, as_of_of, read_calculated
from transforms.audiences.run_models import read_run_models
from transforms.errors import failure
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.run_models import RunModels

DAILY = "audience_daily.parquet"
IDENTITIES = "user_identities.parquet"
PRIVACY = "user_privacy.parquet"
PROFILE_TABLE = "profiles.parquet"
ATTRIBUTES = "user_attributes.parquet"
CALCULATED_ATTRIBUTE_TABLE = "calculated_attributes.parquet"
AUDIENCES = "audiences.json"
ATTRIBUTE_DEFINITIONS = "attribute_definitions.json"
MANIFEST = "generation.json"


@dataclass(frozen=True)
class PublishedAudience:
    """What a reader can say of an audience whose definition was taken away (spec §3: `orphaned`)."""

    id: str
    name: str
    external_name: str
    journey: str | None
    tags: tuple[str, ...]
    owner: str | None


@dataclass(frozen=True)
class PublishedAttribute:
    """What a reader can say of a calculated attribute. `is_calculated`: whether it has values at the newest as_of."""

    id: str
    name: str
    function: str
    gives: str
    is_calculated: bool
    tags: tuple[str, ...]
    owner: str | None


@dataclass(frozen=True)
class Generation:
    """One complete generation, as a reader found it. All answers of one command come from one of these."""

    folder: Path

    @property
    def number(self) -> int:
        """Counts up with each change of the store."""
        return int(self.folder.name)

    @cached_property
    def stored(self) -> dict[datetime, Path]:
        """Each stored as_of and its folder of memberships, the oldest first."""
        found = {as_of_of(folder): folder for folder in (self.folder / "memberships").iterdir()}
        return {as_of: found[as_of] for as_of in sorted(as_of for as_of in found if as_of is not None)}

    @property
    def newest(self) -> datetime | None:
        """The newest stored as_of, None before the first run."""
        return max(self.stored, default=None)

    def calculated(self, as_of: datetime) -> dict[str, CalculatedAudience]:
        """What was calculated at a stored as_of, by audience id."""
        return {audience.id: audience for audience in read_calculated(self.stored[as_of])}

    def members_file(self, as_of: datetime) -> Path:
        """The parquet of MEMBERSHIP for a stored as_of."""
        return self.stored[as_of] / MEMBERS

    def has_models(self, as_of: datetime) -> bool:
        """Whether the memberships of an as_of are stored with the models by which they were computed."""
        return as_of in self.stored and (self.stored[as_of] / MODELS).exists()

    def models(self, as_of: datetime) -> RunModels:
        """The models by which the memberships of a stored as_of were computed.

        A failure (exit status 1) where they were not kept: an earlier version of Milepost published it.
        """
        if not self.has_models(as_of):
            raise failure(
                "models-not-stored",
                f"the models by which {iso(as_of)} was computed were not kept",
                hint=f"run `milepost run --as-of {iso(as_of)}`",
            )
        return read_run_models(self.stored[as_of] / MODELS)

    @cached_property
    def figures(self) -> tuple[Figures, ...]:
        """The figures of every stored as_of, sorted by (as_of, audience_id)."""
        return read_figures(self.folder / DAILY)

    @cached_property
    def audiences(self) -> tuple[PublishedAudience, ...]:
        """The audiences as they were described at the newest as_of, sorted by id; those that were not defined then and of
        which members are stored, as they were described last.
        """
        listed = json.loads((self.folder / AUDIENCES).read_text(encoding="utf-8"))
        return tuple(PublishedAudience(**{**entry, "tags": tuple(entry["tags"])}) for entry in listed)

    @cached_property
    def attribute_definitions(self) -> tuple[PublishedAttribute, ...]:
        """The calculated attributes as they were described at the newest as_of, sorted by id."""
        listed = json.loads((self.folder / ATTRIBUTE_DEFINITIONS).read_text(encoding="utf-8"))
        return tuple(PublishedAttribute(**{**entry, "tags": tuple(entry["tags"])}) for entry in listed)

    @property
    def calculated_attributes_file(self) -> Path:
        """CALCULATED_ATTRIBUTES at the newest as_of."""
        return self.folder / CALCULATED_ATTRIBUTE_TABLE

    @property
    def identities_file(self) -> Path:
        """USER_IDENTITIES at the newest as_of."""
        return self.folder / IDENTITIES

    @property
    def privacy_file(self) -> Path:
        """USER_PRIVACY at the newest as_of."""
        return self.folder / PRIVACY

    @property
    def profiles_file(self) -> Path:
        """PROFILES at the newest as_of."""
        return self.folder / PROFILE_TABLE

    @property
    def attributes_file(self) -> Path:
        """USER_ATTRIBUTES at the newest as_of."""
        return self.folder / ATTRIBUTES


@dataclass(frozen=True)
class Store:
    """The published folder. One process writes at a time (the run's lease sees to it); any number read."""

    folder: Path

    @property
    def generations(self) -> Path:
        """The folder of generations."""
        return self.folder / "generations"

    def current(self) -> Generation | None:
        """The complete generation that readers see now, None before the first."""
        link = self.folder / "current"
        return Generation(self.folder / link.readlink()) if link.is_symlink() else None


def open_store(published: Path) -> Store:
    """The store in the folder `published`, which need not exist yet."""
    return Store(published)
