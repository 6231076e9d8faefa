"""What criteria name must be there: other audiences, their variants, inputs and workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import narrowed_inputs, narrowed_workspaces, referenced_audiences
from transforms.definitions.records import CONTROL

if TYPE_CHECKING:
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report


def audience_references(whole: Whole, report: Report) -> None:
    """DEF-062 unknown audience, DEF-063 a variant that the other audience does not have.

    A result that silently was nobody would be worse than an error: a typing mistake in an exclusion would
    send a message to everyone it should spare.
    """
    for audience in whole.audiences:
        for reference in referenced_audiences(audience.criteria) if audience.criteria else ():
            other = whole.by_id.get(reference.audience)
            if other is None:
                if not whole.known.may_exist(reference.audience):
                    report.unknown(
                        "DEF-062", "audience", reference.audience[:80], reference.place, whole.by_id
                    )
            elif reference.variant is not None and reference.variant not in other.variants:
                name = reference.variant[:80]
                if other.variants:
                    report.unknown(
                        "DEF-063", f"variant of `{other.id}`", name, reference.place, other.variants
                    )
                else:
                    report.add(
                        "DEF-063",
                        f"`{other.id}` has no A/B test, so no variant `{name}`",
                        reference.place,
                        hint=f"leave `variant` out; {CONTROL} is there with a test alone",
                    )


def narrowing(whole: Whole, report: Report) -> None:
    """DEF-064 unknown input or workspace in a criterion, DEF-065 one that the criterion does not look at.

    The second would never match: the audience's own scope is applied first. A criterion that sees all inputs of
    the audience's workspaces can be narrowed to any of them.
    """
    known = {source.key: source.workspace for source in whole.project.inputs}
    if not known:
        return
    for audience in whole.audiences:
        if audience.criteria is None:
            continue
        for what, named, own, every in (
            ("input", narrowed_inputs(audience.criteria), audience.inputs, sorted(known)),
            (
                "workspace",
                narrowed_workspaces(audience.criteria),
                audience.workspaces,
                whole.project.workspaces,
            ),
        ):
            for item in named:
                if item.name not in every:
                    report.unknown("DEF-064", what, item.name[:80], item.place, every)
                elif item.sees_all_inputs:
                    if known[item.name] not in audience.workspaces:
                        report.add(
                            "DEF-065",
                            f"the input `{item.name}` is in no workspace of `{audience.id}`",
                            item.place,
                            allowed=[key for key in every if known[key] in audience.workspaces],
                            hint=f"add `{known[item.name]}` to `workspaces`, or leave it out here",
                        )
                elif item.name not in own:
                    report.add(
                        "DEF-065",
                        f"the {what} `{item.name}` is not one of `{audience.id}`",
                        item.place,
                        allowed=own,
                        hint=f"add it to `{what}s`, or leave it out here",
                    )
