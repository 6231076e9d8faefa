"""A product, brand or category is named that no commerce event has ever had.

The condition holds for no product line, so that the criterion holds for nobody, and as an exclusion spares nobody.
It may as well be a product that is not sold yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule, never_seen
from transforms.seen_names import seen_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.criteria.compared import ComparedValue
    from transforms.definitions.rules.whole import Whole
    from transforms.seen_names import Topic

#: The fields of a product line that name something, the topic of the names that were seen, and what to call them.
_FIELDS: dict[str, tuple[Topic, str]] = {
    "name": ("products", "the product"),
    "brand": ("brands", "the brand"),
    "category": ("categories", "the category"),
}


def _check(whole: Whole) -> Iterator[Finding]:
    if whole.seen is None:
        return
    names = {
        field: {name.lower(): name for name in whole.seen.under(topic)}
        for field, (topic, _) in _FIELDS.items()
        if whole.seen.knows(topic)
    }
    for _, value in whole.compared:
        if value.source == "product" and not value.is_custom and value.name in names:
            yield from _of_value(value, names[value.name])


def _of_value(value: ComparedValue, seen: dict[str, str]) -> Iterator[Finding]:
    for comparison in value.comparisons:
        named = comparison.operand
        match comparison.operator.name:
            case "exact":
                texts: tuple[str, ...] = (named,)
            case "in":
                texts = named
            case _:
                continue
        for text in texts:
            if text.lower() not in seen:
                yield from never_seen(_FIELDS[value.name][1], text, comparison.place, seen.values())


def _shoes(category: str) -> str:
    return (
        "audience: shoes\n"
        f"criteria: {{ecommerce: {{action: purchase, product: {{category: {{exact: {category}}}}}}}}}\n"
    )


SEEN_PRODUCTS = Rule(
    code="DEF-110",
    severity="warning",
    teaching=__doc__,
    fix="leave it as it is where the product is not sold yet",
    check=_check,
    example={"audiences/shoes.yml": _shoes("shoos")},
    fixed={"audiences/shoes.yml": _shoes("shoes")},
    seen=seen_names({"categories": [(("Shoes",), ()), (("Hats",), ())]}),
)
