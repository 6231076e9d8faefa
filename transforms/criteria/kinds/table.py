"""Every kind of criterion. A new one is a file here and an entry in this tuple."""

from __future__ import annotations

from transforms.criteria.kinds.audience import AUDIENCE
from transforms.criteria.kinds.consent import CONSENT
from transforms.criteria.kinds.ecommerce import ECOMMERCE
from transforms.criteria.kinds.event import EVENT
from transforms.criteria.kinds.identity import IDENTITY
from transforms.criteria.kinds.screen_view import SCREEN_VIEW
from transforms.criteria.kinds.seen import FIRST_ACTIVE, FIRST_SEEN, LAST_ACTIVE, LAST_SEEN
from transforms.criteria.kinds.user import USER

KINDS = (
    EVENT,
    SCREEN_VIEW,
    ECOMMERCE,
    USER,
    IDENTITY,
    FIRST_SEEN,
    LAST_SEEN,
    FIRST_ACTIVE,
    LAST_ACTIVE,
    CONSENT,
    AUDIENCE,
)
