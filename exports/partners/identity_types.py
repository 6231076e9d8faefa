"""Identity types that partners take together."""

from __future__ import annotations

PHONES = ("mobile_number", "phone_number_2", "phone_number_3")
ADVERTISING_IDS = ("ios_advertising_id", "android_advertising_id")
