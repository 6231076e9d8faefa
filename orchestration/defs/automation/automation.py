"""One job, its daily schedule, and a sensor that notices new landing files."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta

import dagster as dg

from orchestration import asset_keys
from orchestration.clock import now
from orchestration.defs.automation.watch import watch_sensors
from orchestration.partitions import partition_of
from orchestration.resources import AS_OF_TAG
from orchestration.settings import Settings
from transforms.audiences.activation import attributes_to_calculate, to_calculate
from transforms.audiences.generations import open_store
from transforms.compiler.rollups import rollups
from transforms.definitions.records import Definitions
from transforms.ingest.landing import landing_files
from transforms.instants import iso

#: What is needed, as the schedule runs it, and every audience.
JOB = "daily_job"
WHOLE_JOB = "whole_job"
SENSOR_SECONDS = 60


def needed_assets(
    definitions: Definitions, all_keys: frozenset[dg.AssetKey], also: Iterable[str] = ()
) -> list[dg.AssetKey]:
    """The assets of a run: all but the models of audiences that are only estimated (spec §6), of attributes that no
    other audience names, of rollups that only these read, and connections with a schedule of their own. `also`: audiences
    that it calculates besides.
    """
    audiences = to_calculate(definitions, also=also)
    attributes = attributes_to_calculate(definitions, audiences)
    wanted = {
        *(asset_keys.milestone(one) for one in audiences),
        *(asset_keys.calculated_attribute(one) for one in attributes),
        *map(asset_keys.model, rollups(definitions, audiences, attributes)),
    }
    compiled = {
        *(asset_keys.milestone(audience.id) for audience in definitions.audiences),
        *(asset_keys.calculated_attribute(attribute.id) for attribute in definitions.attributes),
        *map(asset_keys.model, rollups(definitions)),
    }
    return sorted(all_keys - (compiled - wanted) - _served_by_themselves(definitions))


def _served_by_themselves(definitions: Definitions) -> set[dg.AssetKey]:
    """The exports of connections that have a schedule of their own."""
    return {asset_keys.export(one.id) for one in definitions.connections if one.schedule is not None}


def automation(
    settings: Settings, definitions: Definitions, all_keys: frozenset[dg.AssetKey]
) -> dg.Definitions:
    """Jobs, schedule and sensor of a project. A job started by hand does what the schedule or `run --all` does."""
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(*needed_assets(definitions, all_keys)),
        description="The audiences that are active, what those need, and all that is sent.",
    )
    whole_job = dg.define_asset_job(
        WHOLE_JOB,
        selection=dg.AssetSelection.assets(*sorted(all_keys - _served_by_themselves(definitions))),
        description="The same with every audience, active or not.",
    )

    @dg.schedule(
        name="daily_schedule",
        job=job,
        cron_schedule=definitions.project.schedule,
        execution_timezone="UTC",
        description="Runs the day that ended last, as of 00:00 UTC.",
    )
    def daily_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        midnight = context.scheduled_execution_time.replace(hour=0, minute=0, second=0, microsecond=0)
        day = (midnight - timedelta(days=1)).date().isoformat()
        return dg.RunRequest(run_key=f"day-{day}", partition_key=day)

    @dg.sensor(
        name="landing_sensor",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        description="Runs as of now when files have landed that were not there before.",
    )
    def landing_sensor(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        digest = hashlib.sha256()
        for source in definitions.project.inputs:
            for file in landing_files(source, settings.data):
                digest.update(f"{source.key}\0{file.path}\0{file.size}\0{file.mtime_ns}\0".encode())
        seen = digest.hexdigest()
        if seen == context.cursor:
            yield dg.SkipReason("nothing has landed since the last look")
            return
        first_look = context.cursor is None
        context.update_cursor(seen)
        if first_look:
            yield dg.SkipReason("first look: what has landed so far is left to the next scheduled run")
            return
        yield dg.RunRequest(run_key=seen, partition_key=partition_of(now()))

    own = [_own_schedule(settings, one.id, one.schedule) for one in definitions.connections if one.schedule]
    return dg.Definitions(
        jobs=[job, whole_job],
        schedules=[daily_schedule, *own],
        sensors=[landing_sensor, *watch_sensors(settings, definitions)],
    )


def _own_schedule(settings: Settings, connection_id: str, cron: str) -> dg.ScheduleDefinition:
    """The schedule of one connection: it sends the newest as_of that is stored then."""

    @dg.schedule(
        name=f"{connection_id}_schedule",
        job=dg.define_asset_job(
            f"{connection_id}_job",
            selection=dg.AssetSelection.assets(asset_keys.export(connection_id), asset_keys.REPORT),
            description=f"What connection {connection_id} has not received yet, and the report.",
        ),
        cron_schedule=cron,
        execution_timezone="UTC",
        description=f"Serves connection {connection_id} with the newest as_of.",
    )
    def own_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        generation = open_store(settings.published).current()
        newest = None if generation is None else generation.newest
        if newest is None:
            return dg.SkipReason("nothing is stored yet")
        return dg.RunRequest(
            run_key=f"{connection_id} {iso(newest)} {context.scheduled_execution_time:%Y%m%dT%H%M}",
            partition_key=partition_of(newest),
            tags={AS_OF_TAG: iso(newest)},
        )

    return own_schedule
