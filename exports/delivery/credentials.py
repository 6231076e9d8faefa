"""The variables of one connection's credentials, and what must therefore not be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exports.delivery.refresh_tokens import RefreshTokens
    from exports.delivery.secrets import Secrets
    from exports.partners.api import Variable


class Credentials:
    """Values of variables; `hidden` has each that was given out. `kept`: where refresh tokens are kept that a partner gives
    in the place of others; None: for this session alone.
    """

    def __init__(self, secrets: Secrets, kept: RefreshTokens | None = None) -> None:
        self._secrets = secrets
        self._kept = kept
        self._newer: dict[str, str] = {}
        self._seen: set[str] = set()

    def value(self, variable: Variable) -> str:
        """The value of a variable; an `authentication` fault where it is not set, or empty."""
        return self._remembered(self._secrets.needed(variable.suffix))

    def optional(self, variable: Variable) -> str | None:
        """The value of a variable, None where it is not set or empty."""
        value = self._secrets.optional(variable.suffix)
        return None if value is None else self._remembered(value)

    def refresh_token(self, variable: Variable) -> str | None:
        """The refresh token that holds now: that of the variable, or what the partner gave in its place; None where the
        variable is not set and need not be.
        """
        given = self.value(variable) if variable.is_needed else self.optional(variable)
        if given is None or variable.suffix in self._newer:
            return self._newer.get(variable.suffix)
        return (
            given if self._kept is None else self._remembered(self._kept.newest(self._name(variable), given))
        )

    def replace_refresh_token(self, variable: Variable, newer: str) -> None:
        """Use `newer` from now on, in later sessions too."""
        self._newer[variable.suffix] = self._remembered(newer)
        if self._kept is not None:
            self._kept.keep(self._name(variable), self.value(variable), newer)

    def hide(self, secret: str) -> None:
        """Let `hidden` have one more secret, which was made of the others."""
        self._seen.add(secret)

    @property
    def hidden(self) -> frozenset[str]:
        """What is not to be shown."""
        return frozenset(self._seen)

    def _name(self, variable: Variable) -> str:
        return f"{self._secrets.prefix}_{variable.suffix}"

    def _remembered(self, value: str) -> str:
        # A line break at the end comes from a file that the variable was read from.
        stripped = value.strip()
        self.hide(stripped)
        return stripped
