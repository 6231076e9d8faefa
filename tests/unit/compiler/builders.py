"""Definitions with named defaults for tests of the compiler."""

from __future__ import annotations

from typing import Any

from tests.support.small_warehouse import criterion
from transforms.definitions.records import AbTest, Audience, CalculatedAttribute, Definitions, Project
from transforms.definitions.watch import EVERYTHING
from transforms.documents.durations import Duration, parse_duration
from transforms.errors import Place


def duration(text: str) -> Duration:
    found = parse_duration(text)
    assert found is not None
    return found


def project(**changes: Any) -> Project:
    defaults: dict[str, Any] = {
        "name": "shop",
        "inputs": (),
        "schedule": "0 3 * * *",
        "event_lookback": duration("30 days"),
        "profile_lifetime": None,
        "membership_history": None,
        "active_audience_limit": 100,
        "evaluate_development": False,
        "event_tiers": (),
        "default_region": None,
        "login_identities": ("customer_id",),
        "watch": EVERYTHING,
        "place": Place("milepost.yml", 1),
    }
    return Project(**{**defaults, **changes})


def audience(
    audience_id: str = "buyers", criteria: str | None = "event: {name: Play}", **changes: Any
) -> Audience:
    defaults: dict[str, Any] = {
        "id": audience_id,
        "name": audience_id.replace("_", " ").capitalize(),
        "external_name": audience_id,
        "tags": (),
        "owner": None,
        "access": "private",
        "shared_with": (),
        "status": None,
        "workspaces": ("shop",),
        "inputs": ("shop/ios", "shop/web"),
        "lookback": duration("30 days"),
        "formerly": None,
        "criteria": None if criteria is None else criterion(criteria),
        "ab_test": None,
        "journey": None,
        "milestone": None,
        "parent": None,
        "earlier_siblings": (),
        "is_remaining": False,
        "siblings": (),
        "watch": EVERYTHING,
        "place": Place(f"audiences/{audience_id}.yml", 1),
    }
    return Audience(**{**defaults, **changes})


def milestone(
    name: str,
    criteria: str | None = None,
    parent: str | None = None,
    earlier: tuple[str, ...] = (),
    siblings: tuple[str, ...] = (),
) -> Audience:
    """A milestone of the journey `trial`; without criteria it is the remaining one. Names are those of milestones."""
    return audience(
        f"trial__{name}",
        criteria,
        journey="trial",
        milestone=name,
        parent=None if parent is None else f"trial__{parent}",
        earlier_siblings=tuple(f"trial__{each}" for each in earlier),
        siblings=tuple(f"trial__{each}" for each in siblings),
        is_remaining=criteria is None,
        place=Place("journeys/trial.yml", 3),
    )


def ab_test(**shares: int) -> AbTest:
    """Shares in hundredths of a percent."""
    return AbTest("win", tuple(shares.items()))


def definitions(
    *audiences: Audience, attributes: tuple[CalculatedAttribute, ...] = (), **changes: Any
) -> Definitions:
    return Definitions(project(**changes), audiences, (), (), (), (), attributes)
