"""Every kind of event criterion: what a step of a sequence and a calculated attribute can choose, too."""

from __future__ import annotations

from transforms.criteria.kinds.attribution_event import ATTRIBUTION_EVENT
from transforms.criteria.kinds.crash import CRASH
from transforms.criteria.kinds.ecommerce import ECOMMERCE
from transforms.criteria.kinds.event import EVENT
from transforms.criteria.kinds.install import INSTALL
from transforms.criteria.kinds.screen_view import SCREEN_VIEW
from transforms.criteria.kinds.session import SESSION
from transforms.criteria.kinds.uninstall import UNINSTALL
from transforms.criteria.kinds.upgrade import UPGRADE

EVENT_KINDS = (
    EVENT,
    SCREEN_VIEW,
    ECOMMERCE,
    SESSION,
    INSTALL,
    UPGRADE,
    UNINSTALL,
    CRASH,
    ATTRIBUTION_EVENT,
)
