"""Arrow schemas and column names that stages share. A change here is a change of contract.

Every instant is a timestamp in microseconds without a zone and means UTC. An input is written
`workspace/input`. Text is kept exactly as it was sent (spec §2.2.6).
"""

from __future__ import annotations

import pyarrow as pa

INSTANT = pa.timestamp("us")
TEXT_MAP = pa.map_(pa.string(), pa.string())

PRODUCT = pa.struct(
    [
        pa.field("id", pa.string()),
        pa.field("name", pa.string()),
        pa.field("brand", pa.string()),
        pa.field("category", pa.string()),
        pa.field("variant", pa.string()),
        pa.field("position", pa.string()),
        pa.field("price", pa.string()),
        pa.field("quantity", pa.string()),
        pa.field("coupon_code", pa.string()),
        pa.field("total_product_amount", pa.string()),
        pa.field("attributes", TEXT_MAP),
    ]
)

PROMOTION = pa.struct(
    [
        pa.field("id", pa.string()),
        pa.field("name", pa.string()),
        pa.field("creative", pa.string()),
        pa.field("position", pa.string()),
        pa.field("attributes", TEXT_MAP),
    ]
)

#: `lake/events/day=YYYY-MM-DD/part-*.parquet`: one row an event, sorted by
#: (event_type, event_name, mpid, event_at, workspace, input, event_id). The day is that of event_at, UTC.
EVENTS = pa.schema(
    [
        pa.field("workspace", pa.string(), nullable=False),
        pa.field("input", pa.string(), nullable=False),
        pa.field("environment", pa.string(), nullable=False),
        # As sent, or the digest of login_identity where the record had none (spec §2.3).
        pa.field("mpid", pa.int64(), nullable=False),
        # `type:value` of a record without mpid, else null: staging resolves it as of an instant.
        pa.field("login_identity", pa.string()),
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("event_at", INSTANT, nullable=False),
        pa.field("received_at", INSTANT, nullable=False),
        pa.field("event_type", pa.string(), nullable=False),
        # custom_event: its name; screen_view: screen_name, else event_name; commerce_event: the product
        # action, promotion_view, promotion_click or impression; else null.
        pa.field("event_name", pa.string()),
        pa.field("custom_type", pa.string()),
        pa.field("attributes", TEXT_MAP),
        pa.field("total_amount", pa.string()),
        pa.field("tax_amount", pa.string()),
        pa.field("shipping_amount", pa.string()),
        pa.field("currency_code", pa.string()),
        pa.field("transaction_id", pa.string()),
        pa.field("coupon_code", pa.string()),
        pa.field("affiliation", pa.string()),
        pa.field("screen_name", pa.string()),
        pa.field("products", pa.list_(PRODUCT)),
        pa.field("promotions", pa.list_(PROMOTION)),
        pa.field("session_id", pa.string()),
        pa.field("session_duration_ms", pa.int64()),
        pa.field("is_first_run", pa.bool_()),
        pa.field("is_upgrade", pa.bool_()),
        pa.field("app_version", pa.string()),
        pa.field("app_build", pa.string()),
        pa.field("platform", pa.string()),
        pa.field("os_version", pa.string()),
        # Every other field of `data`, as one JSON object; null where there is none.
        pa.field("extra", pa.string()),
        pa.field("content_digest", pa.int64(), nullable=False),
        pa.field("source_path", pa.string(), nullable=False),
        pa.field("source_line", pa.int64(), nullable=False),
        pa.field("source_index", pa.int32(), nullable=False),
    ]
)

EVENT_SORT = ("event_type", "event_name", "mpid", "event_at", "workspace", "input", "event_id")

