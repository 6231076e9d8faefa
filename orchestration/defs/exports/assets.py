"""A published generation → partner files: one asset for each connection."""

from collections import Counter
from collections.abc import Iterable

import dagster as dg

from exports.connections import Outcome, deliver_connection
from exports.partners.chosen import chosen_files
from exports.partners.registry import partner_named
from orchestration import asset_keys
from orchestration.dispatching import dispatch
from orchestration.partitions import DAILY
from orchestration.resources import MilepostRun
from transforms.audiences.generations import open_store
from transforms.definitions.connection_records import Connection, Output
from transforms.definitions.records import Definitions
from transforms.errors import FAILED, InternalError, Problem, UserError
from transforms.instants import iso

#: Dagster's names of kinds that are no extension of ours.
_KINDS = {"jsonl": "json", "requests.jsonl": "json"}


def export_assets(definitions: Definitions) -> list[dg.AssetsDefinition]:
    """One asset for each connection, active or not."""
    return [_export_asset(definitions, connection) for connection in definitions.connections]


def _export_asset(definitions: Definitions, connection: Connection) -> dg.AssetsDefinition:
    output = definitions.output(connection.output)

    @dg.asset(
        key=asset_keys.export(connection.id),
        deps=[asset_keys.GENERATION],
        group_name="exports",
        kinds=_kinds(output),
        description=f"What output {output.id} ({output.partner}) has been given by connection {connection.id}.",
        partitions_def=DAILY,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="data_folder",
    )
    def export(context: dg.AssetExecutionContext, milepost: MilepostRun) -> dg.MaterializeResult:
        as_of = max(milepost.as_ofs(context))
        if not milepost.delivers(context):
            return dg.MaterializeResult(
                metadata={"status": "computed; a backfill delivers only with --deliver"}
            )
        settings, known = milepost.settings, milepost.definitions
        generation = open_store(settings.published).current()
        if generation is None:
            raise InternalError("an export runs before anything was published")
        wanted = next(one for one in known.connections if one.id == connection.id)
        outcome = deliver_connection(known, wanted, generation, as_of, dispatch(settings))
        metadata = _metadata(outcome, as_of=iso(as_of))
        problems = _problems(outcome)
        if problems:
            # A step that fails has no metadata of its own, and what was sent of the others is to be seen.
            context.log_event(dg.AssetObservation(context.asset_key, metadata=metadata))
            raise UserError(*problems, exit_status=FAILED)
        return dg.MaterializeResult(metadata=metadata)

    return export


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    """What failed in this turn; what was faulted before fails no run, since nothing of it was tried."""
    failed = tuple(problem for one in outcome.of("failed") for problem in one.problems)
    faulted = tuple(
        Problem(
            "EXP-012",
            f"`{outcome.connection_id}` could not deliver `{one.audience_id}`: {one.reason}",
            hint=one.fault.next_step,
        )
        for one in outcome.of("faulted")
        if one.is_new_fault and one.fault is not None
    )
    return failed + faulted


def _kinds(output: Output) -> set[str]:
    """What the files of an output are, as Dagster shows it."""
    return {
        _KINDS.get(file.format.extension, file.format.extension)
        for file in chosen_files(partner_named(output.partner), output)
    }


def _metadata(outcome: Outcome, as_of: str) -> dict[str, dg.MetadataValue]:
    rows = sum(file.counts.rows for file in outcome.files)
    return {
        "status": dg.MetadataValue.text(outcome.status),
        "as_of": dg.MetadataValue.text(as_of),
        "files": dg.MetadataValue.int(len(outcome.files)),
        "rows": dg.MetadataValue.int(rows),
        "removed": dg.MetadataValue.int(sum(file.counts.removed for file in outcome.files)),
        "users": dg.MetadataValue.int(sum(file.counts.users for file in outcome.files)),
        "bytes": dg.MetadataValue.int(sum(file.bytes for file in outcome.files)),
        "file_names": dg.MetadataValue.json([file.file_name for file in outcome.files]),
        "dropped": dg.MetadataValue.json(_reasons(file.counts.dropped for file in outcome.files)),
        "withheld": dg.MetadataValue.json(_reasons(file.counts.withheld for file in outcome.files)),
        "faulted": dg.MetadataValue.json({one.audience_id: one.reason for one in outcome.of("faulted")}),
        "too_small": dg.MetadataValue.json(
            {file.file_name: file.least_rows for file in outcome.files if file.is_too_small}
        ),
        "waiting": dg.MetadataValue.json({one.audience_id: one.reason for one in outcome.of("waiting")}),
        "unsent": dg.MetadataValue.json({one.audience_id: one.reason for one in outcome.of("unsent")}),
    }


def _reasons(counted: Iterable[tuple[tuple[str, int], ...]]) -> dict[str, int]:
    """How many were not sent, by reason, over all files."""
    total: Counter[str] = Counter()
    for reasons in counted:
        total.update(dict(reasons))
    return dict(sorted(total.items()))
