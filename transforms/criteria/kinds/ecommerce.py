"""`ecommerce`: commerce events by action, with conditions on one product line or one promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.events.fields import COMMERCE_EVENT
from transforms.criteria.events.form import EventForm
from transforms.criteria.events.selection import EventSource, NameCondition, of_type
from transforms.criteria.leaf import EventName
from transforms.criteria.reading import read_choice

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

ACTIONS = (
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
    "promotion_view",
    "promotion_click",
    "impression",
)
#: One action under two spellings: the action's, and that of the event type derived from it.
_REMOVED_FROM_WISH_LIST = ("remove_from_wish_list", "remove_from_wishlist")


def _read_action(node: Node, report: Report) -> NameCondition | None:
    action = read_choice(node, "action", ACTIONS, report)
    if action is None:
        return None
    names = _REMOVED_FROM_WISH_LIST if action in _REMOVED_FROM_WISH_LIST else (action,)
    return NameCondition(tuple(EventName(name, node.place) for name in names))


ECOMMERCE = EventForm(
    key="ecommerce",
    source=EventSource(COMMERCE_EVENT, of_type("commerce_event")),
    name_key="action",
    read_name=_read_action,
    name_schema={"enum": list(ACTIONS)},
    takes_lines=True,
)
