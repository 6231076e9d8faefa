"""The words that a simulated world uses, and tables to draw them from by popularity."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, TypeVar

Word = TypeVar("Word")

#: Custom event name, custom event type: the most popular first.
NAMED_EVENTS = (
    ("Play", "media"),
    ("Pause", "media"),
    ("Search", "search"),
    ("View Item", "navigation"),
    ("Add To Favorites", "user_preference"),
    ("Share", "social"),
    ("Play Completed", "media"),
    ("Notification Opened", "other"),
    ("Rate", "user_content"),
    ("Trial Started", "transaction"),
    ("Level Up", "other"),
    ("Store Located", "location"),
    ("Comment Written", "user_content"),
    ("Ürün Görüntülendi", "navigation"),
    ("検索", "search"),
    ("Größe gewählt", "user_preference"),
    ("Subscription Cancelled", "transaction"),
    ('Quote "Liked"', "social"),
    ("100% Watched", "media"),
    ("Invite_Sent", "social"),
)
CAMPAIGN_EVENTS = ("attribution", "re-engagement", "Campaign Seen")
SCREENS = (
    "Home",
    "Search",
    "Item",
    "Cart",
    "Checkout",
    "Profile",
    "Settings",
    "Aide & contact",
    "設定",
    "Help",
)
GENRES = ("drama", "comedy", "News", "sport", "kids", "Música", "документальные", "ROCK & ROLL")
PLANS = ("free", "free", "basic", "premium", "Premium", "family")
FIRST_NAMES = (
    "Ana",
    "Björn",
    "Chloé",
    "Đặng",
    "Eve",
    "Fatma",
    "İpek",
    "李",
    "Μαρία",
    "Ömer",
    "O'Neil",
    "Zoë",
)
IOS_MODELS = ("iPhone12,1", "iPhone13,2", "iPhone14,5", "iPhone15,3", "iPad13,4")
ANDROID_MODELS = (
    ("Samsung", "SM-G991B"),
    ("Google", "Pixel 7"),
    ("Xiaomi", "M2101K6G"),
    ("OnePlus", "LE2113"),
)
ATT_STATES = ("authorized", "authorized", "denied", "not_determined")
APP_VERSIONS = ("2.9", "2.10", "2.10.1", "2.11", "3.0", "3.0.1")
CURRENCIES = ("USD", "USD", "EUR", "GBP")
BRANDS = ("Acme", "Nordlys", "Café Lumière", "Öko", "Kestrel", "Umbrella")
CATEGORIES = ("shoes", "shirts", "Möbel", "toys", "books", "kitchen", "garden", "sale")
COUPONS = ("SAVE5", "WELCOME10", "SPRING")
PUBLISHERS = ("Northwind Ads", "Search & Find", "Friend Get Friend")

#: What a purchase, a look, a cart is in a hundred commerce events.
ACTIONS = {
    "view_detail": 34,
    "add_to_cart": 22,
    "click": 12,
    "purchase": 12,
    "checkout": 7,
    "remove_from_cart": 4,
    "add_to_wishlist": 4,
    "checkout_option": 2,
    "remove_from_wish_list": 2,
    "refund": 1,
}

#: 4,096 slots: twelve random bits choose one.
SLOTS = 4_096
SLOT_BITS = 12


@dataclass(frozen=True, slots=True)
class City:
    """A place with everything that a batch can say of it."""

    country_code: str
    region_code: str
    city_name: str
    postal_code: str
    dma_code: int | None
    latitude: float
    longitude: float


CITIES = (
    City("US", "NY", "New York", "10001", 501, 40.7128, -74.006),
    City("US", "CA", "Los Angeles", "90001", 803, 34.0522, -118.2437),
    City("US", "IL", "Chicago", "60601", 602, 41.8781, -87.6298),
    City("US", "TX", "Paris", "75460", 623, 33.6609, -95.5555),
    City("FR", "IDF", "Paris", "75001", None, 48.8566, 2.3522),
    City("DE", "BE", "Berlin", "10115", None, 52.52, 13.405),
    City("CH", "ZH", "Zürich", "8001", None, 47.3769, 8.5417),
    City("BR", "SP", "São Paulo", "01000-000", None, -23.5505, -46.6333),
    City("TR", "34", "İstanbul", "34000", None, 41.0082, 28.9784),
    City("JP", "13", "東京", "100-0001", None, 35.6762, 139.6503),
)


def by_weight(weights: dict[Word, float], slots: int = SLOTS) -> tuple[Word, ...]:
    """Each word as often as its weight says, at least once, in `slots` slots."""
    spare = slots - len(weights)
    total = sum(weights.values())
    counts = {word: 1 + int(spare * weight / total) for word, weight in weights.items()}
    table = tuple(chain.from_iterable(repeat(word, count) for word, count in counts.items()))
    # What rounding left goes to the most popular, which comes first.
    return (*repeat(table[0], slots - len(table)), *table)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is drawn from: tables of `SLOTS` slots, where the popular have many."""

    named_events: tuple[tuple[str, str], ...]
    screens: tuple[str, ...]
    actions: tuple[str, ...]
    products: tuple[dict[str, Any], ...]


def vocabulary(event_names: int, products: int = 2_000) -> Vocabulary:
    """Words for a world with so many custom event names: the second is half as popular as the first, and so on."""
    names = [
        NAMED_EVENTS[rank] if rank < len(NAMED_EVENTS) else (f"Event {rank + 1}", "other")
        for rank in range(event_names)
    ]
    return Vocabulary(
        named_events=by_weight({name: 1 / (rank + 1) for rank, name in enumerate(names)}),
        screens=by_weight({name: 1 / (rank + 1) for rank, name in enumerate(SCREENS)}),
        actions=by_weight(dict(ACTIONS)),
        products=by_weight_of_rank([_product(number) for number in range(products)]),
    )


def by_weight_of_rank(words: list[Word]) -> tuple[Word, ...]:
    """A table as of `by_weight` for words that are no keys: the weight is 1 / rank."""
    return tuple(words[rank] for rank in by_weight({rank: 1 / (rank + 1) for rank in range(len(words))}))


def _product(number: int) -> dict[str, Any]:
    return {
        "id": f"sku-{number:05d}",
        "name": f"{CATEGORIES[number % len(CATEGORIES)].title()} {number}",
        "brand": BRANDS[number % len(BRANDS)],
        "category": CATEGORIES[number % len(CATEGORIES)],
        "price": 1 + number % 80 + (0.99 if number % 3 else 0.5),
    }
