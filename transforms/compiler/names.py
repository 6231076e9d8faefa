"""Names of common table expressions, in the words of the YAML."""

from __future__ import annotations

from transforms.criteria.plain_names import plain_name

#: Names that the compiler gives itself.
POPULATION = "population"
PROFILES = "profiles"
MEMBERS = "members"
ROWS = "rows_of_criterion"
_OWN = (POPULATION, PROFILES, MEMBERS)
_LONGEST = 60


class Names:
    """Gives each title a name of [a-z0-9_], at most 60 characters, once within a model.

    A name of one word could be one of the engine's own, so it gets the word `users`.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set(_OWN)

    def name(self, title: str) -> str:
        """A name for `title` that was not given before."""
        words = plain_name(title)
        if not words or words[0].isdigit():
            words = f"criterion_{words}".strip("_")
        if "_" not in words:
            words = f"{words}_users"
        name = words[:_LONGEST].rstrip("_")
        number = 1
        while name in self._taken:
            number += 1
            suffix = f"_{number}"
            name = words[: _LONGEST - len(suffix)].rstrip("_") + suffix
        self._taken.add(name)
        return name
