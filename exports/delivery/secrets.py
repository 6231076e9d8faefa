"""Secrets by the names that definitions give: read when something is delivered, and never told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exports.delivery.faults import DeliveryError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Secrets:
    """The variables of one destination: `<prefix>_<name>`. `read` are the values so far, for `scrubbed` to cut out."""

    prefix: str
    value: Callable[[str], str | None]
    read: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def optional(self, name: str) -> str | None:
        """The value of a variable, None where it is not set or empty."""
        found = self.value(f"{self.prefix}_{name}") or None
        if found is not None:
            self.read.add(found)
        return found

    def needed(self, *names: str) -> str:
        """The value of the first of these variables that is set; an `authentication` fault where none is."""
        for name in names:
            found = self.optional(name)
            if found is not None:
                return found
        variables = " or ".join(f"{self.prefix}_{name}" for name in names)
        raise DeliveryError(
            Fault(
                "authentication",
                f"the environment variable {variables} is not set",
                f"set {variables}, then `milepost resume`",
            )
        )
