"""Compare engine and oracle over many seeds: `python -m tests.engine.fuzz --seeds 100 --start 0`.

Every difference is printed with the smallest audience that still shows it and one user's landing records.
"""

# ruff: noqa: T201 - a command that prints
from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.agreement import member_differences, profile_differences, value_differences
from tests.support.drawn_forms import forms, forms_of_the_language
from tests.support.generated_audiences import Project, make_project
from tests.support.generated_criteria import WEIGHTS
from tests.support.oracle.ingest import ingest
from tests.support.oracle.profiles import known_at
from tests.support.oracle.records import World
from tests.support.pipeline import warehouse
from tests.support.project_files import document, write_landing, write_project
from tests.support.short_pipeline import members_at, take_in
from tests.support.worlds import Scene
from transforms.criteria.language import read_criteria
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.agreement import Difference

_ROUNDS = 8


def compare(project: Project, with_profiles: bool = False) -> dict[str, Difference]:
    """Every audience, and on demand every profile model, on which the two differ."""
    with tempfile.TemporaryDirectory(prefix="milepost_fuzz_") as name:
        folder = Path(name)
        world = project.scene.world
        write_project(folder / "project", world, project.audiences, project.journeys, project.attributes)
        write_landing(folder / "data", project.scene.world)
        definitions = take_in(folder / "project", folder / "data")
        found = members_at(definitions, folder / "project", folder / "data", project.scene.as_of)
        differences = member_differences(project.oracle().all_members(), found)
        if with_profiles:
            settings = {**project.scene.world.settings, "profile_lifetime": "unlimited"}
            known = known_at(ingest(project.scene.world), settings, project.scene.as_of)
            differences |= profile_differences(known, warehouse(folder / "data"))
            differences |= value_differences(project.all_values(), warehouse(folder / "data"))
    return differences


def reductions(value: Any) -> Iterator[Any]:
    """Every value that is one step smaller: an entry less, or an entry in the place of its parent."""
    if isinstance(value, dict):
        for key, item in value.items():
            if len(value) > 1:
                yield {name: other for name, other in value.items() if name != key}
            if key in ("all", "any", "none", "exclude"):
                yield from item
            for smaller in reductions(item):
                yield {**value, key: smaller}
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if len(value) > 1:
                yield value[:place] + value[place + 1 :]
            for smaller in reductions(item):
                yield [*value[:place], smaller, *value[place + 1 :]]


def _valid(criteria: Any) -> bool:
    report = Report()
    node = read_yaml(document(criteria), "candidate", report)
    return node is not None and read_criteria(node, report) is not None and not report.errors


def minimise(project: Project, definition: dict[str, Any]) -> dict[str, Any]:
    """The audience with the fewest criteria on which the two still differ. All candidates of a round run at once."""
    best = {key: value for key, value in definition.items() if key not in ("next", "milestone", "ab_test")}
    for _ in range(_ROUNDS):
        candidates = [{**best, "criteria": best["criteria"]}]
        candidates += [
            {**best, "criteria": smaller} for smaller in reductions(best["criteria"]) if _valid(smaller)
        ]
        candidates += [
            {name: value for name, value in best.items() if name != key}
            for key in ("inputs", "workspaces", "lookback")
            if key in best
        ]
        # Definitions that the candidates name must stay.
        named = [audience for audience in project.audiences if "audience" in document(best["criteria"])]
        journeys = project.journeys if named else []
        tried = [{**candidate, "audience": f"try_{number}"} for number, candidate in enumerate(candidates)]
        try:
            differing = compare(Project(project.scene, [*named, *tried], journeys, project.attributes))
        except Exception as error:
            print("    a round of candidates failed:", type(error).__name__, str(error)[:500])
            return best
        smaller = [candidate for candidate in tried[1:] if candidate["audience"] in differing]
        if not smaller:
            return best
        best = min(smaller, key=lambda candidate: len(document(candidate)))
    return best


def of_user(project: Project, mpid: int) -> Project:
    """The project with the landing records of one user alone, and of those who share a login identity."""
    known = project.oracle().known
    places = {
        (event.order.input, event.order.path, event.order.line)
        for found, event in known.events
        if found == mpid
    }
    texts = {str(mpid)}
    kept = [
        landed
        for landed in project.scene.world.landing
        if str(landed.batch.get("mpid")) in texts
        or (f"{landed.workspace}/{landed.input}", landed.path, landed.line) in places
    ]
    return Project(Scene(World(project.scene.world.settings, tuple(kept)), project.scene.as_of), [], [])


def definition_of(project: Project, audience_id: str) -> dict[str, Any] | None:
    """The audience or milestone with its journey's scope; None for a remaining milestone."""
    for audience in project.audiences:
        if audience["audience"] == audience_id:
            return audience
    for journey in project.journeys:
        stack = list(journey["milestones"])
        while stack:
            milestone = stack.pop()
            stack += milestone.get("next", [])
            if f"{journey['journey']}__{milestone['milestone']}" == audience_id:
                scope = {key: journey[key] for key in ("inputs", "workspaces", "lookback") if key in journey}
                return {**scope, **milestone} if "criteria" in milestone else None
    return None


def describe(project: Project, audience_id: str, difference: Difference) -> None:
    """Print the smallest audience, and what one differing user sent."""
    print(f"  {audience_id}: only the oracle {difference[0][:4]}, only the engine {difference[1][:4]}")
    definition = definition_of(project, audience_id)
    if definition is None:
        print("    (no criteria of its own)")
        return
    smallest = minimise(project, definition)
    print("    smallest:", document({key: value for key, value in smallest.items() if key != "audience"}))
    mpid = (difference[0] or difference[1])[0][0]
    for landed in of_user(project, mpid).scene.world.landing[:12]:
        print(
            f"    {landed.workspace}/{landed.input} {landed.path}:{landed.line}",
            document(landed.batch)[:1200],
        )


def main(arguments: list[str] | None = None) -> int:
    """0 where engine and oracle agree on every seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--audiences", type=int, default=60)
    parser.add_argument("--details", type=int, default=3, help="differences to make smaller, per seed")
    parser.add_argument(
        "--kinds", nargs="+", choices=WEIGHTS, default=WEIGHTS, help="criteria of these alone"
    )
    options = parser.parse_args(arguments)
    compared = differing = 0
    drawn = Counter[tuple[str, ...]]()
    for seed in range(options.start, options.start + options.seeds):
        project = make_project(seed, options.audiences, kinds=options.kinds)
        drawn.update(form for audience in project.audiences for form in forms(audience["criteria"]))
        try:
            differences = compare(project, with_profiles=True)
        except (AssertionError, UserError) as error:
            print(f"seed {seed}: the pipeline failed: {str(error)[:1500]}", flush=True)
            differing += 1
            continue
        compared += len(project.oracle().ids())
        differing += len(differences)
        print(f"seed {seed}: {compared} audiences compared, {differing} differ", flush=True)
        for place, (name, difference) in enumerate(differences.items()):
            if place < options.details and name in project.oracle().ids():
                describe(project, name, difference)
            else:
                print(f"  {name}: only the oracle {difference[0][:3]}, only the engine {difference[1][:3]}")
    print(
        "never drawn:", ", ".join(sorted(" ".join(form) for form in forms_of_the_language() - drawn.keys()))
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
