"""Words and forms that the definition files share."""

from __future__ import annotations

from transforms.documents.readers import Reader, text

#: Ids of audiences, journeys and milestones (spec §3). `__` parts a journey from its milestone.
ID_PATTERN = r"^(?!.*__)[a-z][a-z0-9_]{0,62}$"

#: The id of an audience or of a milestone, `<journey>__<milestone>`.
AUDIENCE_ID_PATTERN = r"^(?!.*__.*__)[a-z][a-z0-9_]{0,127}$"

#: Names of workspaces and inputs are folder names too, so: one case, no dots, nothing hidden.
_NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"

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
)

#: Fields of a commerce event that a row can fill.
COMMERCE_FIELDS = (
    "total_amount",
    "tax_amount",
    "shipping_amount",
    "currency_code",
    "transaction_id",
    "coupon_code",
    "affiliation",
    "screen_name",
)

#: Fields of a product line that a row can fill.
PRODUCT_FIELDS = (
    "id",
    "name",
    "brand",
    "category",
    "variant",
    "position",
    "price",
    "quantity",
    "coupon_code",
    "total_product_amount",
)

EVENT_TIERS = ("personalize", "preserve", "connect")
ACCESS_LEVELS = ("private", "view", "usable")

#: The account of the project itself (spec §10).
OWN_ACCOUNT = "own"

#: What a connection's status and an audience's status can be.
CONNECTION_STATUSES = ("active", "inactive")
CONNECTION_MODES = ("full", "delta", "additive")


def identifier(what: str = "an id") -> Reader[str]:
    """An id of spec §3."""
    return text(
        pattern=ID_PATTERN,
        expected=what,
        hint="lower-case letters, digits and single `_`, a letter first, at most 63 characters",
    )


def folder_name(what: str) -> Reader[str]:
    """The name of a workspace or of an input."""
    return text(
        pattern=_NAME_PATTERN,
        expected=what,
        hint="lower-case letters, digits, `_` and `-`, at most 63 characters",
    )


def region() -> Reader[str]:
    """A country as two capital letters, ISO 3166."""
    return text(
        pattern=r"^[A-Z]{2}$", expected="a country code such as `DE`", hint="two capital letters, ISO 3166"
    )


def title_of(identifier_text: str) -> str:
    """A title made of an id: `lapsed_buyers` is `Lapsed buyers`."""
    words = identifier_text.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
