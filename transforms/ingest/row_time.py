"""The time of a row of csv or parquet (spec §2.1, §3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from transforms.ingest.rejection import Rejected
from transforms.ingest.values import in_range, read_epoch

if TYPE_CHECKING:
    from transforms.definitions.records import TimeMapping

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?",
    re.ASCII | re.IGNORECASE,
)


def read_row_time(text: str, mapping: TimeMapping) -> int:
    """µs since 1970 UTC; what has no offset is in the mapping's zone, the earlier one where a clock is set back.

    Rejected where it can't be read, lies before 1970 or after 2199.
    """
    if mapping.format is None and not _ISO.fullmatch(text.strip()):
        epoch = read_epoch(text.strip())
        if epoch is None:
            raise Rejected("time_unreadable", "its time can't be read")
        return epoch
    try:
        if mapping.format is None:
            moment = datetime.fromisoformat(text.strip().replace(" Z", "Z").upper())
        else:
            moment = datetime.strptime(text, mapping.format)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC if mapping.zone == "UTC" else ZoneInfo(mapping.zone))
        return in_range((moment - _EPOCH) // _MICROSECOND)
    except (ValueError, OverflowError):
        raise Rejected("time_unreadable", "its time can't be read") from None
