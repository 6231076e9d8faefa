"""Projects whose report is looked at in a browser, published as a run would, without one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from orchestration.reporting import write_report
from orchestration.settings import Settings
from tests.support.lake import make_event, write_lake
from tests.support.project_folder import audience, write_project
from tests.support.publications import publication
from tests.support.run_models import small_run_models
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

AS_OF = datetime(2026, 3, 6)
LARGE = 2_000
LEVELS = (2, 4, 8, 12, 16, 18)
#: Names of 100 characters, the most that there can be: words that break, one that does not, Arabic, Hebrew.
LONG_NAMES = (
    "Households that came back after a long time and bought something for more than they ever did before",
    "Kundenrückgewinnungsmaßnahmenteilnehmerinnen" * 3,
    "عملاء عادوا إلى المتجر بعد غياب طويل واشتروا أكثر مما كانوا يشترون من قبل " * 2,
    "לקוחות שחזרו לחנות אחרי זמן רב וקנו יותר ממה שקנו אי פעם לפני כן " * 2,
)


@dataclass(frozen=True)
class Reported:
    """A folder that holds `project/` and `data/`, and the report in its data."""

    folder: Path

    @property
    def settings(self) -> Settings:
        return Settings(self.folder / "project", self.folder / "data")

    @property
    def index(self) -> Path:
        return self.settings.report / "index.html"

    def audience(self, audience_id: str) -> Path:
        return self.settings.report / "audiences" / f"{audience_id}.html"

    def journey(self, journey_id: str) -> Path:
        return self.settings.report / "journeys" / f"{journey_id}.html"


def write_without_audiences(folder: Path) -> Reported:
    write_project(folder / "project")
    return _reported(folder)


def write_uncalculated(folder: Path) -> Reported:
    files = {
        "audiences/players.yml": audience("players"),
        "journeys/calls.yml": _journey("calls", [{"milestone": "played", "criteria": _event("Play")}]),
        "journeys/planned.yml": _journey("planned", []),
    }
    write_project(folder / "project", files)
    return _reported(folder)


def write_awkward(folder: Path) -> Reported:
    """Journey `deep`: 60 milestones in six levels. Each name has 100 characters. `single` names a list that was not
    taken in.
    """
    names = iter(
        f"{number:02} {name}"[:99] + "." for number, name in enumerate(islice(cycle(LONG_NAMES), 60))
    )
    roots, members = _tree(names)
    files = {
        "journeys/deep.yml": _journey("deep", roots, name=LONG_NAMES[2][:99] + ".", tags=["עודה", "عودة"]),
        "audiences/single.yml": audience(
            "single", name=f'"{LONG_NAMES[3][:99]}."', criteria="{list: handed_over_by_all_shops_of_2026}"
        ),
        "lists/handed_over_by_all_shops_of_2026.csv": "mpid\n1\n",
    }
    members = {f"deep__{name}": users for name, users in members.items()}
    return _published(folder, files, {**members, "single": set(range(1_234))})


def write_large(folder: Path) -> Reported:
    """2,000 audiences, `audience_0000` and so on, one in four of them win-backs."""
    reported = prepare_large(folder)
    write_pages(reported)
    return reported


def prepare_large(folder: Path) -> Reported:
    """The same without its pages."""
    words = ("Shoppers", "Readers", "Visitors", "Members", "Guests", "Callers", "Players")
    tags = ("loyal", "lapsed", "mobile", "banner", "trial")
    owners = ("growth", "service", "ana")
    files, members = {}, {}
    for number in range(LARGE):
        audience_id = f"audience_{number:04}"
        files[f"audiences/{audience_id}.yml"] = audience(
            audience_id,
            name=f"{words[number % 7]} of group {number}",
            tags="[win-back]" if number % 4 == 0 else f"[{tags[number % 5]}]",
            owner=owners[number % 3],
            criteria=f"{{event: {{name: Event {number % 40}, count: {{gte: {1 + number % 3}}}}}}}",
        )
        members[audience_id] = set(range(number % 97))
    return _prepared(folder, files, members, events=40)


def write_pages(reported: Reported) -> None:
    """Write the report of a project; nothing is said of what takes long."""
    definitions = load_definitions(reported.settings.project)
    write_report(reported.settings, definitions, reported.settings.report, lambda _: None)


def _reported(folder: Path) -> Reported:
    reported = Reported(folder)
    write_pages(reported)
    return reported


def _published(folder: Path, files: dict[str, str], members: Mapping[str, set[int]]) -> Reported:
    reported = _prepared(folder, files, members, events=3)
    write_pages(reported)
    return reported


def _prepared(
    folder: Path, files: dict[str, str], members: Mapping[str, set[int]], *, events: int
) -> Reported:
    """Memberships of two days, and a lake in which 1,000 users did `Event 0` to so many."""
    reported = Reported(folder)
    settings = reported.settings
    write_project(settings.project, files)
    at = AS_OF - timedelta(days=1)
    write_lake(
        settings.lake,
        [
            make_event(mpid=mpid, event_at=at, event_name=f"Event {mpid % events}", event_id=f"e{mpid}")
            for mpid in range(1_000)
        ],
    )
    for day, kept in ((at, 0.9), (AS_OF, 1)):
        users = {name: set(sorted(ids)[: round(kept * len(ids))]) for name, ids in members.items()}
        publish(open_store(settings.published), publication(day, users, models=small_run_models()))
    return reported


def _tree(names: Iterable[str]) -> tuple[list[dict[str, Any]], dict[str, set[int]]]:
    """Levels of milestones, each one's children with half of its members; and the members by milestone."""
    named = iter(names)
    roots: list[dict[str, Any]] = []
    members: dict[str, set[int]] = {}
    above: list[dict[str, Any]] = []
    for level, count in enumerate(LEVELS):
        made: list[dict[str, Any]] = []
        for place in range(count):
            milestone_id = f"step_{level}_{place:02}"
            made.append({"milestone": milestone_id, "name": next(named), "criteria": _event("Event 1")})
            if above:
                parent = above[place % len(above)]
                parent.setdefault("next", []).append(made[-1])
                whole = sorted(members[parent["milestone"]])
                members[milestone_id] = set(whole[place // len(above) :: 3])
            else:
                roots.append(made[-1])
                members[milestone_id] = set(range(place, 9_000, 2))
        above = made
    return roots, members


def _journey(journey_id: str, milestones: list[dict[str, Any]], **keys: Any) -> str:
    written = {"journey": journey_id, "inputs": ["shop/web"], **keys, "milestones": milestones}
    return json.dumps(written, ensure_ascii=False) + "\n"


def _event(name: str) -> dict[str, Any]:
    return {"event": {"name": name}}
