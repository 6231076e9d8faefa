"""The outcome of an A/B test: a criterion that is written for one read-out and is in no file of the project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.criteria.kinds.event_kinds import EVENT_KINDS
from transforms.criteria.language import read_criteria
from transforms.criteria.logic import leaves
from transforms.criteria.scope import Scope
from transforms.definitions.known import Known
from transforms.definitions.rules.comparisons_that_hold import COMPARISONS_THAT_HOLD
from transforms.definitions.rules.event_tiers import EVENT_TIERS
from transforms.definitions.rules.known_narrowings import KNOWN_NARROWINGS
from transforms.definitions.rules.narrowings_in_scope import NARROWINGS_IN_SCOPE
from transforms.definitions.rules.operators_that_fit import OPERATORS_THAT_FIT
from transforms.definitions.rules.seen_event_attributes import SEEN_EVENT_ATTRIBUTES
from transforms.definitions.rules.seen_events import SEEN_EVENTS
from transforms.definitions.rules.seen_products import SEEN_PRODUCTS
from transforms.definitions.rules.whole import Whole
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.errors import InternalError

if TYPE_CHECKING:
    from transforms.criteria.language import Criterion
    from transforms.definitions.records import Audience, Project
    from transforms.errors import Problem
    from transforms.seen_names import SeenNames

#: What can be wrong with a criterion whatever else the project says.
_RULES = (
    EVENT_TIERS,
    KNOWN_NARROWINGS,
    NARROWINGS_IN_SCOPE,
    OPERATORS_THAT_FIT,
    COMPARISONS_THAT_HOLD,
    SEEN_EVENTS,
    SEEN_EVENT_ATTRIBUTES,
    SEEN_PRODUCTS,
)
#: What the criteria that look at events alone are written with, beside those of `EVENT_KINDS`.
_OTHER_KINDS = ("cart_abandonment", "sequence")


@dataclass(frozen=True)
class Outcome:
    """A criterion that looks at events alone, with what it sees, and warnings.

    It sees every input of the audience's workspaces, whichever the audience looks at, and no lookback cuts it.
    """

    criterion: Criterion
    scope: Scope
    warnings: tuple[Problem, ...]


def read_outcome(
    text: str, file: str, audience: Audience, project: Project, seen: SeenNames | None = None
) -> Outcome:
    """The outcome that `text`, a value of `criteria:`, writes; `file` is what problems name as its place.

    Raises UserError with all errors at once: a criterion that looks at anything but events is one (DEF-140), since of
    a profile only the present is known, and not whether it came after the assignment.
    """
    report = Report()
    node = read_yaml(text, file, report)
    criterion = None if node is None else read_criteria(node, report)
    report.raise_errors()
    if criterion is None:
        raise InternalError("a criterion that can't be read without a problem")
    for leaf in leaves(criterion):
        if not leaf.looks_back:
            report.add(
                "DEF-140",
                "an outcome counts events: of a profile nobody can tell whether it came after the assignment",
                leaf.place,
                allowed=(*(form.key for form in EVENT_KINDS), *_OTHER_KINDS),
                hint="name the event by which it happens, such as the purchase or the upgrade",
            )
    inputs = tuple(source.key for source in project.inputs if source.workspace in audience.workspaces)
    looking = replace(audience, criteria=criterion, inputs=inputs, lookback=None)
    whole = Whole(
        project=project,
        audiences=(looking,),
        journeys=(),
        outputs=(),
        connections=(),
        default_lookback=frozenset(),
        partners=(),
        known=Known(),
        lists=(),
        models={},
        attributes=(),
        known_attributes=Known(),
        seen=seen,
    )
    for rule in _RULES:
        rule.run(whole, report)
    report.raise_errors()
    scope = Scope(
        workspaces=audience.workspaces,
        inputs=inputs,
        lookback=None,
        profile_lifetime=None,
        hidden_events=tuple(name for name, tier in project.event_tiers if tier != "personalize"),
    )
    return Outcome(criterion, scope, report.warnings)
