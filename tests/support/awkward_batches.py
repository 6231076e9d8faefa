"""Batches that are nearly plain: good ones of the simulator with one thing or another changed in each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

#: Values that a field may have instead of its own: every type of JSON, and texts that look like another.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 7.5, 8.0, 0.0001, 1e-05, 1e16, -0.0, 2**63, -(2**63), 2**64, 10**30),
    *(
        "",
        " ",
        "0",
        "-7",
        "007",
        "1.5",
        "true",
        "False",
        "null",
        "{}",
        "[1]",
        '{"a":1}',
        "O'Neil",
        '"',
        "\\",
        "é",
        "設定",
    ),
    *(
        "\n",
        "\u0001",
        "\u0000",
        "\u2028",
        "\x7f",
        "İ",
        "K",
        "{{ 1 }}",
        "1e5",
        "purchase",
        "view",
        "1",
        "Attribution",
    ),
    *([], {}, [None], [1, "a", 2.50], {"a": None}, {"b": 1, "a": [{}]}, [{"id": 1}], [[]], [{}]),
    *(1_514_808_000_000, "1514808000000", 1_514_808_000, "1514808000.5", 99_999_999_999, 100_000_000_000),
    *(7_258_118_399_999, 7_258_118_400_000, 7_258_118_399, 10**17, "1" * 19),
)
#: Names that are put in, besides those that a batch has.
NAMES = (
    *(
        "event_id",
        "source_message_id",
        "session_id",
        "session_uuid",
        "event_name",
        "screen_name",
        "name",
        "location",
    ),
    *(
        "custom_attributes",
        "attributes",
        "product_action",
        "promotion_action",
        "product_impressions",
        "sku",
        "id",
    ),
    *(
        "total_amount",
        "total_product_amount",
        "is_first_run",
        "session_duration_ms",
        "custom_event_type",
        "extra",
    ),
    *(
        "currency_code",
        "timestamp_unixtime_ms",
        "new",
        "old",
        "deleted",
        "user_attribute_name",
        "is_opted_out",
    ),
    *(
        "mpid",
        "events",
        "ip",
        "environment",
        "firehose_version",
        "context",
        "batch_context",
        "attribution_info",
    ),
    *(
        "Publisher",
        "publisher",
        "campaign",
        "consented",
        "IDFA",
        "ios_idfv",
        "DeviceApplicationStamp",
        "is_tablet",
    ),
    *(
        "mp_deviceid",
        "platform",
        "os",
        "brand",
        "device",
        "is_upgrade",
        "identity_type",
        "identity",
        "type",
        "é",
        "",
    ),
    *(
        "deleted_user_attributes",
        "user_attributes",
        "user_identities",
        "device_info",
        "consent_state",
        "encoding",
    ),
)


def awkward_line(random: Random, line: bytes) -> bytes:
    """A line of JSON that is like `line` but for some of its fields, or for its spelling."""
    body = json.loads(line)
    for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
        _change(random, body)
    text = _spelled(random, body)
    return text.encode("utf-8", "surrogatepass") + random.choice([b"\n"] * 8 + [b"\r\n", b" \n", b"\n\n"])


def _containers(value: Any) -> list[Any]:
    found: list[Any] = []
    if isinstance(value, dict | list):
        found.append(value)
        for item in value.values() if isinstance(value, dict) else value:
            found.extend(_containers(item))
    return found


def _change(random: Random, body: dict[str, Any]) -> None:
    containers = _containers(body)
    place = random.choice([body, *containers])
    value = random.choice(VALUES)
    if random.random() < 0.2:
        value = random.choice(containers[-8:])
        value = json.loads(json.dumps(value))
    if isinstance(place, list):
        if place and random.random() < 0.7:
            place[random.randrange(len(place))] = value
        else:
            place.append(value)
        return
    names = list(place)
    match random.random():
        case chance if chance < 0.2 and names:
            del place[random.choice(names)]
        case chance if chance < 0.65 and names:
            place[random.choice(names)] = value
        case _:
            place[random.choice(NAMES)] = value


def _spelled(random: Random, body: dict[str, Any]) -> str:
    match random.randrange(8):
        case 0:
            return json.dumps(body)
        case 1:
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            # A name that stands twice in one object: the later counts.
            place = random.choice([index for index, sign in enumerate(text) if sign == "{"])
            name, value = json.dumps(random.choice(NAMES)), json.dumps(random.choice(VALUES))
            rest = text[place + 1 :]
            return text[: place + 1] + f"{name}:{value}" + ("" if rest.startswith("}") else ",") + rest
        case 2:
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            return text.replace(":7", random.choice([":7.0", ":-0", ":7E5", ":1.50", ":0.1e1"]), 1)
        case _:
            return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def each_change(body: dict[str, Any]) -> Iterator[bytes]:
    """Lines that are `body` with one field of it, at any depth, replaced by each of VALUES, or taken out."""
    text = json.dumps(body)
    for number in range(len(_containers(body))):
        place = _containers(body)[number]
        for key in list(place) if isinstance(place, dict) else range(len(place)):
            for value in (*VALUES, _ABSENT):
                changed = json.loads(text)
                target = _containers(changed)[number]
                if value is _ABSENT:
                    del target[key]
                else:
                    target[key] = value
                yield _compact(changed)


def each_addition(body: dict[str, Any]) -> Iterator[bytes]:
    """Lines that are `body` with each of NAMES, where it is not there yet, put into each of its objects."""
    text = json.dumps(body)
    for number, place in enumerate(_containers(body)):
        for name in NAMES if isinstance(place, dict) else ():
            for value in (None, "x", 7, True, {"id": "x"}, [{"id": "x"}]) if name not in place else ():
                changed = json.loads(text)
                _containers(changed)[number][name] = value
                yield _compact(changed)


_ABSENT = object()


def _compact(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
