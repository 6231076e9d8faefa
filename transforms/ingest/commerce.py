"""What makes an event a commerce event: its action, amounts, products and promotions (reference §1.4, §1.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from transforms.ingest.values import filled, to_text

#: Numbers and spellings of older senders → the action.
PRODUCT_ACTIONS = {
    **{
        str(number): action
        for number, action in enumerate(
            (
                "add_to_cart",
                "remove_from_cart",
                "checkout",
                "checkout_option",
                "click",
                "view_detail",
                "purchase",
                "refund",
                "add_to_wishlist",
                "remove_from_wish_list",
            ),
            start=1,
        )
    },
    "remove_from_wishlist": "remove_from_wish_list",
}
PROMOTION_ACTIONS = {
    "view": "promotion_view",
    "1": "promotion_view",
    "click": "promotion_click",
    "2": "promotion_click",
}
DERIVED_TYPES = frozenset({*PRODUCT_ACTIONS.values(), "promotion_view", "promotion_click", "impression"})
ACTION_FIELDS = (
    "transaction_id",
    "affiliation",
    "total_amount",
    "tax_amount",
    "shipping_amount",
    "coupon_code",
)
#: Column of a product line → names under which senders give it, the first that is there counts.
PRODUCT_FIELDS = {
    "id": ("id", "sku"),
    "name": ("name",),
    "brand": ("brand",),
    "category": ("category",),
    "variant": ("variant",),
    "position": ("position",),
    "price": ("price",),
    "quantity": ("quantity",),
    "coupon_code": ("coupon_code",),
    "total_product_amount": ("total_product_amount", "total_amount"),
}
PROMOTION_FIELDS = {
    "id": ("id", "sku"),
    "name": ("name",),
    "creative": ("creative",),
    "position": ("position",),
}
ATTRIBUTES = ("custom_attributes", "attributes")
_Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class CommerceFields:
    """`read` are the fields of `data` that were read, `left` what of them no column holds."""

    action: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    left: dict[str, Any] = field(default_factory=dict)


def product_action(text: str) -> str:
    """The action by its name in the Events API, otherwise as sent."""
    folded = text.strip().lower()
    named = PRODUCT_ACTIONS.get(folded, folded)
    return named if named in DERIVED_TYPES else text


def read_commerce(data: dict[str, Any]) -> CommerceFields:
    """The commerce columns of an event: of its product action, else promotion action, else impressions."""
    columns: dict[str, Any] = {}
    left: dict[str, Any] = {}
    read: set[str] = set()
    action: str | None = None
    products: list[Any] = []
    promotions: list[Any] = []

    sold = data.get("product_action")
    if isinstance(sold, dict):
        read.add("product_action")
        name = filled(sold.get("action"))
        action = None if name is None or name == "0" else product_action(name)
        columns.update({column: _text(sold.get(column)) for column in ACTION_FIELDS})
        rest = {
            key: value
            for key, value in sold.items()
            if key not in ("action", "products") and not (key in columns and _is_scalar(value))
        }
        _lines(sold.get("products"), PRODUCT_FIELDS, products, rest, "products")
        _keep(left, "product_action", rest)

    promoted = data.get("promotion_action")
    if isinstance(promoted, dict):
        read.add("promotion_action")
        name = filled(promoted.get("action"))
        if action is None and name is not None:
            action = PROMOTION_ACTIONS.get(name.strip().lower(), name)
        rest = {key: value for key, value in promoted.items() if key not in ("action", "promotions")}
        _lines(promoted.get("promotions"), PROMOTION_FIELDS, promotions, rest, "promotions")
        _keep(left, "promotion_action", rest)

    shown = data.get("product_impressions")
    if isinstance(shown, list) and all(isinstance(item, dict) for item in shown):
        read.add("product_impressions")
        if action is None and shown:
            action = "impression"
        rests = []
        for item in shown:
            rest = {key: value for key, value in item.items() if key != "products"}
            _lines(item.get("products"), PRODUCT_FIELDS, products, rest, "products")
            rests.append(rest)
        if any(rests):
            left["product_impressions"] = rests

    if action is None:
        derived = product_action(filled(data.get("custom_event_type")) or "")
        action = derived if derived in DERIVED_TYPES else None
    if products:
        columns["products"] = products
    if promotions:
        columns["promotions"] = promotions
    return CommerceFields(action, columns, frozenset(read), left)


def _lines(items: Any, names: _Names, lines: list[Any], rest: dict[str, Any], key: str) -> None:
    """Add the product lines or promotions of `items` to `lines`, and what no column holds to `rest`."""
    if items is None:
        return
    if not isinstance(items, list):
        rest[key] = items
        return
    rests = []
    for item in items:
        if not isinstance(item, dict):
            rests.append(item)
            continue
        line, over = _line(item, names)
        lines.append(line)
        rests.append(over)
    if any(rests):
        rest[key] = rests


def _line(item: dict[str, Any], names: _Names) -> tuple[dict[str, Any], dict[str, Any]]:
    line: dict[str, Any] = {}
    read: set[str] = set()
    for column, spellings in names.items():
        for spelling in spellings:
            if spelling in item and _is_scalar(item[spelling]):
                read.add(spelling)
                line[column] = to_text(item[spelling])
                break
    for spelling in ATTRIBUTES:
        attributes = item.get(spelling)
        if isinstance(attributes, dict):
            read.add(spelling)
            line["attributes"] = {name: to_text(value) for name, value in attributes.items()}
            break
        if spelling in item and attributes is None:
            read.add(spelling)
    return line, {key: value for key, value in item.items() if key not in read}


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _text(value: Any) -> str | None:
    return to_text(value) if _is_scalar(value) else None


def _keep(left: dict[str, Any], key: str, rest: dict[str, Any]) -> None:
    if rest:
        left[key] = rest
