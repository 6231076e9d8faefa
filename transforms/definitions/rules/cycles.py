"""No audience may need itself: through criteria, its parent, its siblings, or a dbt model that its criteria name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_models, referenced_audiences
from transforms.definitions.dbt_models import AUDIENCE_PREFIX

if TYPE_CHECKING:
    from transforms.definitions.dbt_models import DbtModel
    from transforms.definitions.records import Audience
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report


def needed_by(audience: Audience) -> tuple[str, ...]:
    """What must be computed before this audience (spec §5, §6): audiences and dbt models, in the order named."""
    named = (
        tuple(reference.audience for reference in referenced_audiences(audience.criteria))
        if audience.criteria
        else ()
    )
    parent = (audience.parent,) if audience.parent else ()
    # A remaining milestone needs all its siblings, which are all earlier: it comes last (DEF-067).
    models = (
        tuple(_model(named.name) for named in named_models(audience.criteria)) if audience.criteria else ()
    )
    return tuple(dict.fromkeys((*named, *models, *parent, *audience.earlier_siblings)))


def _model(name: str) -> str:
    """A dbt model beside audiences: no id has a space."""
    return f"model {name}"


def _read_by(model: DbtModel) -> tuple[str, ...]:
    """The audiences and the other models that a dbt model reads."""
    return tuple(
        name.removeprefix(AUDIENCE_PREFIX) if name.startswith(AUDIENCE_PREFIX) else _model(name)
        for name in dict.fromkeys(model.refs)
    )


def cycles(whole: Whole, report: Report) -> None:
    """DEF-066 a cycle, printed as one (spec §4.4): membership would have no meaning.

    A milestone that names its own child is one, since a child needs its parent; so is one that names a
    sibling to its right. Each audience is reported in one cycle at most.
    """
    needs = {name: needed_by(audience) for name, audience in whole.by_id.items()}
    needs |= {_model(name): _read_by(model) for name, model in whole.models.items()}
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
    audiences = [name for name in cycle if name in whole.by_id]
    if not audiences:
        # A cycle of models alone is dbt's to report.
        return
    first = cycle.index(min(audiences))
    turned = [*cycle[first:], *cycle[:first], cycle[first]]
    report.add(
        "DEF-066",
        f"a cycle of audiences: {' → '.join(turned)}",
        whole.by_id[turned[0]].place,
        hint="each needs the next: by its criteria, as its parent, as a path to its left, or by `ref` in a model"
        if len(audiences) < len(cycle)
        else "each needs the next: by its criteria, as its parent, or as a path to its left",
    )
