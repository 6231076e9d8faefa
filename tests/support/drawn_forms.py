"""Which forms of the language a criterion uses, so that tests can see that each is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.criteria.kinds.table import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The keys of a criterion from its kind inwards; a name of the user's own, of an attribute say, is `*`.
Form = tuple[str, ...]

LOGIC = ("all", "any", "none", "exclude")
_NAMED = ("where", "product", "promotion")
_AGGREGATES = ("sum", "average", "min", "max", "distinct")


def forms(criteria: dict[str, Any]) -> Iterator[Form]:
    """Every form in the criteria, as often as it is there."""
    for key, body in criteria.items():
        yield (key,)
        if key in LOGIC:
            for item in body:
                yield from forms(item)
        elif key == "sequence":
            for step in body:
                yield from _inside((key,), step)
        else:
            yield from _inside((key,), body)


def _inside(form: Form, body: Any) -> Iterator[Form]:
    if not isinstance(body, dict):
        return
    holds_names = form[-1] in _NAMED and (len(form) < 2 or form[-2] not in _AGGREGATES)
    for key, value in body.items():
        found = (*form, "*" if holds_names else key)
        yield found
        yield from _inside(found, value)


def forms_of_the_language() -> set[Form]:
    """Each kind with each of its keys, by the schema of the language."""
    found: set[Form] = set()
    for kind in KINDS:
        schema = kind.schema()
        shapes = schema.get("anyOf", [schema])
        keys = [key for shape in shapes for key in shape.get("properties", ())]
        found |= {(kind.key,), *((kind.key, key) for key in keys), *((key,) for key in kind.beside)}
    return found
