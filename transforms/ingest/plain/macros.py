"""What the statements of the column path say of one JSON value: the same as transforms/ingest/values.py.

A value is JSON text as from_json() gives it: null for null and for what is absent. Each macro is named after the
function that it stands for. Where it can't give what that function gives it is null, or false in an `is_…`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.ingest.identities import ALIASES
from transforms.ingest.values import END_OF_TIME, FIRST_MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def quoted(text: str) -> str:
    """A text of this program as a literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Texts as the inside of a list."""
    return ", ".join(quoted(text) for text in texts)


def mapped(texts: Mapping[str, str]) -> str:
    """Texts by text, as a map."""
    return "map {" + ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in texts.items()) + "}"


def structure(fields: Iterable[str], **others: str) -> str:
    """The form of an object for from_json(): JSON fields, and others with a form of their own."""
    forms = {**dict.fromkeys(fields, '"JSON"'), **others}
    return quoted("{" + ", ".join(f'"{name}": {form}' for name, form in forms.items()) + "}")


def size(record: str, fields: Iterable[str]) -> str:
    """Bytes that these fields of a record take in the object that they come from.

    An object without other fields, null ones included, is one byte longer: so unread ones are found.
    """
    return " + ".join(f"coalesce(strlen({record}{name}) + {len(name) + 4}, 0)" for name in fields)


def object_of(*parts: str) -> str:
    """The object of these parts, each the inside of an object, or null; null where all of them are empty."""
    filled = ", ".join(f"nullif({part}, '')" for part in parts)
    return f"'{{' || nullif(concat_ws(',', {filled}), '') || '}}'"


def present(pairs: Mapping[str, str]) -> str:
    """The map of text of those pairs that have a value."""
    entries = ", ".join(f"{{'key': {quoted(key)}, 'value': {value}}}" for key, value in pairs.items())
    return f"map_from_entries(list_filter([{entries}], lambda pair: pair.value is not null))"


MACROS = (
    "create temp macro is_object(value) as coalesce(starts_with(value, '{'), false)",
    "create temp macro is_list(value) as coalesce(starts_with(value, '['), false)",
    "create temp macro is_string(value) as coalesce(starts_with(value, '\"'), false)",
    "create temp macro is_scalar(value) as not is_object(value) and not is_list(value)",
    "create temp macro is_truth(value) as value is null or value in ('true', 'false')",
    "create temp macro is_object_or_absent(value) as value is null or is_object(value)",
    "create temp macro to_text(value) as case when is_string(value) then value ->> '$' else value::varchar end",
    "create temp macro filled(value) as case when is_scalar(value) then nullif(to_text(value), '')::varchar end",
    # No sign, no fraction, no white space: what has those goes another way.
    f"""
    create temp macro read_epoch(value) as case
        when regexp_full_match(filled(value), '[0-9]{{1,12}}') and filled(value)::bigint < {FIRST_MILLISECOND}
            then case when filled(value)::bigint < {END_OF_TIME // 1_000_000}
                then filled(value)::bigint * 1_000_000 end
        when regexp_full_match(filled(value), '[0-9]{{1,18}}')
            then case when filled(value)::bigint < {END_OF_TIME // 1000} then filled(value)::bigint * 1000 end
    end
    """,
    """
    create temp macro read_mpid(value) as
        case when regexp_full_match(filled(value), '-?[0-9]{1,19}') then try_cast(filled(value) as bigint) end
    """,
    "create temp macro whole(value) as case when regexp_full_match(value, '-?[0-9]{1,18}') then value::bigint end",
    """
    create temp macro first_8_bytes(hex) as (
        ('0x' || left(hex, 16))::ubigint::hugeint
        - case when hex >= '8' then 18446744073709551616 else 0 end
    )::bigint
    """,
    "create temp macro login_digest(identity) as first_8_bytes(sha256(identity))",
    f"""
    create temp macro identity_type(name) as coalesce(
        {mapped(ALIASES)}[lower(replace(replace(name, '_', ''), '-', ''))], name)
    """,
    "create temp macro is_ascii(text) as strlen(text) = length(text)",
    # The later of two spellings counts, so a name that has two is not for this path.
    """
    create temp macro of_folded(fields, folded) as
        list_filter(map_entries(fields), lambda field: lower(field.key) = folded and is_ascii(field.key))
    """,
    "create temp macro inside(object) as (object::varchar)[2:-2]",
    """
    create temp macro rest_of(fields, read) as array_to_string(list_transform(
        list_filter(map_entries(fields), lambda field: not list_contains(read, field.key)),
        lambda field: to_json(field.key) || ':' || coalesce(field.value, 'null')), ',')
    """,
)
