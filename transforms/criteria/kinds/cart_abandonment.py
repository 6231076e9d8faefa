"""`cart_abandonment`: a cart was filled, some time passed, and nothing came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.durations import duration_schema, read_duration
from transforms.criteria.events.fields import (
    COMMERCE_EVENT,
    DEVICE,
    PRODUCT,
    condition_schema,
    conditions_schema,
    read_conditions_at,
    read_device_conditions,
)
from transforms.criteria.events.selection import EventSelection
from transforms.criteria.events.windows import Window
from transforms.criteria.kinds.ecommerce import ECOMMERCE, PRODUCT_ACTIONS, action_named
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import Leaf, Narrowing
from transforms.criteria.narrowing import narrowing_schemas, read_input, read_workspace
from transforms.criteria.reading import has_unknown, read_choice, read_mapping

if TYPE_CHECKING:
    from transforms.criteria.compared import ComparedValue
    from transforms.criteria.scope import Scope
    from transforms.documents.durations import Duration
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEY = "cart_abandonment"
_FILLS = "add_to_cart"
_BUYS = "purchase"
#: A cart that is filled again is no older cart that was followed up: the newest one is looked at.
_FOLLOW_UPS = tuple(action for action in PRODUCT_ACTIONS if action != _FILLS)
_WHOLE_LOOKBACK = Window(None)


@dataclass(frozen=True)
class CartAbandonment(Leaf):
    """Users whose latest add_to_cart is old enough and was not followed up.

    Of the chosen `fills` in the lookback a user's latest is at or before as_of − `wait`, and none of `follow_ups`
    came at or after it. Conditions on the product, the event and the device are those of the add_to_cart: the
    follow-up may be of any product. `workspace` and `input` narrow both.
    """

    wait: Duration
    fills: EventSelection
    follow_ups: EventSelection

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        filled, followed = exp.column(_FILLS, table="carts"), exp.column("follow_up", table="follow_ups")
        has_waited = exp.LTE(this=filled, expression=sql.ago(self.wait))
        is_open = exp.or_(
            exp.Is(this=followed, expression=exp.null()),
            exp.LT(this=followed.copy(), expression=filled.copy()),
            copy=False,
        )
        return sql.where(self._carts(scope, exp.column("mpid")), (has_waited, is_open))

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf: the user's latest `add_to_cart`, and the latest `follow_up`, null where there is none."""
        return self._carts(
            scope,
            exp.column("mpid"),
            exp.column(_FILLS, table="carts"),
            exp.column("follow_up", table="follow_ups"),
        )

    def title(self) -> str:
        """See Leaf."""
        return f"cart abandoned {self.wait.text} ago without {self.follow_ups.words()}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        return (
            f"{_KEY}: the latest {_FILLS} is at least {self.wait.text} old, no {self.follow_ups.words()} since",
            *self.fills.condition_lines(),
            _WHOLE_LOOKBACK.words(scope.lookback),
        )

    @property
    def selections(self) -> tuple[EventSelection, ...]:
        """See Leaf."""
        return (self.fills, self.follow_ups)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        return self.fills.compared

    @property
    def inputs(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return self.fills.inputs

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return self.fills.workspaces

    @property
    def looks_back(self) -> bool:
        """See Leaf."""
        return True

    @property
    def relies_on_lookback(self) -> bool:
        """See Leaf."""
        return True

    def reaches_past(self, lookback: Duration) -> bool:
        """See Leaf. A wait longer than the lookback asks for a cart that is never seen."""
        return lookback.microseconds < self.wait.microseconds

    def _carts(self, scope: Scope, *columns: exp.Expr) -> exp.Select:
        """One row for each user with a chosen add_to_cart."""
        carts = _latest(self.fills, scope, _FILLS).subquery("carts", copy=False)
        follow_ups = _latest(self.follow_ups, scope, "follow_up").subquery("follow_ups", copy=False)
        rows = exp.select(*columns, copy=False).from_(carts, copy=False)
        return rows.join(follow_ups, using=["mpid"], join_type="left", copy=False)


def _latest(selection: EventSelection, scope: Scope, name: str) -> exp.Select:
    latest = exp.alias_(exp.Max(this=exp.column("event_at")), name, copy=False)
    rows = selection.rows(scope, [latest], _WHOLE_LOOKBACK.conditions(scope.lookback))
    return rows.group_by("mpid", copy=False)


def _read(node: Node, report: Report) -> CartAbandonment | None:
    keys = ("wait", "follow_up", "product", "where", *DEVICE.fields, "input", "workspace")
    mapping = read_mapping(node, f"`{_KEY}`", keys, report)
    if mapping is None:
        return None
    wait = mapping.get("wait")
    if wait is None and not has_unknown(mapping, keys):
        report.add(
            "CRT-004",
            f"`wait` of `{_KEY}` is missing",
            mapping,
            hint="how long ago the cart was filled at least, for example `wait: 2 hours`",
        )
    length = None if wait is None else read_duration(wait, report)
    written = mapping.get("follow_up")
    follow_up = _BUYS if written is None else read_choice(written, "follow_up", _FOLLOW_UPS, report)
    fills = EventSelection(
        key=_KEY,
        source=ECOMMERCE.source,
        name=action_named(_FILLS, mapping.place),
        event=(
            *read_conditions_at(mapping, "where", COMMERCE_EVENT, report),
            *read_device_conditions(mapping, report),
        ),
        product=read_conditions_at(mapping, "product", PRODUCT, report),
        promotion=(),
        input=read_input(mapping, report),
        workspace=read_workspace(mapping, report),
    )
    if length is None or follow_up is None:
        return None
    name = action_named(follow_up, mapping.place)
    return CartAbandonment(mapping.place, length, fills, replace(fills, name=name, event=(), product=()))


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "wait": duration_schema(),
            "follow_up": {"enum": list(_FOLLOW_UPS)},
            "product": conditions_schema(),
            "where": conditions_schema(),
            **dict.fromkeys(DEVICE.fields, condition_schema()),
            **narrowing_schemas(("input", "workspace")),
        },
        "additionalProperties": False,
        "required": ["wait"],
    }


CART_ABANDONMENT = Kind(
    key=_KEY,
    read=_read,
    schema=_schema,
    summary=(
        "Users whose latest add_to_cart in the lookback is at least `wait` old and was not followed by a purchase,"
        " or by another `follow_up`, of whichever product."
    ),
    examples=(
        "cart_abandonment: {wait: 2 hours}",
        "cart_abandonment: {wait: 1 day, follow_up: checkout, product: {category: shoes, price: {gte: 50}}}",
        "cart_abandonment: {wait: 30 minutes, where: {currency_code: EUR}, platform: web, input: shop/web}",
    ),
)
