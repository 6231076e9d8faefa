"""`member_since`: members of another audience by the instant since when they are in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue, OneValue
from transforms.criteria.comparisons import (
    Comparison,
    all_words,
    comparison_schemas,
    operator_names,
    read_operators,
)
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import AudienceReference, Leaf
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.reading import has_unknown, read_mapping, read_name
from transforms.criteria.values import InstantValue

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.durations import Duration
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEY = "member_since"
_OPERATORS = operator_names(DATE_OPERATORS)
_KEYS = ("in", *_OPERATORS)
_EARLIER = "int_earlier_members"
_DESCRIPTION = "since: the first as_of of the latest unbroken run of stored memberships; as_of for who is new"


@dataclass(frozen=True)
class MemberSinceCriterion(Leaf):
    """Members of another audience, by its definition at as_of, whose since compares as asked.

    The membership at as_of is being computed, so since is that of the stored one before it, and as_of itself for
    those who were not in that one.
    """

    reference: AudienceReference
    comparisons: tuple[Comparison, ...]

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        del scope
        since = InstantValue(exp.column("since"))
        holds = [comparison.holds(since) for comparison in self.comparisons]
        return sql.where(self._with_since(exp.select("mpid")), holds)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. A row for each member of the audience, `time` is since when."""
        del scope
        since = exp.alias_(exp.column("since"), "time")
        audience = exp.alias_(sql.text(self.reference.audience), "in")
        return self._with_since(exp.select("mpid", since, audience))

    def title(self) -> str:
        """See Leaf."""
        return f"in {self.reference.audience} since {all_words(self.comparisons)}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        return (f"{_KEY}: in {self.reference.audience}, since {all_words(self.comparisons)}",)

    @property
    def audiences(self) -> tuple[AudienceReference, ...]:
        """See Leaf."""
        return (self.reference,)

    @property
    def audiences_by_since(self) -> tuple[AudienceReference, ...]:
        """See Leaf."""
        return (self.reference,)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        one_value = OneValue((_KEY, self.reference.audience))
        value = ComparedValue(
            "instant",
            _KEY,
            self.comparisons,
            self.place,
            "instant",
            one_value=one_value,
            may_be_as_of=True,
        )
        return (value,)

    def outlasts(self, history: Duration) -> bool:
        """See Leaf."""
        newer_ends = [each.operand[1] for each in self.comparisons if each.operator.name == "ago"]
        return any(end > history for end in newer_ends)

    def _with_since(self, query: exp.Select) -> exp.Select:
        """`query` over the members with their `since`."""
        of_audience = exp.EQ(this=exp.column("audience_id"), expression=sql.text(self.reference.audience))
        earlier = exp.select("mpid", "since").from_(sql.model(_EARLIER)).where(of_audience, copy=False)
        since = exp.Coalesce(this=exp.column("since"), expressions=[sql.as_of()])
        members = (
            exp.select("mpid", exp.alias_(since, "since"))
            .from_(sql.model(f"mst_{self.reference.audience}"))
            .join(sql.table("earlier"), using="mpid", join_type="left", copy=False)
        )
        return (
            query.from_(sql.table("members"), copy=False)
            .with_("earlier", as_=sql.described(earlier, ("members before as_of",)), copy=False)
            .with_("members", as_=sql.described(members, (_DESCRIPTION,)), copy=False)
        )


def _read(node: Node, report: Report) -> MemberSinceCriterion | None:
    mapping = read_mapping(node, f"`{_KEY}`", _KEYS, report)
    if mapping is None:
        return None
    written = mapping.get("in")
    is_misspelt = has_unknown(mapping, _KEYS)
    audience = None
    if written is not None or not is_misspelt:
        audience = read_name(written, "the id of the audience, `in`,", mapping, report)
    operators = [entry for entry in mapping.entries if entry.key.text in _OPERATORS]
    if not operators and not is_misspelt:
        hint = "for members since whenever write `audience: {in: ID}`"
        report.add("CRT-004", f"`{_KEY}` has no operator", mapping, allowed=_OPERATORS, hint=hint)
    comparisons = read_operators(operators, f"`{_KEY}`", report, DATE_OPERATORS)
    if audience is None or written is None:
        return None
    return MemberSinceCriterion(mapping.place, AudienceReference(audience, None, written.place), comparisons)


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"in": {"type": "string", "minLength": 1}, **comparison_schemas(DATE_OPERATORS)},
        "additionalProperties": False,
        "required": ["in"],
        "minProperties": 2,
    }


MEMBER_SINCE = Kind(
    _KEY,
    _read,
    _schema,
    summary=(
        "Members of another audience or milestone, by its definition at the same as_of, who are in it since an instant "
        "that date operators choose: the first as_of of their latest unbroken run of stored memberships. Of who was not "
        "in it at the stored as_of before, that is as_of itself, which `within` leaves out."
    ),
    examples=(
        "member_since: {in: trial_to_paid__engaged, ago: [400 days, 3 days]}",
        "member_since: {in: lapsed_buyers, within: 7 days}",
        "member_since: {in: lapsed_buyers, before: 2026-01-01}",
        "all:\n  - member_since: {in: trial_to_paid__engaged, ago: [400 days, 3 days]}\n"
        "exclude:\n  - ecommerce: {action: purchase, within: 3 days}",
    ),
)
