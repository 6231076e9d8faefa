"""Tells those whom `notify:` names: of what deserves a look, and of failed runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.notices.notice import Notice, of_failed_run, of_finding
from exports.notices.tell import Telling, has_channels, tell
from orchestration.clock import now
from orchestration.settings import secret
from orchestration.watching import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.settings import Settings
    from transforms.audiences.watching import Finding
    from transforms.definitions.records import Definitions


def _tell(settings: Settings, definitions: Definitions, notices: tuple[Notice, ...]) -> tuple[Telling, ...]:
    """Tell what was not told yet; one answer for each message that there was."""
    return tell(
        definitions,
        notices,
        settings.notices_told,
        secret=secret,
        may_send=settings.deliver,
        now=now(),
    )


def tell_of_findings(
    settings: Settings, definitions: Definitions, found: Iterable[Finding] | None = None
) -> tuple[Telling, ...]:
    """Tell what was found to deserve a look, by default what does now. Where nobody is told nothing is looked for."""
    if not has_channels(definitions):
        return ()
    told = findings(settings, definitions) if found is None else found
    return _tell(settings, definitions, tuple(map(of_finding, told)))


def tell_of_failed_run(
    settings: Settings, definitions: Definitions, run_id: str, words: str
) -> tuple[Telling, ...]:
    """Tell that a run failed."""
    return _tell(settings, definitions, (of_failed_run(run_id, words),))
