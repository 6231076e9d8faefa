"""The variables of one connection's credentials, and what must therefore not be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exports.delivery.secrets import Secrets
    from exports.partners.api import Variable


class Credentials:
    """Values of variables; `hidden` has each that was given out."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._seen: set[str] = set()

    def value(self, variable: Variable) -> str:
        """The value of a variable; an `authentication` fault where it is not set, or empty."""
        return self._remembered(self._secrets.needed(variable.suffix))

    def optional(self, variable: Variable) -> str | None:
        """The value of a variable, None where it is not set or empty."""
        value = self._secrets.optional(variable.suffix)
        return None if value is None else self._remembered(value)

    def hide(self, secret: str) -> None:
        """Let `hidden` have one more secret, which was made of the others."""
        self._seen.add(secret)

    @property
    def hidden(self) -> frozenset[str]:
        """What is not to be shown."""
        return frozenset(self._seen)

    def _remembered(self, value: str) -> str:
        # A line break at the end comes from a file that the variable was read from.
        stripped = value.strip()
        self.hide(stripped)
        return stripped
