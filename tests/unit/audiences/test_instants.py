from __future__ import annotations

from datetime import datetime

import pytest

from transforms.instants import compact, epoch_milliseconds, from_compact, iso, read_instant


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2018, 1, 1), "20180101T000000Z"),
        (datetime(2018, 1, 1, 2, 3, 4, 5), "20180101T020304000005Z"),
        (datetime(999, 12, 31, 23, 59, 59), "09991231T235959Z"),
    ],
)
def test_compact_text_comes_back(instant: datetime, text: str) -> None:
    assert compact(instant) == text
    assert from_compact(text) == instant
    assert read_instant(iso(instant)) == instant


@pytest.mark.parametrize(
    "text", ["none", "2018", "20180101T000000", "20180101T0000001Z", "20180101T000000000000Z"]
)
def test_other_text_is_not_compact(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        from_compact(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2018-01-02", datetime(2018, 1, 2)),
        ("2018-01-02 03:04", datetime(2018, 1, 2, 3, 4)),
        ("2018-01-02T03:04:05.1234567Z", datetime(2018, 1, 2, 3, 4, 5, 123456)),
        ("2018-01-01T00:30+01:00", datetime(2017, 12, 31, 23, 30)),
    ],
)
def test_instants_as_people_write_them(text: str, instant: datetime) -> None:
    assert read_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2018-02-30",
        "2018-01-01T24:00",
        "2018-01-01Z",
        "2018-01-01 1:00",
        "now",
        "0001-01-01T00:00+14:00",
        "٢٠١٨-01-01",
    ],
)
def test_what_is_no_instant(text: str) -> None:
    assert read_instant(text) is None


def test_milliseconds_round_down_before_1970_too() -> None:
    assert epoch_milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999)) == -1
    assert epoch_milliseconds(datetime(2018, 1, 1)) == 1514764800000
