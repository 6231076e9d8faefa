"""Builders of definition records with named defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.connection_records import Connection, Output
from transforms.definitions.destinations import Local
from transforms.definitions.records import (
    AbTest,
    Audience,
    Definitions,
    Input,
    Mailbox,
    Project,
    Watch,
    Webhook,
)
from transforms.definitions.watch import EVERYTHING
from transforms.errors import Place

if TYPE_CHECKING:
    from transforms.criteria.language import Criterion

PLACE = Place("milepost.yml", 1)


def project(*, default_region: str | None = None, notify: tuple[Webhook | Mailbox, ...] = ()) -> Project:
    return Project(
        name="shop",
        inputs=(Input("shop", "web", "platform", "batches", None, None, PLACE),),
        schedule="0 3 * * *",
        event_lookback=None,
        profile_lifetime=None,
        membership_history=None,
        active_audience_limit=100,
        evaluate_development=False,
        event_tiers=(),
        default_region=default_region,
        login_identities=("customer_id",),
        watch=EVERYTHING,
        place=PLACE,
        notify=notify,
    )


def audience(
    audience_id: str,
    *,
    criteria: Criterion | None = None,
    ab_test: AbTest | None = None,
    tags: tuple[str, ...] = (),
    status: str | None = None,
    parent: str | None = None,
    earlier_siblings: tuple[str, ...] = (),
    siblings: tuple[str, ...] = (),
    is_remaining: bool = False,
    formerly: str | None = None,
    watch: Watch = EVERYTHING,
) -> Audience:
    journey, _, milestone = audience_id.rpartition("__")
    return Audience(
        id=audience_id,
        name=audience_id.capitalize().replace("_", " "),
        external_name=audience_id,
        tags=tags,
        owner=None,
        access="usable",
        shared_with=(),
        status="draft" if status == "draft" else None,
        workspaces=("shop",),
        inputs=("shop/web",),
        lookback=None,
        formerly=formerly,
        criteria=criteria,
        ab_test=ab_test,
        journey=journey or None,
        milestone=milestone if journey else None,
        parent=parent,
        earlier_siblings=earlier_siblings,
        is_remaining=is_remaining,
        siblings=siblings,
        watch=watch,
        place=PLACE,
    )


def connection(
    connection_id: str,
    *audiences: str,
    active: bool = True,
    variant: str | None = None,
    output: str = "meta",
    identities: tuple[str, ...] | None = None,
    user_attributes: tuple[str, ...] = (),
) -> Connection:
    return Connection(
        id=connection_id,
        audiences=audiences,
        variant=variant,
        output=output,
        status="active" if active else "inactive",
        identities=identities,
        mode="full",
        tag=None,
        place=PLACE,
        user_attributes=user_attributes,
    )


def definitions(
    *audiences: Audience, connections: tuple[Connection, ...] = (), default_region: str | None = None
) -> Definitions:
    return Definitions(
        project=project(default_region=default_region),
        audiences=audiences,
        journeys=(),
        outputs=(Output("meta", "meta_csv", "own", Local(), None, PLACE),),
        connections=connections,
        warnings=(),
    )
