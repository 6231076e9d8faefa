"""Audiences of one as_of → checked → published as a whole generation with its figures."""

from collections.abc import Iterator

import dagster as dg

from orchestration import asset_keys
from orchestration.clock import now
from orchestration.defs.metrics.watched import WATCHED, is_fresh, watched_figures
from orchestration.partitions import DAILY
from orchestration.publishing import publish_staged
from orchestration.resources import MilepostRun
from transforms.audiences.generations import Generation
from transforms.audiences.soundness import Soundness, check_soundness
from transforms.audiences.staged import Staged, read_staged
from transforms.audiences.watching import Finding, watch_figures, watch_freshness
from transforms.definitions.records import Definitions
from transforms.errors import failure
from transforms.instants import iso

#: The published tables that the marts read, by the names of their dbt sources.
_PUBLISHED = (
    "memberships",
    "audience_daily",
    "audiences",
    "calculated_attributes",
    "attribute_definitions",
)
MEMBERSHIP = dg.AssetKey(["audiences", "membership"])
#: What is published of users beside memberships, and of a run that calculates no audience alone.
_USERS = ("dim_profiles", "int_user_attributes", "int_user_identities", "int_user_privacy")


def metrics_assets(definitions: Definitions) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Membership with its blocking checks, the generation, and the published tables that the marts read."""
    models = [
        *map(asset_keys.model, _USERS),
        *(asset_keys.milestone(audience.id) for audience in definitions.audiences),
        *(asset_keys.calculated_attribute(attribute.id) for attribute in definitions.attributes),
    ]

    @dg.multi_asset(
        name="membership",
        specs=[
            dg.AssetSpec(
                MEMBERSHIP,
                deps=models,
                group_name="audiences",
                kinds={"parquet"},
                description="Who is in which audience and variant, checked before it is published.",
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "unique_members",
                asset=MEMBERSHIP,
                blocking=True,
                description="No user stands twice in one audience.",
            ),
            dg.AssetCheckSpec(
                "splits_disjoint",
                asset=MEMBERSHIP,
                blocking=True,
                description="No user is in two splits of one parent (spec §5).",
            ),
            dg.AssetCheckSpec(
                "splits_complete",
                asset=MEMBERSHIP,
                blocking=True,
                description="With a remaining split, the splits add up to their parent (spec §5).",
            ),
            dg.AssetCheckSpec(
                "no_member_in_an_empty_arm",
                asset=MEMBERSHIP,
                blocking=True,
                description="No user is in a variant whose share is 0 (spec §9).",
            ),
            dg.AssetCheckSpec(
                "sample_ratio",
                asset=MEMBERSHIP,
                description="Variants came out as their shares say: chi-squared, p ≥ 0.001 (spec §9).",
            ),
        ],
        partitions_def=DAILY,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="data_folder",
    )
    def membership(
        context: dg.AssetExecutionContext, milepost: MilepostRun
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        found = [check_soundness(milepost.definitions, one) for one in _staged(context, milepost)]
        yield dg.MaterializeResult(
            asset_key=MEMBERSHIP,
            metadata={"as_of": ", ".join(iso(one) for one in milepost.as_ofs(context))},
        )
        yield from _check_results(found)

    @dg.asset(
        key=asset_keys.GENERATION,
        deps=[MEMBERSHIP],
        group_name="published",
        kinds={"parquet"},
        description="One complete generation of memberships, figures and identities, swapped in by rename.",
        check_specs=WATCHED,
        partitions_def=DAILY,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="data_folder",
    )
    def generation(context: dg.AssetExecutionContext, milepost: MilepostRun) -> dg.MaterializeResult:
        settings, known = milepost.settings, milepost.definitions
        sizes: dict[str, int] = {}
        found: list[Finding] = []
        made: Generation | None = None
        for staged in _staged(context, milepost):
            made = publish_staged(settings, known, staged)
            figures = [figure for figure in made.figures if figure.as_of == staged.as_of]
            sizes.update({figure.audience_id: figure.size for figure in figures})
            found.extend(watch_figures(known, figures))
        return dg.MaterializeResult(
            metadata={
                "generation": made.number if made else 0,
                "as_of": ", ".join(iso(one) for one in milepost.as_ofs(context)),
                "sizes": dg.MetadataValue.json(sizes),
            },
            check_results=[
                *watched_figures(found),
                is_fresh(watch_freshness(known, made, now())),
            ],
        )

    tables = [
        dg.AssetSpec(asset_keys.published(table), deps=[asset_keys.GENERATION], group_name="published")
        for table in _PUBLISHED
    ]
    return [membership, generation, *tables]


def _staged(context: dg.AssetExecutionContext, milepost: MilepostRun) -> list[Staged]:
    found = [read_staged(milepost.settings.staging, as_of) for as_of in milepost.as_ofs(context)]
    staged = [one for one in found if one is not None]
    if len(staged) < len(found):
        raise failure("RUN-020", "this day's audiences were not computed", hint="materialise them first")
    return staged


def _check_results(found: list[Soundness]) -> Iterator[dg.AssetCheckResult]:
    rules = (
        ("unique_members", [one.repeated for one in found], dg.AssetCheckSeverity.ERROR),
        ("splits_disjoint", [one.overlapping for one in found], dg.AssetCheckSeverity.ERROR),
        ("splits_complete", [one.missing for one in found], dg.AssetCheckSeverity.ERROR),
        ("no_member_in_an_empty_arm", [one.strays for one in found], dg.AssetCheckSeverity.ERROR),
        ("sample_ratio", [one.mismatched for one in found], dg.AssetCheckSeverity.WARN),
    )
    for name, broken, severity in rules:
        merged = {audience: count for one in broken for audience, count in one.items()}
        yield dg.AssetCheckResult(
            asset_key=MEMBERSHIP,
            check_name=name,
            passed=not merged,
            severity=severity,
            metadata={"broken": dg.MetadataValue.json(merged)},
        )
