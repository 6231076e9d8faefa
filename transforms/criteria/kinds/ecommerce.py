"""`ecommerce`: commerce events by action, with conditions on one product line or one promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.events.fields import COMMERCE_EVENT
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.names import NameForm
from transforms.criteria.events.selection import EventSource, NameCondition, of_type
from transforms.criteria.leaf import EventName
from transforms.criteria.reading import read_choice

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report
    from transforms.errors import Place

PRODUCT_ACTIONS = (
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
    "remove_from_wishlist",
)
ACTIONS = (*PRODUCT_ACTIONS, "promotion_view", "promotion_click", "impression")
#: One action under two spellings: the action's, and that of the event type derived from it.
_REMOVED_FROM_WISH_LIST = ("remove_from_wish_list", "remove_from_wishlist")


def action_named(action: str, place: Place) -> NameCondition:
    """The events of one action, under each of its spellings."""
    names = _REMOVED_FROM_WISH_LIST if action in _REMOVED_FROM_WISH_LIST else (action,)
    return NameCondition(tuple(EventName(name, place) for name in names))


def _read_action(node: Node, report: Report) -> NameCondition | None:
    action = read_choice(node, "action", ACTIONS, report)
    return None if action is None else action_named(action, node.place)


ECOMMERCE = EventForm(
    key="ecommerce",
    source=EventSource(COMMERCE_EVENT, of_type("commerce_event")),
    name=NameForm("action", _read_action, {"enum": list(ACTIONS)}),
    takes_lines=True,
    summary=(
        "Commerce events, by action: conditions on one product line, on one promotion, and on the event itself."
    ),
    examples=(
        "ecommerce: {action: purchase, count: {gte: 2}, within: 90 days}",
        "ecommerce: {action: purchase, product: {category: shoes, price: {gte: 50}}, ago: [60 days, 30 days]}",
        "ecommerce: {action: purchase, where: {total_amount: {gt: 100}, coupon_code: {exists: true}}}",
        "ecommerce: {action: purchase, where: {attribute.channel: store}, on: 2026-11-27}",
        "ecommerce: {action: purchase, sum: {attribute: total_amount, gte: 500}, after: 2026-01-01}",
        "ecommerce: {action: purchase, product: {brand: Acme}, sum: {product: quantity, gte: 5}}",
        "ecommerce: {action: purchase, average: {product: price, between: [10, 20]}}",
        "ecommerce: {action: refund, max: {attribute: total_amount, lt: 20}, before: 2026-07-01}",
        "ecommerce: {action: add_to_wishlist, distinct: {product: id, gte: 3}}",
        "ecommerce: {action: promotion_click, promotion: {name: {contains: sale}, position: top}}",
        "ecommerce: {action: impression, product: {variant: {not_exact: red}}, between_dates: [2026-05-01, 2026-05-31]}",
    ),
)
