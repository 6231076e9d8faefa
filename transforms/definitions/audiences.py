"""audiences/*.yml: one audience a file; and the keys that a milestone shares with it (spec §3, §9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.language import CRITERIA_KEYS, Criterion, criteria_schema, read_criteria
from transforms.definitions.records import CONTROL, AbTest
from transforms.definitions.vocabulary import ACCESS_LEVELS, AUDIENCE_ID_PATTERN, identifier
from transforms.definitions.watch import watch
from transforms.documents.fields import (
    Field,
    Values,
    fields_schema,
    needed,
    optional,
    read_fields,
    record,
    refused,
    required,
)
from transforms.documents.nodes import Node, Scalar
from transforms.documents.readers import (
    INVALID,
    Invalid,
    Reader,
    choice,
    duration_or_unlimited,
    list_of,
    pairs_of,
    text,
)

if TYPE_CHECKING:
    from transforms.documents.report import Report

#: Variations of one test, Control among them (spec §9).
MOST_VARIANTS = 5

_variant = text(
    pattern=r"^[A-Za-z0-9]([A-Za-z0-9 _-]{0,48}[A-Za-z0-9_-])?$",
    expected="the name of a variant",
    hint="it becomes part of file names: letters, digits, spaces, `_` and `-`, at most 50 characters",
)


def _share() -> Reader[int]:
    """A percentage with at most two decimals, in hundredths of a percent."""
    expected = "a share in percent, above 0 and at most 100, with at most two decimals"

    def read(node: Node, report: Report) -> int | Invalid:
        found = (
            re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", node.text) if isinstance(node, Scalar) else None
        )
        if found is None:
            report.add(
                "DEF-020",
                f"expected {expected}",
                node,
                hint="such as `40` or `33.33`, without a percent sign",
            )
            return INVALID
        hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if not 0 < hundredths <= 10_000:
            report.add(
                "DEF-020", f"expected {expected}", node, hint=f"{CONTROL} takes what the variants leave"
            )
            return INVALID
        return hundredths

    return Reader(read, {"type": "number", "exclusiveMinimum": 0, "maximum": 100}, "a share in percent")


def percent(hundredths: int) -> str:
    """A share as people write it: 4000 is `40`, 3333 is `33.33`."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".")


TEST_NAME = needed(
    "name",
    text(longest=100),
    "",
    "The name of the test; with the audience's id it decides who is in which variant.",
)
VARIANTS = needed(
    "variants",
    pairs_of(_variant, _share()),
    (),
    "Variant → share in percent, in this order; Control takes the rest.",
)


def _ab_test(values: Values, report: Report) -> AbTest:
    variants = values[VARIANTS]
    place = values.place(VARIANTS)
    if len(variants) + 1 > MOST_VARIANTS:
        report.add(
            "DEF-021",
            f"{len(variants)} variants and {CONTROL} are {len(variants) + 1}; at most {MOST_VARIANTS} are allowed",
            place,
        )
    total = sum(share for _, share in variants)
    if total > 10_000:
        report.add("DEF-022", f"the shares add up to {percent(total)} %, more than 100 %", place)
    folded: dict[str, str] = {}
    for name, _ in variants:
        if name.lower() == CONTROL.lower():
            report.add(
                "DEF-023",
                f"`{name}` can't be the name of a variant",
                place,
                hint=f"{CONTROL} is there by itself and takes what the others leave",
            )
        if name.lower() in folded and folded[name.lower()] != name:
            report.add(
                "DEF-024",
                f"the variants `{folded[name.lower()]}` and `{name}` differ in case alone",
                place,
                hint="they would be one file where case does not count",
            )
        folded[name.lower()] = name
    return AbTest(values[TEST_NAME], variants)


@dataclass(frozen=True)
class Lookback:
    """A lookback that is written; None means unlimited."""

    duration: Any


def _lookback() -> Reader[Lookback]:
    written = duration_or_unlimited()

    def read(node: Node, report: Report) -> Lookback | Invalid:
        value = written.read(node, report)
        return INVALID if isinstance(value, Invalid) else Lookback(value)

    return Reader(read, written.schema, written.expected)