#: `lake/users/day=YYYY-MM-DD/part-*.parquet`: one row for each thing that was said of a user. The day is
#: that of said_at. The newest write wins by WRITE_ORDER (spec §2.4).
USERS = pa.schema(
    [
        pa.field("workspace", pa.string(), nullable=False),
        pa.field("input", pa.string(), nullable=False),
        pa.field("environment", pa.string(), nullable=False),
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("login_identity", pa.string()),
        pa.field("said_at", INSTANT, nullable=False),
        pa.field("received_at", INSTANT, nullable=False),
        pa.field("statement", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("purpose", pa.string()),
        pa.field("value", pa.string()),
        pa.field("elements", pa.list_(pa.string())),
        pa.field("is_removed", pa.bool_(), nullable=False),
        pa.field("consented", pa.bool_()),
        pa.field("fields", TEXT_MAP),
        pa.field("source_path", pa.string(), nullable=False),
        pa.field("source_line", pa.int64(), nullable=False),
        # Order inside one record: change events by time and index, then attributes, then removals.
        pa.field("position", pa.int32(), nullable=False),
    ]
)

USER_SORT = (
    "statement",
    "name",
    "mpid",
    "said_at",
    "received_at",
    "input",
    "source_path",
    "source_line",
    "position",
)

#: `sample/events/day=…`, `sample/users/day=…` and `sample/others/` hold rows of EVENTS and USERS in the lake's order,
#: those in `others` with a column `day`; transforms/ingest/sample.py says which. `sample/known` has every mpid of the
#: lake, `sample/sampled` those of the sample with the md5 of their text.

#: Who is in what, one file an as_of, sorted by (audience_id, mpid). `variant` is null where no test runs.
MEMBERSHIP = pa.schema(
    [
        pa.field("as_of", INSTANT, nullable=False),
        pa.field("audience_id", pa.string(), nullable=False),
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("variant", pa.string()),
    ]
)

#: The figures of spec §8, one row a calculated audience and as_of. adds, drops and volatility are null where
#: no membership is stored for exactly as_of − 24 h.
AUDIENCE_DAILY = pa.schema(
    [
        pa.field("as_of", INSTANT, nullable=False),
        pa.field("audience_id", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("adds", pa.int64()),
        pa.field("drops", pa.int64()),
        pa.field("volatility", pa.float64()),
    ]
)

#: One row for each (mpid, identity type, value) known at the newest as_of, over all workspaces.
USER_IDENTITIES = pa.schema(
    [
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("identity_type", pa.string(), nullable=False),
        pa.field("identity_value", pa.string(), nullable=False),
    ]
)

#: One row for each (workspace, mpid) known at the newest as_of, sorted by both.
PROFILES = pa.schema(
    [
        pa.field("workspace", pa.string(), nullable=False),
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("first_seen", INSTANT),
        pa.field("last_seen", INSTANT),
        pa.field("first_active", INSTANT),
        pa.field("last_active", INSTANT),
    ]
)

#: One row for each user attribute present at the newest as_of, sorted by (workspace, mpid, attribute_key).
#: attribute_key is the name in lower case; a list has elements, a tag neither value nor elements.
USER_ATTRIBUTES = pa.schema(
    [
        pa.field("workspace", pa.string(), nullable=False),
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("attribute_key", pa.string(), nullable=False),
        pa.field("attribute_name", pa.string(), nullable=False),
        pa.field("value", pa.string()),
        pa.field("elements", pa.list_(pa.string())),
        pa.field("said_at", INSTANT, nullable=False),
    ]
)

#: What keeps somebody from being sent, at the newest as_of, sorted by all columns. statement: opted_out (of the user),
#: limited (an advertising id whose tracking is), consent (the newest record of a regulation and purpose; is_so says
#: whether it was given).
USER_PRIVACY = pa.schema(
    [
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("statement", pa.string(), nullable=False),
        pa.field("identity_type", pa.string()),
        pa.field("identity_value", pa.string()),
        pa.field("regulation", pa.string()),
        pa.field("purpose", pa.string()),
        pa.field("is_so", pa.bool_(), nullable=False),
    ]
)

#: `lake/lists/list_name=NAME/part-0.parquet`: one row a value of a list, as it was written. `mpid` or the two
#: others, the rest is null.
LISTS = pa.schema(
    [
        pa.field("identity_type", pa.string()),
        pa.field("identity_value", pa.string()),
        pa.field("mpid", pa.int64()),
    ]
)

#: One row for each calculated attribute of each user who has a value at the newest as_of, sorted by (attribute_id,
#: mpid). A list has elements, anything else a value; a number is text of at most nine places, an instant ISO 8601.
CALCULATED_ATTRIBUTES = pa.schema(
    [
        pa.field("as_of", INSTANT, nullable=False),
        pa.field("attribute_id", pa.string(), nullable=False),
        pa.field("mpid", pa.int64(), nullable=False),
        pa.field("value", pa.string()),
        pa.field("elements", pa.list_(pa.string())),
    ]
)
