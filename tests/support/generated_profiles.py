"""Criteria of what is known of a user, with operands that come near what a world has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.generated_places import Places
from tests.support.oracle.values import lower
from tests.support.world_values import PURPOSES, USER_ATTRIBUTES

if TYPE_CHECKING:
    from random import Random

    from tests.support.generated_facts import Facts
    from tests.support.generated_operators import Operators
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.profiles import Known

PROFILE_INSTANTS = ("first_seen", "last_seen", "first_active", "last_active")
PROFILE_KINDS = ("user", "identity", "consent", *PROFILE_INSTANTS, *Places.kinds)
#: Identity type → the kind of operators that suit its values.
IDENTITIES = {
    "email": "text",
    "customer_id": "text",
    "mobile_number": "number",
    "ios_idfv": "text",
    "push_token": "text",
    "ios_advertising_id": "text",
    "google": "mixed",
}


class Profiles:
    """Draws criteria of PROFILE_KINDS."""

    def __init__(self, random: Random, operators: Operators, facts: Facts, known: Known) -> None:
        self.random = random
        self.operators = operators
        self.facts = facts
        self.places = Places(random, operators, known.profiles.values())

    def criterion(self, kind: str, scope: Scope) -> dict[str, Any]:
        """A criterion of one kind, seldom of one workspace alone."""
        match kind:
            case "user":
                body = self._user()
            case "identity":
                body = self._identity()
            case "consent":
                body = self._consent()
            case _ if kind in PROFILE_INSTANTS:
                body = self.instants()
            case _:
                body = self.places.criterion(kind)
        if self.random.random() < 0.15:
            body["workspace"] = self.random.choice(scope.workspaces)
        return {kind: body}

    def _user(self) -> dict[str, Any]:
        name = self.random.choice(sorted(USER_ATTRIBUTES))
        written = self.random.choice([name, name.swapcase()])
        values = self.facts.user_values[lower(name)]
        return {"attribute": written, **self.operators.for_values(USER_ATTRIBUTES[name], values)}

    def _identity(self) -> dict[str, Any]:
        name = self.random.choice(sorted(IDENTITIES))
        if self.random.random() < 0.15:
            return {"type": name}
        values = self.facts.identity_values[name]
        return {"type": name, **self.operators.for_values(IDENTITIES[name], values)}

    def _consent(self) -> dict[str, Any]:
        regulation, purpose = self.random.choice(PURPOSES)
        state = self.random.choice(["granted", "denied", "not_present"])
        if regulation == "ccpa" and self.random.random() < 0.5:
            return {"regulation": "CCPA", "state": state}
        return {"regulation": regulation, "purpose": purpose, "state": state}

    def instants(self) -> dict[str, Any]:
        """One date operator, sometimes two."""
        found = self.operators.window(self.facts.instants)
        if self.random.random() < 0.15:
            found |= self.operators.window(self.facts.instants)
        return found
