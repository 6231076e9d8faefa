"""What outputs and connections say of their partners: problems by file and line, before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from exports.partners.chosen import ENCODINGS_BY_NAME, RULES_BY_NAME, SAYS, chosen_files
from exports.partners.on_delete import possible
from exports.partners.own_columns import ROWS
from exports.partners.registry import PARTNERS, partner_named
from exports.partners.sent_attributes import meaning, sent_attributes
from transforms.definitions.destinations import HttpApi
from transforms.documents.report import nearest
from transforms.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exports.partners.profile import Partner, PartnerFile
    from transforms.definitions.connection_records import Connection, Output
    from transforms.definitions.records import Definitions


def check_outputs(definitions: Definitions) -> tuple[Problem, ...]:
    """What no partner takes: all problems, by output, then by connection.

    Options that a partner does not have (EXP-004), values that they do not take (EXP-005), columns where the partner
    has its own, none where it has none, or of what there is not (EXP-006), and identity types that nothing of what a
    connection writes takes (EXP-002), or that leave out the key of its rows (EXP-009), and deltas to where nobody can
    be told who leaves (EXP-010), what an output can't do about a deleted audience (EXP-018), what is no request to an API, or to a partner without one (EXP-015), and user
    attributes that a partner does not take, or that would be one column twice (EXP-017).
    """
    problems = [
        problem
        for output in definitions.outputs
        for problem in (*_options(output), *_columns(output), *_api(output), *_on_delete(output))
    ]
    refused = {problem.place for problem in problems}
    for connection in definitions.connections:
        output = definitions.output(connection.output)
        if output.place not in refused:
            problems.extend(
                (
                    *_identities(connection, output),
                    *_deltas(connection, output),
                    *_attributes(connection, output),
                )
            )
    return tuple(problems)


def _options(output: Output) -> Iterator[Problem]:
    partner = partner_named(output.partner)
    known = {option.name: option for option in partner.options}
    for name, value in output.options:
        option = known.get(name)
        if option is None:
            yield _unknown("EXP-004", "option", name, output, partner, tuple(known))
        elif value not in dict(option.values):
            allowed = tuple(dict(option.values))
            yield _unknown("EXP-005", f"value of `{name}`", value, output, partner, allowed)


def _columns(output: Output) -> Iterator[Problem]:
    partner = partner_named(output.partner)
    if partner.names_columns != bool(output.columns):
        has = "needs `columns`" if partner.names_columns else "has columns of its own"
        yield Problem("EXP-006", f"output `{output.id}`: {partner.title} {has}", output.place)
    if output.columns and not any(column.identities for _, column in output.columns):
        message = f"output `{output.id}`: none of `columns` has `identities`, and nobody is sent without one"
        yield Problem("EXP-006", message, output.place)
    for header, column in output.columns:
        where = f"output `{output.id}`, column `{header[:80]}`"
        if sum((column.says is not None, column.attribute is not None, bool(column.identities))) != 1:
            message = f"{where}: needs one of `identities`, `attribute` and `says`"
            yield Problem("EXP-006", message, output.place)
        if column.says == "mpid" and dict(output.options).get(ROWS.name) == "identities":
            message = f"{where}: rows of identities have no mpid, since two members may share one"
            yield Problem("EXP-006", message, output.place, hint="leave `rows` out, or write `rows: lines`")
        for what, found, allowed in (
            ("says", column.says, SAYS),
            ("rules", column.rules, tuple(RULES_BY_NAME)),
            ("encoding", column.encoding, tuple(ENCODINGS_BY_NAME)),
        ):
            if found is not None and found not in allowed:
                message = f"{where}: there is no `{what}: {found[:80]}`"
                yield Problem("EXP-006", message, output.place, allowed=allowed, hint=_meant(found, allowed))


def _unknown(
    code: str, what: str, found: str, output: Output, partner: Partner, allowed: tuple[str, ...]
) -> Problem:
    message = f"output `{output.id}`: {partner.title} has no {what} `{found[:80]}`"
    return Problem(code, message, output.place, allowed=allowed, hint=_meant(found, allowed))


def _meant(found: str, allowed: tuple[str, ...]) -> str:
    near = nearest(found, allowed)
    return f"did you mean `{near}`?" if near else ""


def _identities(connection: Connection, output: Output) -> Iterator[Problem]:
    partner = partner_named(output.partner)
    files = chosen_files(partner, output)
    accepted = tuple(dict.fromkeys(kind for file in files for kind in file.identity_types))
    for kind in connection.identities or ():
        if kind not in accepted:
            message = f"connection `{connection.id}`: {partner.title} does not take identity type `{kind}`"
            yield Problem("EXP-002", message, connection.place, allowed=accepted)
    for file in files:
        for column in file.identity_columns:
            chosen = set(connection.identities or accepted)
            is_left_out = chosen.isdisjoint(column.identity_types) and chosen & set(file.identity_types)
            if column.is_key and is_left_out:
                message = f"connection `{connection.id}`: {partner.title} knows rows by `{column.header}`"
                hint = f"add {' or '.join(f'`{kind}`' for kind in column.identity_types)} to `identities`"
                yield Problem("EXP-009", message, connection.place, hint=hint)


def _attributes(connection: Connection, output: Output) -> Iterator[Problem]:
    if not connection.user_attributes:
        return
    partner = partner_named(output.partner)
    where = f"connection `{connection.id}`"
    chosen = None if connection.identities is None else set(connection.identities)
    files = [
        file
        for file in chosen_files(partner, output)
        if chosen is None or not chosen.isdisjoint(file.identity_types)
    ]
    meant = Counter(map(meaning, connection.user_attributes))
    for name in connection.user_attributes:
        if meant[meaning(name)] > 1:
            message = f"{where}: user attribute `{name[:80]}` is named twice"
            yield Problem(
                "EXP-017", message, connection.place, hint="case, `$`, `_`, `-` and spaces do not count"
            )
        elif not any(sent_attributes(file, (name,)) for file in files):
            yield _untaken(connection, partner, files, name)
    for file in files:
        taken = {column.header.lower() for column in file.columns}
        besides = [one for one in sent_attributes(file, connection.user_attributes) if not one.is_own]
        is_beside = file.attributes is not None and file.attributes.style in ("columns", "keys")
        for one in besides if is_beside else ():
            if one.header.lower() in taken:
                message = (
                    f"{where}: user attribute `{one.name[:80]}` would be a second column `{one.header[:80]}`"
                )
                hint = "send it under another name: a calculated attribute has its own"
                if partner.names_columns:
                    hint = f"add a column of another name to `columns`, with `attribute: {one.name[:80]}`"
                yield Problem("EXP-017", message, connection.place, hint=hint)
            taken.add(one.header.lower())


def _untaken(connection: Connection, partner: Partner, files: list[PartnerFile], name: str) -> Problem:
    taken = tuple(dict.fromkeys(column.attribute for file in files for column in file.attribute_columns))
    if taken:
        message = f"connection `{connection.id}`: {partner.title} does not take user attribute `{name[:80]}`"
        return Problem("EXP-017", message, connection.place, allowed=taken, hint=_meant(name, taken))
    takers = tuple(
        one.name
        for one in PARTNERS
        if any(file.attributes is not None or file.attribute_columns for file in one.files)
    )
    message = f"connection `{connection.id}`: {partner.title} takes no user attributes, or not with these identities"
    hint = "leave `user_attributes` out, or send to a partner that takes them"
    return Problem("EXP-017", message, connection.place, allowed=takers, hint=hint)


def _deltas(connection: Connection, output: Output) -> Iterator[Problem]:
    partner = partner_named(output.partner)
    if connection.mode != "delta" or all(file.can_remove for file in chosen_files(partner, output)):
        return
    hint = "write `mode: full`, or `mode: additive` where nobody has to leave"
    if partner.names_columns:
        hint += ", or add a column that `says: is_member`"
    yield Problem(
        "EXP-010",
        f"connection `{connection.id}`: {partner.title} can't be told who leaves, so that a delta would keep them there",
        connection.place,
        hint=hint,
    )


def _on_delete(output: Output) -> Iterator[Problem]:
    # What the columns and options are is not known where they are wrong.
    if output.on_delete is None or any((*_options(output), *_columns(output))):
        return
    allowed = possible(output)
    if output.on_delete not in allowed:
        message = f"output `{output.id}`: `on_delete: {output.on_delete}` can't be done there"
        yield Problem("EXP-018", message, output.place, allowed=allowed)


def _api(output: Output) -> Iterator[Problem]:
    partner = partner_named(output.partner)
    if isinstance(output.destination, HttpApi) and partner.api is None:
        with_api = tuple(one.name for one in PARTNERS if one.api is not None)
        yield Problem(
            "EXP-015",
            f"output `{output.id}`: {partner.title} is a file, nothing that can be posted",
            output.place,
            allowed=with_api,
            hint="deliver it elsewhere, or take the partner's API",
        )
