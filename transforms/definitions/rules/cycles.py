"""No audience may need itself: through criteria, its parent, or the siblings that are taken away from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import referenced_audiences

if TYPE_CHECKING:
    from transforms.definitions.records import Audience
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report


def needed_by(audience: Audience) -> tuple[str, ...]:
    """The audiences that must be computed before this one (spec §5, §6), in the order they are named."""
    named = (
        tuple(reference.audience for reference in referenced_audiences(audience.criteria))
        if audience.criteria
        else ()
    )
    parent = (audience.parent,) if audience.parent else ()
    # A remaining milestone needs all its siblings, which are all earlier: it comes last (DEF-067).
    return tuple(dict.fromkeys((*named, *parent, *audience.earlier_siblings)))


def cycles(whole: Whole, report: Report) -> None:
    """DEF-066 a cycle, printed as one (spec §4.4): membership would have no meaning.

    A milestone that names its own child is one, since a child needs its parent; so is one that names a
    sibling to its right. Each audience is reported in one cycle at most.
    """
    needs = {name: needed_by(audience) for name, audience in whole.by_id.items()}
    done: set[str] = set()
    reported: set[str] = set()
    for start in needs:
        if start in done:
            continue
        # Depth first without recursion: a chain of audiences may be longer than Python's stack.
        path: list[str] = [start]
        position = {start: 0}
        pending = [iter(needs[start])]
        while pending:
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
                name = path.pop()
                del position[name]
                done.add(name)
            elif following in position:
                cycle = path[position[following] :]
                if not reported.intersection(cycle):
                    reported.update(cycle)
                    _report(cycle, whole, report)
            elif following in needs and following not in done:
                position[following] = len(path)
                path.append(following)
                pending.append(iter(needs[following]))


def _report(cycle: list[str], whole: Whole, report: Report) -> None:
    first = cycle.index(min(cycle))
    turned = [*cycle[first:], *cycle[:first], cycle[first]]
    report.add(
        "DEF-066",
        f"a cycle of audiences: {' → '.join(turned)}",
        whole.by_id[turned[0]].place,
        hint="each needs the next: by its criteria, as its parent, or as a path to its left",
    )
