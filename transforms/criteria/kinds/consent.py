"""`consent`: what a user's newest record of a regulation and purpose says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, assert_never

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue, OneValue
from transforms.criteria.comparisons import EXACT, Comparison
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import Leaf, Narrowing
from transforms.criteria.meant import suggestion
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.reading import read_mapping, read_name
from transforms.vocabulary import WRITE_ORDER

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

State = Literal["granted", "denied", "not_present"]
STATES: tuple[State, ...] = ("granted", "denied", "not_present")
#: CCPA has this one purpose, so it need not be written.
_CCPA_PURPOSE = "data_sale_opt_out"


@dataclass(frozen=True)
class ConsentCriterion(Leaf):
    """Users in one of the three states of consent, which split the population.

    Over several workspaces the newest record decides (spec §4.4). `granted` is a record with consent,
    `denied` one without, `not_present` no record.
    """

    regulation: str
    purpose: str
    state: State
    workspace: Narrowing | None

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        records = self._records(scope)
        match self.state:
            case "granted":
                return _newest(records, exp.column("consented"))
            case "denied":
                return _newest(records, sql.fails(exp.column("consented")))
            case "not_present":
                return sql.without(sql.population(), records)
        assert_never(self.state)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. The newest record, which decides."""
        said = exp.If(this=exp.column("consented"), true=sql.text("granted"), false=sql.text("denied"))
        records = self._records(scope).select(
            exp.alias_(exp.column("said_at"), "time"),
            "workspace",
            exp.alias_(said, "state"),
            copy=False,
        )
        return _newest(records, exp.true())

    def title(self) -> str:
        """See Leaf."""
        return f"{self.regulation} {self.purpose} {self.state}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        where = "" if self.workspace is None else f" in workspace {self.workspace.name}"
        meaning = {
            "granted": "the newest record has consent",
            "denied": "the newest record has none",
            "not_present": "there is no record",
        }[self.state]
        return (f"consent {self.regulation}, {self.purpose}: {self.state}, {meaning}{where}",)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        return self.state == "not_present"

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf. The three states are values of which a user has one; over several workspaces the newest."""
        state = Comparison(EXACT, self.state, False, self.place)
        key = ("consent", self.regulation.lower(), self.purpose.lower())
        workspace = None if self.workspace is None else self.workspace.name
        return (ComparedValue("consent", "state", (state,), self.place, one_value=OneValue(key, workspace)),)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)

    def _records(self, scope: Scope) -> exp.Select:
        return sql.where(
            profile_rows("int_user_consents", scope, self.workspace),
            (
                exp.EQ(this=exp.column("regulation"), expression=sql.lower(sql.text(self.regulation))),
                exp.EQ(this=exp.column("purpose"), expression=sql.lower(sql.text(self.purpose))),
            ),
        )


def _newest(records: exp.Select, condition: exp.Expr) -> exp.Query:
    newest_first = exp.Order(
        expressions=[exp.Ordered(this=exp.column(name), desc=True) for name in WRITE_ORDER]
    )
    rank = exp.Window(this=exp.RowNumber(), partition_by=[exp.column("mpid")], order=newest_first)
    is_newest = exp.EQ(this=rank, expression=exp.Literal.number(1))
    records.set("qualify", exp.Qualify(this=sql.all_hold((is_newest, condition))))
    return records


def _read(node: Node, report: Report) -> ConsentCriterion | None:
    mapping = read_mapping(node, "`consent`", ("regulation", "purpose", "state", "workspace"), report)
    if mapping is None:
        return None
    regulation = read_name(mapping.get("regulation"), "the regulation", mapping, report)
    written = mapping.get("purpose")
    is_ccpa = regulation is not None and regulation.lower() == "ccpa"
    if written is None and is_ccpa:
        purpose = _CCPA_PURPOSE
    else:
        purpose = read_name(written, "the purpose", mapping, report)
    name = read_name(mapping.get("state"), "the state", mapping, report)
    state: State | None = next((known for known in STATES if known == name), None)
    if name is not None and state is None:
        hint = suggestion(name, STATES)
        place = mapping.get("state") or mapping
        report.add("CRT-006", f"unknown state `{name[:80]}`", place, allowed=STATES, hint=hint)
    workspace = read_workspace(mapping, report)
    if is_ccpa and state in ("granted", "denied"):
        meaning = "opted out of the sale of their data" if state == "granted" else "did not opt out"
        report.add(
            "CRT-014", f"with CCPA `{state}` means that the user {meaning}", mapping, severity="warning"
        )
    if regulation is None or purpose is None or state is None:
        return None
    return ConsentCriterion(mapping.place, regulation, purpose, state, workspace)


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "regulation": {"type": "string", "minLength": 1},
            "purpose": {"type": "string", "minLength": 1},
            "state": {"enum": list(STATES)},
            **narrowing_schemas(("workspace",)),
        },
        "required": ["regulation", "state"],
        "additionalProperties": False,
    }


CONSENT = Kind(
    "consent",
    _read,
    _schema,
    summary="Users whose newest consent record of a regulation and purpose is granted, denied or not there; with "
    "CCPA `granted` means opted out.",
    examples=(
        "consent: {regulation: gdpr, purpose: marketing, state: granted}",
        "consent: {regulation: gdpr, purpose: marketing, state: denied, workspace: shop}",
        "consent: {regulation: ccpa, state: not_present}",
    ),
)
