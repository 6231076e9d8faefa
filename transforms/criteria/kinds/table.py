"""Every kind of criterion. A new one is a file here and an entry in this tuple, or in EVENT_KINDS."""

from __future__ import annotations

from transforms.criteria.kinds.attribution import ATTRIBUTION
from transforms.criteria.kinds.audience import AUDIENCE
from transforms.criteria.kinds.calculated import CALCULATED
from transforms.criteria.kinds.cart_abandonment import CART_ABANDONMENT
from transforms.criteria.kinds.consent import CONSENT
from transforms.criteria.kinds.device import DEVICE
from transforms.criteria.kinds.event_kinds import EVENT_KINDS
from transforms.criteria.kinds.identity import IDENTITY
from transforms.criteria.kinds.list import LIST
from transforms.criteria.kinds.location import LOCATION
from transforms.criteria.kinds.member_since import MEMBER_SINCE
from transforms.criteria.kinds.model import MODEL
from transforms.criteria.kinds.seen import FIRST_ACTIVE, FIRST_SEEN, LAST_ACTIVE, LAST_SEEN
from transforms.criteria.kinds.sequence import SEQUENCE
from transforms.criteria.kinds.user import USER

KINDS = (
    *(kind.as_kind() for kind in EVENT_KINDS),
    CART_ABANDONMENT,
    SEQUENCE,
    USER,
    CALCULATED,
    IDENTITY,
    FIRST_SEEN,
    LAST_SEEN,
    FIRST_ACTIVE,
    LAST_ACTIVE,
    CONSENT,
    DEVICE,
    LOCATION,
    ATTRIBUTION,
    AUDIENCE,
    MEMBER_SINCE,
    LIST,
    MODEL,
)
