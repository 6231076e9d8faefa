"""Texts, numbers and names of generated worlds: each has broken some engine or parser."""

from __future__ import annotations

TEXTS = (
    *(
        "drama",
        "Drama",
        "DRAMA",
        "comedy",
        "crime drama",
        "it's",
        '"quoted"',
        "100%",
        "a_b",
        "axb",
        "a*b",
        "a?b",
    ),
    *(
        "back\\slash",
        "{{ 1+1 }}",
        "{% raw %}",
        "{# no #}",
        "straße",
        "STRASSE",
        "İstanbul",
        "istanbul",
        "ΣΑΣ",
    ),
    *(
        "σας",
        "σασ",
        "caf\u00e9",
        "cafe\u0301",
        "CAFÉ",
        "🎧",
        "🎧🎧",
        " drama ",
        "",
        "null",
        "$1 {0} %s",
        "--x;'",
    ),
)
ODD_NUMBERS = (
    *("abc", "", " 8 ", "8.0", "8", "08", "1e3", "1E-3", "+.5", "5.", ".", "-0", "NaN", "Infinity", "0x10"),
    *(
        "1_000",
        "1,000",
        "٣",
        "9" * 29,
        "9" * 30,
        "-" + "9" * 29,
        "1e28",
        "1e29",
        "0.0000000005",
        "-0.0000000005",
    ),
    *("0.00000000049", "9" * 29 + ".9999999994", "9" * 29 + ".9999999996", "0e999", "1e999", "1e-999"),
    *("0" * 35 + "7", "7" + "." + "0" * 40 + "1", "2.5e+0", "e5", "8 8"),
)
JSON_NUMBERS = (
    8,
    8.0,
    7.5,
    -3,
    0,
    0.1,
    1e3,
    2.5e-07,
    12345678901234567890,
    -(2**63),
    10**28,
    3,
    60,
    61,
    59.999,
)
VERSIONS = (
    "2.10",
    "2.9",
    "2.10.0",
    "02.010",
    "3",
    "2.10.0.1",
    "2.x",
    "v2",
    "10.0",
    "2.",
    "0",
    "4294967296.1",
)
EVENT_NAMES = (
    "Play",
    "play",
    "Trial Started",
    "it's {{ 1+1 }}",
    "100%_off",
    "İndir",
    "Heartbeat",
    "View Item",
)
SCREENS = ("Home", "home", "Cart?", "{% set x %}", "Größe")
TYPES = ("media", "navigation", "other", "search")
ACTIONS = ("purchase", "add_to_cart", "remove_from_wish_list", "view_detail", "refund")
PURPOSES = (
    ("gdpr", "Marketing"),
    ("gdpr", "marketing"),
    ("gdpr", "analytics"),
    ("ccpa", "data_sale_opt_out"),
)

#: Name of an event attribute → the kind of its values.
EVENT_ATTRIBUTES = {
    "genre": "text",
    "Genre": "text",
    "seconds": "number",
    "price": "number",
    "flag": "boolean",
    "when": "date",
    "it's": "text",
    "{{ 1+1 }}": "text",
    "käse": "mixed",
    "version": "version",
    "total_amount": "number",
    'a.b"c': "mixed",
}
#: Name of a user attribute → the kind of its values. Names that differ in case are one attribute.
USER_ATTRIBUTES = {
    "plan": "text",
    "Plan": "text",
    "visits": "number",
    "since": "date",
    "sizes": "list",
    "SIZES": "list",
    "tag": "mixed",
    "{% x %}": "text",
    "ÄÖ": "mixed",
    "äö": "number",
    "ver": "version",
    "vip": "boolean",
    "$Age": "number",
    "İd": "text",
    "id": "text",
}
