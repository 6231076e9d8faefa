"""A partner's files as the options and columns of an output have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exports.partners.profile import Case, Partner, PartnerFile
    from transforms.definitions.records import Output


def chosen_files(partner: Partner, output: Output) -> tuple[PartnerFile, ...]:
    """The files that are written for `output`, each with its columns. Its options were checked before."""
    chosen = {option.name: option.default for option in partner.options} | dict(output.options)

    def holds(case: Case | None) -> bool:
        return case is None or chosen[case.option] == case.value

    return tuple(
        replace(file, columns=tuple(column for column in file.columns if holds(column.when)))
        for file in partner.files
        if holds(file.when)
    )