def _criteria(node: Node, report: Report) -> Criterion | Invalid:
    criterion = read_criteria(node, report)
    return INVALID if criterion is None else criterion


CRITERIA_READER: Reader[Criterion] = Reader(_criteria, {"$ref": "#/$defs/criteria"}, "criteria")

_access = choice(*ACCESS_LEVELS)

ID = required(
    "audience", identifier("the id of an audience"), "The id, unique over audiences and milestones."
)
NAME = optional("name", text(longest=100), "What people see; default: a title made of the id.")
EXTERNAL_NAME = optional("external_name", text(longest=100), "What partners see; default: the name.")
TAGS = optional("tags", list_of(text(longest=18), least=0), "At most 18 characters each.")
OWNER = optional("owner", text(), "Who answers for it.")
ACCESS = optional(
    "access", _access, "What other accounts may do: not see it (the default), see it, connect it."
)
SHARED_WITH = optional(
    "shared_with", pairs_of(text(expected="an account"), _access), "Account → access, where it differs."
)
STATUS = optional("status", choice("draft"), "A draft can be estimated and nested, not connected.")
WORKSPACES = optional(
    "workspaces", list_of(text(expected="a workspace")), "Default: those of the inputs, else all."
)
INPUTS = optional(
    "inputs", list_of(text(expected="an input, `workspace/input`")), "Default: all inputs of the workspaces."
)
LOOKBACK = optional("lookback", _lookback(), "How far back events are seen; default: event_lookback.")
FORMERLY = optional(
    "formerly",
    text(
        pattern=AUDIENCE_ID_PATTERN,
        expected="the earlier id of the audience",
        hint="the earlier id of a milestone is `JOURNEY__MILESTONE`",
    ),
    "The earlier id: history, ledger, partner lists and A/B assignment are kept.",
)
AB_TEST = optional(
    "ab_test", record((TEST_NAME, VARIANTS), _ab_test, "`ab_test`"), "Splits the members for a comparison."
)
WATCH = optional("watch", watch(), "When it deserves a look, or `off`; default: what milepost.yml says.")
CRITERIA = optional("criteria", CRITERIA_READER, "Who is in.")

#: What an audience and a milestone have in common (spec §3).
SHARED = (NAME, EXTERNAL_NAME, TAGS, OWNER, ACCESS, SHARED_WITH, LOOKBACK, FORMERLY, AB_TEST, WATCH)

#: Criteria that stand beside `criteria` instead of in it; `audience` is the id.
CRITERIA_OUTSIDE = tuple(
    refused(
        key, f"`{key}` is part of the criteria", f"write it below `criteria:`, as `criteria: {{{key}: …}}`"
    )
    for key in CRITERIA_KEYS
    if key != ID.key
)

_AUDIENCE_CRITERIA: Field[Criterion | None] = needed("criteria", CRITERIA_READER, None, "Who is in.")
_FIELDS = (ID, *SHARED, STATUS, WORKSPACES, INPUTS, _AUDIENCE_CRITERIA, *CRITERIA_OUTSIDE)


@dataclass(frozen=True)
class WrittenAudience:
    """One file of audiences/ as written: nothing is resolved, no default filled in."""

    id: str
    values: Values


def read_audience(node: Node, report: Report) -> WrittenAudience | None:
    """The audience that a file says, or None where it has no id; problems go to `report`."""
    values = read_fields(node, _FIELDS, report, "an audience")
    return None if values is None else WrittenAudience(values[ID], values)


def audience_schema() -> dict[str, Any]:
    """The JSON Schema of an audience file."""
    return with_criteria(fields_schema(_FIELDS))


def with_criteria(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with that of criteria as `#/$defs/criteria`, and the definitions that it refers to."""
    criteria = dict(criteria_schema())
    inner = criteria.pop("$defs", {})
    return {**schema, "$defs": {**schema.get("$defs", {}), "criteria": criteria, **inner}}
