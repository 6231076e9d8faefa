"""The lake → profiles and audiences: one asset a dbt model, one dbt invocation an as_of."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration import asset_keys, dbt
from orchestration.dbt import NodeResult
from orchestration.partitions import DAILY
from orchestration.resources import MilepostRun
from orchestration.run_lease import now_calculating
from orchestration.selection import with_parents
from orchestration.settings import Settings
from orchestration.translator import MilepostTranslator
from transforms.audiences.activation import attributes_to_calculate, with_needed
from transforms.audiences.earlier_members import write_earlier_members
from transforms.audiences.generations import open_store
from transforms.audiences.memberships import CalculatedAudience
from transforms.audiences.publishing import ensure
from transforms.audiences.staged import stage
from transforms.compiler.attributes import attribute_model
from transforms.compiler.models import definition_hash
from transforms.criteria.language import named_lists
from transforms.definitions.records import Definitions
from transforms.errors import failure
from transforms.ingest.lists import has_list

_PREFIX = "mst_"


def warehouse_assets(manifest: Path) -> dg.AssetsDefinition:
    """The dbt models of `manifest` as one subsettable operation."""
    translator = MilepostTranslator()

    @dbt_assets(
        name="warehouse",
        manifest=manifest,
        partitions_def=DAILY,
        dagster_dbt_translator=translator,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="data_folder",
    )
    def warehouse(
        context: dg.AssetExecutionContext, milepost: MilepostRun
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        settings, definitions = milepost.settings, milepost.definitions
        chosen = {key.path[-1] for key in context.selected_asset_keys}
        project_nodes = dbt.read_manifest(manifest)
        results: dict[str, NodeResult] = {}
        stored = dict(ensure(open_store(settings.published)).stored)
        for as_of in milepost.as_ofs(context):
            calculated = _calculated(settings, definitions, chosen, as_of)
            now_calculating(settings, [audience.id for audience in calculated])
            _refuse_missing_lists(settings, definitions, calculated)
            attributes = _attributes(settings, definitions, chosen, as_of, calculated)
            wanted = chosen | {f"{_PREFIX}{audience.id}" for audience in calculated}
            wanted |= {attribute_model(attribute_id) for attribute_id in attributes}
            # A model's parents are rebuilt with it: their tables may be of another as_of.
            selected = with_parents(wanted, project_nodes)
            write_earlier_members(
                settings.earlier_members,
                definitions,
                [audience.id for audience in calculated],
                stored,
                as_of,
                settings.data / ".spill",
            )
            nodes = dbt.build(settings, definitions.project, as_of, selected)
            results.update({node.unique_id: node for node in nodes})
            models = [node.model for node in nodes if node.model is not None]
            logins = definitions.project.login_identities
            staged = stage(
                settings.warehouse, settings.staging, as_of, calculated, attributes, models, logins
            )
            # Days of one run are published together: later ones read the members of earlier ones from here.
            stored[as_of] = staged.folder
        yield from _events(context, translator, project_nodes, results)

    return warehouse


def _calculated(
    settings: Settings, definitions: Definitions, chosen: set[str], as_of: datetime
) -> tuple[CalculatedAudience, ...]:
    """The chosen audiences, all that they need, and what is stored for this as_of already.

    An as_of is published as a whole: what was stored for it is computed again with it, never mixed with it.
    """
    generation = ensure(open_store(settings.published))
    stored = generation.calculated(as_of) if as_of in generation.stored else {}
    wanted = [
        audience.id
        for audience in definitions.audiences
        if f"{_PREFIX}{audience.id}" in chosen or audience.id in stored
    ]
    return tuple(
        CalculatedAudience(
            id=audience.id,
            definition_hash=definition_hash(audience, definitions.project),
            test=audience.ab_test,
            formerly=audience.formerly,
        )
        for audience in map(definitions.audience, with_needed(definitions, wanted))
    )


def _refuse_missing_lists(
    settings: Settings, definitions: Definitions, calculated: tuple[CalculatedAudience, ...]
) -> None:
    """Nobody would be in a list that is not there, and an exclusion would spare nobody."""
    for audience in (definitions.audience(one.id) for one in calculated):
        for named in named_lists(audience.criteria) if audience.criteria else ():
            if not has_list(settings.lake, named.name):
                raise failure(
                    "RUN-015",
                    f"the list `{named.name}` of `{audience.id}` has not been taken in",
                    hint="materialize lake/lists with it, or run `milepost ingest` before",
                )


def _attributes(
    settings: Settings,
    definitions: Definitions,
    chosen: set[str],
    as_of: datetime,
    calculated: tuple[CalculatedAudience, ...],
) -> tuple[str, ...]:
    """The chosen attributes, those that the audiences name, and what is published for this as_of already."""
    generation = ensure(open_store(settings.published))
    published = {
        attribute.id
        for attribute in generation.attribute_definitions
        if attribute.is_calculated and as_of == generation.newest
    }
    named = attributes_to_calculate(definitions, [audience.id for audience in calculated])
    return tuple(
        attribute.id
        for attribute in definitions.attributes
        if attribute.id in named or attribute.id in published or attribute_model(attribute.id) in chosen
    )


def _events(
    context: dg.AssetExecutionContext,
    translator: DagsterDbtTranslator,
    manifest: dict[str, Any],
    results: dict[str, NodeResult],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    for node in results.values():
        if node.resource_type in ("model", "seed", "snapshot"):
            key = asset_keys.model(node.unique_id.rsplit(".", 1)[-1])
            if key in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key, metadata={"seconds": node.seconds})
    by_name = {(check.asset_key, check.name): check for check in context.selected_asset_check_keys}
    for node in results.values():
        if node.resource_type != "test":
            continue
        properties = manifest["nodes"][node.unique_id]
        attached = properties.get("attached_node")
        if attached is None:
            continue
        key = asset_keys.model(attached.rsplit(".", 1)[-1])
        if (key, properties["name"]) in by_name:
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=properties["name"],
                passed=node.status == "pass",
                metadata={"failures": node.failures or 0},
            )
