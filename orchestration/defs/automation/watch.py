"""Sensors that look at what is published while nothing runs, and tell the team (`notify:`)."""

import dagster as dg

from orchestration.clock import now
from orchestration.defs.metrics.watched import freshness
from orchestration.defs.report.freshness import report_freshness
from orchestration.settings import Settings
from orchestration.telling import tell_of_failed_run, tell_of_findings
from orchestration.watching import findings
from transforms.definitions.records import Definitions

SECONDS_BETWEEN_LOOKS = 300


def watch_sensors(settings: Settings, definitions: Definitions) -> list[dg.SensorDefinition]:
    """One that looks every five minutes, and one that hears of failed runs; both run unless they are stopped."""

    @dg.sensor(
        name="watch_sensor",
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of stale audiences and of figures that deserve a look, each once.",
    )
    def watch_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        found = findings(settings, definitions)
        for told in tell_of_findings(settings, definitions, found):
            context.log.info(told.text)
        stale = [finding for finding in found if finding.subject == "stale"]
        of_report = report_freshness(settings, definitions, now())
        seen = ", ".join(f"{finding.audience_id} {finding.as_of}" for finding in stale) or "fresh"
        seen = f"{seen}; report {'fresh' if of_report.passed else 'stale'}"
        # An evaluation for each look would fill the log with the same.
        events = [] if seen == context.cursor else [freshness(stale), of_report]
        return dg.SensorResult(skip_reason="a look starts no run", asset_events=events, cursor=seen)

    @dg.run_failure_sensor(
        name="failed_run_sensor",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of runs that failed.",
    )
    def failed_run_sensor(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        steps = ", ".join(sorted({event.step_key or "" for event in context.get_step_failure_events()}))
        words = f"{run.job_name} {run.run_id}{': ' if steps else ''}{steps}"
        for told in tell_of_failed_run(settings, definitions, run.run_id, words):
            context.log.info(told.text)

    return [watch_sensor, failed_run_sensor]
