"""A partner's files as the options and columns of an output have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

from exports.formats.format import Csv
from exports.identifiers.encodings import ENCODINGS, PLAIN
from exports.identifiers.ids import ID
from exports.identifiers.table import RULES
from exports.identifiers.texts import TEXT
from exports.partners.own_columns import ROWS, csv_format
from exports.partners.profile import Arrangement, AttributeColumn, IdentityColumn, Says, StatedColumn

if TYPE_CHECKING:
    from exports.partners.profile import Case, Column, Partner, PartnerFile
    from transforms.definitions.connection_records import Output, OutputColumn

RULES_BY_NAME = {rules.name: rules for rules in RULES}
ENCODINGS_BY_NAME = {encoding.name: encoding for encoding in ENCODINGS}
#: What a column of a team's own can say.
SAYS = tuple(says for says in get_args(Says) if says != "text")


def chosen_files(partner: Partner, output: Output) -> tuple[PartnerFile, ...]:
    """The files that are written for `output`, each with its columns. Options and columns were checked before."""
    chosen = {option.name: option.default for option in partner.options} | dict(output.options)

    def holds(case: Case | None) -> bool:
        return case is None or chosen[case.option] == case.value

    files = tuple(
        replace(file, columns=tuple(column for column in file.columns if holds(column.when)))
        for file in partner.files
        if holds(file.when)
    )
    if not partner.names_columns:
        return files
    return tuple(_with_own_columns(file, chosen, output) for file in files)


def _with_own_columns(file: PartnerFile, chosen: dict[str, str], output: Output) -> PartnerFile:
    return replace(
        file,
        format=csv_format(chosen) if isinstance(file.format, Csv) else file.format,
        arrangement=cast("Arrangement", chosen.get(ROWS.name, file.arrangement)),
        columns=tuple(_column(header, column) for header, column in output.columns),
    )


def _column(header: str, column: OutputColumn) -> Column:
    if column.says is not None:
        return StatedColumn(header, cast("Says", column.says))
    encoding = PLAIN if column.encoding is None else ENCODINGS_BY_NAME[column.encoding]
    if column.attribute is not None:
        rules = TEXT if column.rules is None else RULES_BY_NAME[column.rules]
        return AttributeColumn(header, column.attribute, rules, encoding)
    rules = ID if column.rules is None else RULES_BY_NAME[column.rules]
    return IdentityColumn(header, column.identities, rules, encoding)
