"""The lake → profiles and audiences: one asset a dbt model, one dbt invocation an as_of."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration import asset_keys, dbt
from orchestration.built import data_digest, forget_built, read_built, signatures_of, write_built
from orchestration.dbt import NodeResult
from orchestration.partitions import DAILY, partition_of
from orchestration.resources import MilepostRun
from orchestration.run_lease import now_calculating
from orchestration.selection import read_by, with_parents
from orchestration.settings import Settings
from orchestration.translator import MilepostTranslator
from transforms.audiences.activation import attributes_to_calculate, with_needed
from transforms.audiences.counted_figures import figures_at
from transforms.audiences.earlier_members import write_earlier_members
from transforms.audiences.figures import Figures
from transforms.audiences.generations import open_store
from transforms.audiences.memberships import CalculatedAudience
from transforms.audiences.publishing import ensure
from transforms.audiences.redefined import calculated_by
from transforms.audiences.run_models import RunModel
from transforms.audiences.staged import stage
from transforms.compiler.attributes import attribute_model
from transforms.criteria.language import named_lists
from transforms.definitions.records import Definitions, Project
from transforms.errors import failure
from transforms.ingest.lists import has_list

_PREFIX = "mst_"


def warehouse_assets(manifest: Path, project: Settings, described: Definitions) -> dg.AssetsDefinition:
    """The dbt models of `manifest` as one subsettable operation; audiences with their figures, day by day."""
    translator = MilepostTranslator(described, project.report)

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
        as_ofs = milepost.as_ofs(context)
        for as_of in as_ofs:
            calculated = _calculated(settings, definitions, chosen, as_of)
            now_calculating(settings, [audience.id for audience in calculated])
            _refuse_missing_lists(settings, definitions, calculated)
            attributes = _attributes(settings, definitions, chosen, as_of, calculated)
            wanted = chosen | {f"{_PREFIX}{audience.id}" for audience in calculated}
            wanted |= {attribute_model(attribute_id) for attribute_id in attributes}
            write_earlier_members(
                settings.earlier_members,
                definitions,
                [audience.id for audience in calculated],
                stored,
                as_of,
                settings.data / ".spill",
            )
            nodes, models = _build(settings, definitions.project, as_of, wanted, project_nodes)
            results.update({node.unique_id: node for node in nodes})
            logins = definitions.project.login_identities
            staged = stage(
                settings.warehouse, settings.staging, as_of, calculated, attributes, models, logins
            )
            # Days of one run are published together: later ones read the members of earlier ones from here.
            stored[as_of] = staged.folder
            _note_figures(context, figures_at(as_of, stored), is_one_of_many=len(as_ofs) > 1)
        yield from _events(context, translator, project_nodes, results)

    return warehouse


def _build(
    settings: Settings, project: Project, as_of: datetime, wanted: set[str], manifest: dict[str, Any]
) -> tuple[tuple[NodeResult, ...], tuple[RunModel, ...]]:
    """Build the wanted models and all that they read, but what is built already; what dbt did, and the run's models."""
    digest = data_digest(settings.lake, dbt.inputs_digest(settings, project, as_of))
    signatures = signatures_of(manifest, settings.project, settings.earlier_members)
    before = read_built(settings.built, settings.warehouse, digest)
    everything = wanted | read_by(wanted, manifest)
    missing = {name for name in everything if before.signatures.get(name, "") != signatures.get(name)}
    if not missing:
        return (), before.models
    forget_built(settings.built)
    is_rest = missing != everything
    # Where nothing is built, folders stand for their models: 500 of these by name took 6 s of a run.
    selected = sorted(missing) if is_rest else with_parents(wanted, manifest)
    nodes = dbt.build(settings, project, as_of, selected, over_built=is_rest)
    made = {name: signatures[name] for name in missing if name in signatures}
    built = before.after(made, (node.model for node in nodes if node.model is not None))
    # What failed is told again by the next run.
    if not any(node.resource_type == "test" and node.status == "fail" for node in nodes):
        write_built(settings.built, settings.warehouse, built)
    return nodes, built.models


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
        calculated_by(definitions, audience)
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


def _note_figures(
    context: dg.AssetExecutionContext, figures: Iterable[Figures], *, is_one_of_many: bool
) -> None:
    """Add the numbers of an as_of to what Dagster shows of its audiences, which plots them by day.

    They are added before publishing, since a later event of the same day would not be plotted.
    """
    for one in figures:
        key = asset_keys.milestone(one.audience_id)
        if key not in context.selected_asset_keys:
            continue
        numbers = {
            "size": one.size,
            "adds": one.adds,
            "drops": one.drops,
            "volatility": one.volatility,
        }
        context.add_asset_metadata(
            {name: number for name, number in numbers.items() if number is not None},
            asset_key=key,
            partition_key=partition_of(one.as_of) if is_one_of_many else None,
        )


def _events(
    context: dg.AssetExecutionContext,
    translator: DagsterDbtTranslator,
    manifest: dict[str, Any],
    results: dict[str, NodeResult],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    # Dagster wants each after what it reads, also where a build left it as it was.
    for unique_id in TopologicalSorter(manifest["parent_map"]).static_order():
        key = asset_keys.model(unique_id.rsplit(".", 1)[-1])
        if key in context.selected_asset_keys and unique_id.split(".")[0] in ("model", "seed", "snapshot"):
            node = results.get(unique_id)
            yield dg.MaterializeResult(
                asset_key=key, metadata={"unchanged": True} if node is None else {"seconds": node.seconds}
            )
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
