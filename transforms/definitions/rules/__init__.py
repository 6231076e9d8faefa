"""What must hold over a whole project. One file is one rule: what it says, why, and an example that breaks it."""

from __future__ import annotations

from transforms.definitions.rules.active_audiences import ACTIVE_AUDIENCES
from transforms.definitions.rules.after_parent import AFTER_PARENT
from transforms.definitions.rules.any_of_negatives import ANY_OF_NEGATIVES
from transforms.definitions.rules.audiences_in_and_out import AUDIENCES_IN_AND_OUT
from transforms.definitions.rules.comparisons_that_hold import COMPARISONS_THAT_HOLD
from transforms.definitions.rules.connected_once import CONNECTED_ONCE
from transforms.definitions.rules.criteria_in_and_out import CRITERIA_IN_AND_OUT
from transforms.definitions.rules.criteria_that_meet import CRITERIA_THAT_MEET
from transforms.definitions.rules.cycles import CYCLES
from transforms.definitions.rules.empty_journeys import EMPTY_JOURNEYS
from transforms.definitions.rules.event_tiers import EVENT_TIERS
from transforms.definitions.rules.external_names import EXTERNAL_NAMES
from transforms.definitions.rules.formerly_once import FORMERLY_ONCE
from transforms.definitions.rules.formerly_unused import FORMERLY_UNUSED
from transforms.definitions.rules.journey_names import JOURNEY_NAMES
from transforms.definitions.rules.known_attributes import KNOWN_ATTRIBUTES
from transforms.definitions.rules.known_audiences import KNOWN_AUDIENCES
from transforms.definitions.rules.known_lists import KNOWN_LISTS
from transforms.definitions.rules.known_models import KNOWN_MODELS
from transforms.definitions.rules.known_narrowings import KNOWN_NARROWINGS
from transforms.definitions.rules.known_outputs import KNOWN_OUTPUTS
from transforms.definitions.rules.known_partners import KNOWN_PARTNERS
from transforms.definitions.rules.known_variants import KNOWN_VARIANTS
from transforms.definitions.rules.landings import LANDINGS
from transforms.definitions.rules.models_of_audiences import MODELS_OF_AUDIENCES
from transforms.definitions.rules.models_of_published import MODELS_OF_PUBLISHED
from transforms.definitions.rules.narrowings_in_scope import NARROWINGS_IN_SCOPE
from transforms.definitions.rules.negatives_over_lookback import NEGATIVES_OVER_LOOKBACK
from transforms.definitions.rules.only_negatives import ONLY_NEGATIVES
from transforms.definitions.rules.operators_of_attributes import OPERATORS_OF_ATTRIBUTES
from transforms.definitions.rules.operators_that_fit import OPERATORS_THAT_FIT
from transforms.definitions.rules.remaining_beside_others import REMAINING_BESIDE_OTHERS
from transforms.definitions.rules.remaining_last import REMAINING_LAST
from transforms.definitions.rules.seen_event_attributes import SEEN_EVENT_ATTRIBUTES
from transforms.definitions.rules.seen_events import SEEN_EVENTS
from transforms.definitions.rules.seen_products import SEEN_PRODUCTS
from transforms.definitions.rules.seen_readings import SEEN_READINGS
from transforms.definitions.rules.seen_user_attributes import SEEN_USER_ATTRIBUTES
from transforms.definitions.rules.since_in_history import SINCE_IN_HISTORY
from transforms.definitions.rules.sizes import SIZES
from transforms.definitions.rules.unique_ids import UNIQUE_IDS
from transforms.definitions.rules.window_in_lookback import WINDOW_IN_LOOKBACK

#: In the order in which problems of one line are told.
RULES = (
    UNIQUE_IDS,
    JOURNEY_NAMES,
    LANDINGS,
    SIZES,
    KNOWN_AUDIENCES,
    KNOWN_VARIANTS,
    KNOWN_LISTS,
    MODELS_OF_AUDIENCES,
    KNOWN_MODELS,
    MODELS_OF_PUBLISHED,
    KNOWN_ATTRIBUTES,
    OPERATORS_OF_ATTRIBUTES,
    KNOWN_NARROWINGS,
    NARROWINGS_IN_SCOPE,
    CYCLES,
    REMAINING_BESIDE_OTHERS,
    REMAINING_LAST,
    EMPTY_JOURNEYS,
    AFTER_PARENT,
    EVENT_TIERS,
    WINDOW_IN_LOOKBACK,
    SINCE_IN_HISTORY,
    NEGATIVES_OVER_LOOKBACK,
    ONLY_NEGATIVES,
    OPERATORS_THAT_FIT,
    COMPARISONS_THAT_HOLD,
    CRITERIA_THAT_MEET,
    ANY_OF_NEGATIVES,
    AUDIENCES_IN_AND_OUT,
    CRITERIA_IN_AND_OUT,
    SEEN_EVENTS,
    SEEN_EVENT_ATTRIBUTES,
    SEEN_USER_ATTRIBUTES,
    SEEN_PRODUCTS,
    SEEN_READINGS,
    FORMERLY_UNUSED,
    FORMERLY_ONCE,
    KNOWN_PARTNERS,
    KNOWN_OUTPUTS,
    EXTERNAL_NAMES,
    CONNECTED_ONCE,
    ACTIVE_AUDIENCES,
)
