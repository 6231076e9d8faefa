"""Texts of user attributes that are passed on as they are known."""

from __future__ import annotations

from functools import partial

from exports.identifiers.normalised import Dropped, Normalised, Plain, Rules


def _text(text: str, region: str | None, *, most_bytes: int | None) -> Normalised:
    del region
    if not text.strip():
        return Dropped("empty")
    # The one character that no quotes make harmless.
    if "\0" in text:
        return Dropped("not_a_text")
    if most_bytes is None:
        return Plain(text)
    # Cut between characters: half of one would be no UTF-8.
    return Plain(text.encode()[:most_bytes].decode(errors="ignore"))


TEXT = Rules("text", "as it is known", partial(_text, most_bytes=None))
TEXT_255 = Rules("text_255", "as it is known, cut to 255 bytes", partial(_text, most_bytes=255))
