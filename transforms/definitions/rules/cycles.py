"""An audience needs itself.

An audience needs those that its criteria name, also through dbt models that they name; a milestone needs its parent
and the paths to its left as well. Where that leads back to where it began, membership has no meaning. A milestone
that names its own child is such a cycle, and so is one that names a path to its right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_models, referenced_audiences
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.dbt_models import DbtModel
    from transforms.definitions.records import Audience
    from transforms.definitions.rules.whole import Whole


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


def _check(whole: Whole) -> Iterator[Finding]:
    """Each audience is reported in one cycle at most."""
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
                    yield from _found(cycle, whole)
            elif following in needs and following not in done:
                position[following] = len(path)
                path.append(following)
                pending.append(iter(needs[following]))


def _found(cycle: list[str], whole: Whole) -> Iterator[Finding]:
    audiences = [name for name in cycle if name in whole.by_id]
    if not audiences:
        # A cycle of models alone is dbt's to report.
        return
    if len(cycle) == 1:
        yield Finding(
            f"the audience `{cycle[0]}` names itself",
            whole.by_id[cycle[0]].place,
            hint="it would be part of its own definition: name another audience, or leave the criterion out",
        )
        return
    first = cycle.index(min(audiences))
    turned = [*cycle[first:], *cycle[:first], cycle[first]]
    yield Finding(
        f"a cycle of audiences: {' → '.join(turned)}",
        whole.by_id[turned[0]].place,
        hint="each needs the next: by its criteria, as its parent, as a path to its left, or by `ref` in a model"
        if len(audiences) < len(cycle)
        else "",
    )


_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}, audience: {in: players}}\n"

CYCLES = Rule(
    code="DEF-066",
    severity="error",
    teaching=__doc__,
    fix="each needs the next: by its criteria, as its parent, or as a path to its left",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play}, audience: {in: buyers}}\n",
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play}}\n",
    },
)
