"""Lines that ingest must put into quarantine, each for another reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Malformed:
    """A way to be wrong. `spoil` makes a line from a good batch's line.

    `bad_events` is 0 where the whole record is unusable, else how many events of a usable record are not.
    """

    name: str
    spoil: Callable[[str], bytes]
    bad_events: int = 0


MALFORMED = (
    Malformed("cut off in the middle", lambda line: line[: len(line) // 2].encode()),
    Malformed("not JSON", lambda line: b"<html><body>502 Bad Gateway</body></html>"),
    Malformed("not an object", lambda line: b'"batch"'),
    Malformed("not UTF-8", lambda line: b'{"mpid":1,"user_attributes":{"name":"\xe9t\xe9"},"events":[]}'),
    Malformed("nobody's", lambda line: b'{"environment":"production","events":[]}'),
    Malformed("an mpid of 65 bits", lambda line: b'{"mpid":36893488147419103232,"events":[]}'),
    Malformed(
        "an event before 1970",
        lambda line: (
            b'{"mpid":7,"environment":"production","events":[{"event_type":"custom_event","data":'
            b'{"event_name":"Play","custom_event_type":"media","timestamp_unixtime_ms":-1}}]}'
        ),
        bad_events=1,
    ),
)
