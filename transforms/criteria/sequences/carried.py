"""What a chain must remember of its earlier events, so that later steps can be compared with them (`same_as`)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.criteria.events.fields import PRODUCT, FieldCondition

if TYPE_CHECKING:
    from transforms.criteria.events.fields import Record
    from transforms.criteria.sequences.steps import Steps

_LONGEST = 40


@dataclass(frozen=True)
class Carried:
    """A field of the event of step `step`, in lower case, that steps up to `last_use` are compared with.

    Of product lines it is the list of the values of all lines that match, else one text or null.
    """

    column: str
    step: int
    record: Record
    name: str
    last_use: int

    @property
    def is_of_product(self) -> bool:
        """Whether it is a list of the values of product lines."""
        return self.record is PRODUCT


@dataclass(frozen=True)
class Compared:
    """A condition with `same_as`: the column of the step's own value, and what it must be equal to."""

    column: str
    condition: FieldCondition
    earlier: Carried

    @property
    def is_of_product(self) -> bool:
        """Whether it goes over product lines."""
        return self.earlier.is_of_product


class Memory:
    """What is carried from step to step, and compared in each, with the names of the columns."""

    def __init__(self, steps: Steps) -> None:
        self._carried: dict[tuple[int, bool, str], Carried] = {}
        self._compared: dict[int, list[Compared]] = {}
        names = _ColumnNames()
        own_names: defaultdict[int, _ColumnNames] = defaultdict(_ColumnNames)
        last_uses = {_key(condition): number for number, condition in steps.comparisons}
        for number, condition in steps.comparisons:
            key = step, of_product, name = _key(condition)
            if key not in self._carried:
                record = PRODUCT if of_product else steps.all[step - 1].selection.source.record
                column = names.name(f"step_{step}", of_product, name)
                self._carried[key] = Carried(column, step, record, name, last_uses[key])
            own = own_names[number].name("this", of_product, name)
            compared = Compared(own, condition, self._carried[key])
            self._compared.setdefault(number, []).append(compared)

    def compared(self, step: int) -> tuple[Compared, ...]:
        """The comparisons of a step with earlier ones."""
        return tuple(self._compared.get(step, ()))

    def begun(self, step: int) -> tuple[Carried, ...]:
        """What is remembered of the step's own event."""
        return tuple(each for each in self._carried.values() if each.step == step)

    def carried(self, step: int) -> tuple[Carried, ...]:
        """What a chain up to and with the step remembers, since later steps need it."""
        return tuple(each for each in self._carried.values() if each.step <= step < each.last_use)


def _key(condition: FieldCondition) -> tuple[int, bool, str]:
    step = 0 if condition.same_as is None else condition.same_as.step
    return step, condition.record is PRODUCT, condition.name


class _ColumnNames:
    """Names of [a-z0-9_] in the words of the YAML, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def name(self, prefix: str, of_product: bool, field: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "_", field.lower()).strip("_")[:_LONGEST].strip("_")
        base = "_".join(part for part in (prefix, "product" if of_product else "", plain) if part)
        name, number = base, 1
        while name in self._given:
            number += 1
            name = f"{base}_{number}"
        self._given.add(name)
        return name
