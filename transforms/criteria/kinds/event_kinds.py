"""Every kind of event criterion: what a step of a sequence and a calculated attribute can choose, too."""

from __future__ import annotations

from transforms.criteria.kinds.ecommerce import ECOMMERCE
from transforms.criteria.kinds.event import EVENT
from transforms.criteria.kinds.screen_view import SCREEN_VIEW

EVENT_KINDS = (EVENT, SCREEN_VIEW, ECOMMERCE)
