"""What a user does: one builder for each event type of the Events API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.simulation.people import Person, uuid_text
from transforms.simulation.vocabulary import (
    CAMPAIGN_EVENTS,
    COUPONS,
    CURRENCIES,
    GENRES,
    PLANS,
    PUBLISHERS,
    SLOT_BITS,
    SLOTS,
    Vocabulary,
    by_weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Data = dict[str, Any]
    Build = Callable[[Random, Vocabulary, Person], Data]

_SLOT = SLOTS - 1


@dataclass(frozen=True, slots=True)
class EventKind:
    """An event type, how many of ten thousand events are of it, and what its `data` holds beside the common."""

    event_type: str
    weight: int
    build: Build


def custom_event(random: Random, words: Vocabulary, person: Person) -> Data:
    """A named event with attributes; numbers come as numbers or text, and some attributes are null."""
    bits = random.getrandbits(48)
    name, kind = words.named_events[bits & _SLOT]
    bits >>= SLOT_BITS
    seconds = (bits >> 3) & 1023
    attributes: Data = {
        "genre": GENRES[bits & 7],
        "seconds": seconds if bits & 1 << 13 else str(seconds),
        "position": bits >> 14 & 63,
    }
    match bits >> 20 & 15:
        case 0:
            attributes["source"] = None
        case 1 | 2:
            attributes["autoplay"] = bool(bits & 1 << 24)
        case 3:
            attributes["price"] = (bits >> 24 & 4095) / 100
        case _:
            pass
    return {"event_name": name, "custom_event_type": kind, "custom_attributes": attributes}


def campaign_event(random: Random, words: Vocabulary, person: Person) -> Data:
    """Attribution: what brought the user here."""
    bits = random.getrandbits(16)
    return {
        "event_name": CAMPAIGN_EVENTS[bits % len(CAMPAIGN_EVENTS)],
        "custom_event_type": "attribution",
        "custom_attributes": {
            "publisher": PUBLISHERS[(bits >> 2) % len(PUBLISHERS)],
            "campaign": f"campaign {bits >> 8 & 15}",
        },
    }


def screen_view(random: Random, words: Vocabulary, person: Person) -> Data:
    """A screen, by its name."""
    return {
        "screen_name": words.screens[random.getrandbits(SLOT_BITS)],
        "custom_attributes": {"orientation": "portrait"},
    }


def commerce_event(random: Random, words: Vocabulary, person: Person) -> Data:
    """A product action with its lines, a promotion, or what was shown."""
    bits = random.getrandbits(40)
    match bits & 15:
        case 0:
            return {
                "promotion_action": {
                    "action": "click" if bits & 16 else "view",
                    "promotions": [
                        {
                            "id": f"promo-{bits >> 8 & 31}",
                            "name": "Spring sale",
                            "creative": "banner",
                            "position": "top",
                        }
                    ],
                }
            }
        case 1:
            shown = [words.products[random.getrandbits(SLOT_BITS)] for _ in range(1 + (bits >> 4 & 3))]
            return {
                "product_impressions": [{"product_impression_list": "Suggested for you", "products": shown}],
                "currency_code": "USD",
            }
        case _:
            return _product_action(random, words, bits >> 4)


def _product_action(random: Random, words: Vocabulary, bits: int) -> Data:
    action = words.actions[bits & _SLOT]
    bits >>= SLOT_BITS
    lines = 1 + (bits & 3) if action in ("purchase", "checkout", "refund") else 1
    products = []
    total = 0.0
    for _ in range(lines):
        drawn = random.getrandbits(SLOT_BITS + 2)
        product = words.products[drawn & _SLOT]
        quantity = 1 + (drawn >> SLOT_BITS)
        products.append({**product, "quantity": quantity})
        total += product["price"] * quantity
    details: Data = {"action": action, "products": products}
    if action in ("purchase", "refund"):
        details["transaction_id"] = f"T{random.getrandbits(40):010x}"
        details["total_amount"] = round(total, 2)
        details["tax_amount"] = round(total * 0.08, 2)
        if bits & 28 == 0:
            details["coupon_code"] = COUPONS[(bits >> 5) % len(COUPONS)]
    return {"product_action": details, "currency_code": CURRENCIES[bits >> 8 & 3]}


def application_state_transition(random: Random, words: Vocabulary, person: Person) -> Data:
    """The application came up, went down, was installed or upgraded."""
    bits = random.getrandbits(8)
    if bits & 3:
        return {
            "application_transition_type": "application_background" if bits & 1 else "application_foreground"
        }
    return {
        "application_transition_type": "application_initialized",
        "is_first_run": bits >> 2 & 15 == 0,
        "is_upgrade": bits >> 2 & 15 == 1,
    }


def push_message(random: Random, words: Vocabulary, person: Person) -> Data:
    """A message that was sent to the device or opened."""
    return {
        "push_message_type": "received" if random.getrandbits(2) else "action",
        "push_message_token": f"fcm:{person.facts:016x}",
        "push_notification_payload": "{}",
        "network": "gcm",
        "application_state": "background",
    }


def push_registration(random: Random, words: Vocabulary, person: Person) -> Data:
    """The device allows or refuses messages."""
    return {"register": random.getrandbits(3) > 0, "registration_token": f"fcm:{person.facts:016x}"}


def network_performance(random: Random, words: Vocabulary, person: Person) -> Data:
    """How long a request took."""
    return {
        "url": "https://api.example.com/v1/items?page=2",
        "http_verb": "GET",
        "response_code": 200 if random.getrandbits(4) else 503,
        "time_elapsed": random.getrandbits(10),
        "bytes_in": random.getrandbits(16),
        "bytes_out": 312,
    }


def breadcrumb(random: Random, words: Vocabulary, person: Person) -> Data:
    """A note for the next crash report."""
    return {"label": f"step {random.getrandbits(4)}", "session_number": 1}


def crash_report(random: Random, words: Vocabulary, person: Person) -> Data:
    """The application died."""
    return {
        "class_name": "java.lang.IllegalStateException",
        "severity": "fatal",
        "message": "Cursor: «null»",
        "stack_trace": "at com.example.Player.play(Player.java:42)\n\tat com.example.Main.run(Main.java:7)",
        "exception_handled": bool(random.getrandbits(1)),
    }


def opt_out(random: Random, words: Vocabulary, person: Person) -> Data:
    """The user wants no more tracking, or does again."""
    return {"is_opted_out": bool(random.getrandbits(1))}


def profile(random: Random, words: Vocabulary, person: Person) -> Data:
    """A profile signed up, or in."""
    return {"previous_mpid": 0, "current_mpid": person.mpid, "profile_event_type": "login"}


def user_attribute_change(random: Random, words: Vocabulary, person: Person) -> Data:
    """An attribute got a value, another one, or was removed."""
    bits = random.getrandbits(8)
    removed = bits & 7 == 0
    return {
        "user_attribute_name": "plan" if bits & 8 else "theme",
        "new": None if removed else PLANS[(bits >> 4) % len(PLANS)],
        "old": "free",
        "deleted": removed,
        "is_new_attribute": False,
    }


def user_identity_change(random: Random, words: Vocabulary, person: Person) -> Data:
    """The user's number is another one now."""
    number = random.getrandbits(12)
    return {
        "new": {"identity_type": "mobile_number", "identity": f"+1415556{number:04d}"},
        "old": {"identity_type": "mobile_number", "identity": f"+1415555{person.number % 10_000:04d}"},
    }


