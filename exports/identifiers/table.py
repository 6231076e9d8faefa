"""Every way in which identifiers are normalised, by the name that a definition calls it."""

from __future__ import annotations

from exports.identifiers.advertising_ids import ADVERTISING_ID, ADVERTISING_ID_UPPER
from exports.identifiers.emails import (
    EMAIL,
    EMAIL_ASCII,
    EMAIL_GOOGLE,
    EMAIL_GOOGLE_2026,
    EMAIL_TIKTOK,
    EMAIL_TIKTOK_2024,
    EMAIL_UID2,
)
from exports.identifiers.ids import ACCOUNT_NUMBER, ANDROID_ID, HANDLE, ID
from exports.identifiers.people import (
    BIRTH_DATE,
    BIRTH_DAY,
    BIRTH_MONTH,
    BIRTH_YEAR,
    GENDER,
    INITIAL,
    NAME,
    NAME_GOOGLE,
    NAME_GOOGLE_WITHOUT_SPACES,
    NAME_WITHOUT_SPACES,
)
from exports.identifiers.phones import PHONE_DIGITS, PHONE_E164, PHONE_US
from exports.identifiers.places import (
    CITY,
    COUNTRY,
    COUNTRY_UPPER,
    POSTAL_CODE,
    POSTAL_CODE_GOOGLE,
    STATE,
)
from exports.identifiers.texts import TEXT, TEXT_255

RULES = (
    ID,
    TEXT,
    TEXT_255,
    EMAIL,
    EMAIL_ASCII,
    EMAIL_GOOGLE,
    EMAIL_GOOGLE_2026,
    EMAIL_UID2,
    EMAIL_TIKTOK,
    EMAIL_TIKTOK_2024,
    PHONE_E164,
    PHONE_DIGITS,
    PHONE_US,
    ADVERTISING_ID,
    ADVERTISING_ID_UPPER,
    HANDLE,
    ACCOUNT_NUMBER,
    ANDROID_ID,
    NAME,
    NAME_WITHOUT_SPACES,
    NAME_GOOGLE,
    NAME_GOOGLE_WITHOUT_SPACES,
    INITIAL,
    GENDER,
    BIRTH_DATE,
    BIRTH_YEAR,
    BIRTH_MONTH,
    BIRTH_DAY,
    CITY,
    STATE,
    POSTAL_CODE,
    POSTAL_CODE_GOOGLE,
    COUNTRY,
    COUNTRY_UPPER,
)
