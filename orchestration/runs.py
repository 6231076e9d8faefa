"""Executes the jobs that the schedule and the Dagster UI execute, so that every run is in the UI."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration import asset_keys
from orchestration.clock import now
from orchestration.instance import prepare_instance
from orchestration.partitions import partition_of
from orchestration.preparation import prepare
from orchestration.run_lease import now_calculating, run_lease
from orchestration.telling import tell_of_failed_run, tell_of_findings
from transforms.audiences.activation import to_calculate
from transforms.audiences.generations import open_store
from transforms.audiences.stored import find_audience, stored_as_of
from transforms.definitions.load import load_definitions
from transforms.errors import Problem, UserError
from transforms.ingest.ip_geolocation import check_geolocation
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import dagster as dg

    from exports.notices.tell import Telling
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions

#: How a problem begins as text: its severity and code.
_PREFIX = re.compile(r"^error \S+: ", re.MULTILINE)


@dataclass(frozen=True)
class RunRequest:
    """One run: at `as_of` (None: when its ingest ended), or over the days from `first_day` to `last_day`.

    It calculates what is needed, the `audiences` besides, or `everything`.
    """

    as_of: datetime | None = None
    first_day: str | None = None
    last_day: str | None = None
    everything: bool = False
    audiences: tuple[str, ...] = ()
    frozen: bool = False
    wait: bool = False
    deliver: bool = False


def run(
    settings: Settings, request: RunRequest, say: Callable[[str], None], command: str = "milepost run"
) -> Definitions:
    """Execute a run and return the definitions that it ran. Whoever `notify:` names is told; `say` says so.

    Raises UserError: exit status 2 for invalid definitions or an ip_geolocation that can't be read, 1 where another run is at work or a step failed
    (every failed step is named; what does not depend on it was done).
    """
    run_id = str(uuid.uuid4())
    prepare_instance(settings)
    import dagster as dg  # 3 s to import: only where something runs

    with (
        dg.DagsterInstance.get() as instance,
        run_lease(settings, run_id, command, wait=request.wait, instance=instance),
    ):
        definitions = prepare(settings, frozen=request.frozen)
        for audience_id in request.audiences:
            find_audience(definitions, audience_id)
        wanted = to_calculate(definitions, everything=request.everything, also=request.audiences)
        now_calculating(settings, wanted)
        check_geolocation(definitions.project.ip_geolocation, settings.data)
        from orchestration.definitions import build_definitions
        from orchestration.defs.automation.automation import JOB, WHOLE_JOB, needed_assets

        built = build_definitions(settings, definitions)
        is_more = request.everything or request.audiences
        job = built.resolve_job_def(WHOLE_JOB if is_more else JOB)
        selected = None
        if request.audiences and not request.everything:
            keys = frozenset(job.asset_layer.executable_asset_keys)
            selected = needed_assets(definitions, keys, also=request.audiences)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            asset_selection=selected,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            **_partition(request),
        )
        failed = None if result.success else _failed(result)
        if failed is not None:
            words = "; ".join(problem.message for problem in failed.problems)
            _say(tell_of_failed_run(settings, definitions, run_id, words), say)
            raise failed
        _say(tell_of_findings(settings, definitions), say)
    return definitions


def export(
    settings: Settings, connection_ids: tuple[str, ...], say: Callable[[str], None], command: str
) -> None:
    """Execute a run of the exports of these connections at the newest as_of that is stored, and of the report on them.

    Raises UserError: exit status 1 where nothing is stored, another run is at work, or a delivery failed.
    """
    generation, as_of = stored_as_of(open_store(settings.published).current(), None)
    del generation
    run_id = str(uuid.uuid4())
    prepare_instance(settings)
    import dagster as dg  # 3 s to import: only where something runs

    with dg.DagsterInstance.get() as instance, run_lease(settings, run_id, command, instance=instance):
        definitions = load_definitions(settings.project)
        from orchestration.definitions import build_definitions

        result = (
            build_definitions(settings, definitions)
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                asset_selection=[*map(asset_keys.export, connection_ids), asset_keys.REPORT],
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                **_partition(RunRequest(as_of=as_of)),
            )
        )
        if not result.success:
            raise _failed(result)
        _say(tell_of_findings(settings, definitions), say)


def _say(told: tuple[Telling, ...], say: Callable[[str], None]) -> None:
    for telling in told:
        say(telling.text)


def _partition(request: RunRequest) -> dict[str, Any]:
    from orchestration.resources import AS_OF_TAG, DELIVER_TAG

    tags = {DELIVER_TAG: "true"} if request.deliver else {}
    if request.first_day and request.last_day:
        tags["dagster/asset_partition_range_start"] = request.first_day
        tags["dagster/asset_partition_range_end"] = request.last_day
        return {"tags": tags}
    if request.as_of is not None:
        tags[AS_OF_TAG] = iso(request.as_of)
    return {"partition_key": partition_of(request.as_of or now()), "tags": tags}


def _failed(result: dg.ExecuteInProcessResult) -> UserError:
    """Every failed step with its own words; blocking checks that failed by name."""
    problems: list[Problem] = []
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            words = _own_words(event.step_failure_data.error)
            problems.append(Problem("RUN-040", f"{event.step_key} failed: {words}"))
    for event in result.all_events:
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed and evaluation.severity.value == "ERROR":
                problems.append(
                    Problem(
                        "RUN-041", f"the check {evaluation.check_name} failed", hint="see the run in the UI"
                    )
                )
    return UserError(*problems or (Problem("RUN-042", "the run failed"),), exit_status=1)


def _own_words(error: Any) -> str:
    """What a failed step says: the words meant for the user where there are any, else those of the cause."""
    last = "failed"
    while error is not None:
        name, _, last = error.message.strip().partition(": ")
        if name.endswith("UserError"):
            return _PREFIX.sub("", last)
        error = error.cause
    return last