def push_reaction(random: Random, words: Vocabulary, person: Person) -> Data:
    """A message was answered."""
    return {"push_message_id": uuid_text(random.getrandbits(64))}


def nothing_more(random: Random, words: Vocabulary, person: Person) -> Data:
    """Types whose `data` holds the common fields alone."""
    return {}


#: Sessions begin and end with their batch (batches.py); all else is drawn from here.
EVENT_KINDS = (
    EventKind("custom_event", 5_600, custom_event),
    EventKind("custom_event", 60, campaign_event),
    EventKind("screen_view", 2_000, screen_view),
    EventKind("commerce_event", 1_500, commerce_event),
    EventKind("application_state_transition", 300, application_state_transition),
    EventKind("push_message", 150, push_message),
    EventKind("network_performance", 120, network_performance),
    EventKind("breadcrumb", 80, breadcrumb),
    EventKind("user_attribute_change", 60, user_attribute_change),
    EventKind("push_registration", 30, push_registration),
    EventKind("crash_report", 20, crash_report),
    EventKind("user_identity_change", 20, user_identity_change),
    EventKind("first_run", 20, nothing_more),
    EventKind("profile", 10, profile),
    EventKind("opt_out", 8, opt_out),
    EventKind("push_reaction", 8, push_reaction),
    EventKind("uninstall", 8, nothing_more),
    EventKind("pre_attribution", 6, nothing_more),
)

#: `EVENT_KINDS` in `SLOTS` slots by weight.
DRAWN_KINDS = by_weight({kind: kind.weight for kind in EVENT_KINDS})
