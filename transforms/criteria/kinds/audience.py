"""`audience`: members of another audience, by its definition at the same as_of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import AudienceReference, Leaf
from transforms.criteria.reading import read_mapping, read_name

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEYS = ("in", "not_in", "variant")


@dataclass(frozen=True)
class AudienceCriterion(Leaf):
    """Users in (or, the complement, not in) another audience or one variant of it."""

    reference: AudienceReference
    is_complement: bool

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        del scope
        named = self._named()
        if self.reference.variant is not None:
            variant = sql.is_one_of(exp.column("variant"), (self.reference.variant,))
            named = named.where(variant, copy=False)
        return sql.without(sql.population(), named) if self.is_complement else named

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. A row for each member of the audience, with the variant where the criterion names one."""
        del scope
        members = self._named().select(exp.alias_(sql.text(self.reference.audience), "in"), copy=False)
        return members if self.reference.variant is None else members.select("variant", copy=False)

    def title(self) -> str:
        """See Leaf."""
        variant = "" if self.reference.variant is None else f" variant {self.reference.variant}"
        return f"{'not in' if self.is_complement else 'in'} {self.reference.audience}{variant}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        variant = "" if self.reference.variant is None else f", variant {self.reference.variant}"
        return (f"audience: {'not in' if self.is_complement else 'in'} {self.reference.audience}{variant}",)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        return self.is_complement

    @property
    def audiences(self) -> tuple[AudienceReference, ...]:
        """See Leaf."""
        return (self.reference,)

    def _named(self) -> exp.Select:
        return exp.select("mpid").from_(sql.model(f"mst_{self.reference.audience}"))


def _read(node: Node, report: Report) -> AudienceCriterion | None:
    mapping = read_mapping(node, "`audience`", _KEYS, report)
    if mapping is None:
        return None
    written = [entry for entry in mapping.entries if entry.key.text in ("in", "not_in")]
    variant = mapping.get("variant")
    variant_name = None if variant is None else read_name(variant, "the variant", mapping, report)
    if len(written) != 1:
        hint = "" if variant is None else "the id of the audience that the variant is of"
        allowed = ("in", "not_in")
        report.add("CRT-004", "`audience` needs either `in` or `not_in`", mapping, allowed=allowed, hint=hint)
        return None
    audience = read_name(written[0].value, "the audience's id", mapping, report)
    if audience is None:
        return None
    reference = AudienceReference(audience, variant_name, written[0].value.place)
    return AudienceCriterion(mapping.place, reference, written[0].key.text == "not_in")


def _schema() -> dict[str, Any]:
    name = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "properties": dict.fromkeys(_KEYS, name),
        "additionalProperties": False,
        "oneOf": [{"required": ["in"]}, {"required": ["not_in"]}],
    }


AUDIENCE = Kind(
    "audience",
    _read,
    _schema,
    summary="Users who are in, or not in, another audience, milestone or variant, by its definition at the same as_of.",
    examples=(
        "audience: {in: lapsed_buyers}",
        "audience: {in: trial_to_paid__engaged}",
        "audience: {in: lapsed_buyers, variant: Control}",
        "audience: {not_in: lapsed_buyers, variant: push}",
    ),
)
