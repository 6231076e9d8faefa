"""What must hold over a whole project. One entry in RULES is one rule; each says what and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.calculated_criteria import attribute_operators, attribute_references
from transforms.definitions.rules.calculated_events import attribute_narrowing, attribute_tiers
from transforms.definitions.rules.cycles import cycles
from transforms.definitions.rules.earlier_ids import earlier_ids
from transforms.definitions.rules.events import event_tiers, lookback, only_negatives
from transforms.definitions.rules.landings import landings
from transforms.definitions.rules.named_files import list_references, model_references
from transforms.definitions.rules.outputs import (
    active_audiences,
    connected_once,
    external_names,
    known_outputs,
    known_partners,
)
from transforms.definitions.rules.paths import after_parent, empty_journeys, remaining_paths
from transforms.definitions.rules.references import audience_references, narrowing
from transforms.definitions.rules.unique_ids import unique_ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report

RULES: tuple[Callable[[Whole, Report], None], ...] = (
    unique_ids,
    landings,
    audience_references,
    narrowing,
    list_references,
    model_references,
    attribute_references,
    attribute_operators,
    attribute_narrowing,
    attribute_tiers,
    cycles,
    remaining_paths,
    empty_journeys,
    after_parent,
    event_tiers,
    lookback,
    only_negatives,
    earlier_ids,
    known_partners,
    known_outputs,
    external_names,
    connected_once,
    active_audiences,
)
