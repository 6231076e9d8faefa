"""What deliveries of a project need: its ledger and folders, the clock, and whether anything may leave."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from exports.brakes import inputs_without_data
from exports.delivery.backoff import Patience
from exports.delivery.carriers import carrier
from exports.delivery.folder import Folder
from exports.delivery.refresh_tokens import RefreshTokens
from exports.ledger.ledger import Ledger
from exports.turn import Dispatch
from orchestration.clock import now
from orchestration.settings import secret

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from exports.send import FileCarrier, RequestCarrier
    from orchestration.settings import Settings
    from transforms.definitions.connection_records import Output


def dispatch(settings: Settings) -> Dispatch:
    """Deliveries below the data folder of `settings`, and over the network where MILEPOST_DELIVER allows it."""

    def folder(connection_id: str) -> Folder:
        return Folder(settings.exports / connection_id)

    def opened(output: Output, connection_id: str) -> AbstractContextManager[FileCarrier | RequestCarrier]:
        return carrier(output, folder(connection_id), secret, Patience(time.sleep), now, kept)

    kept = RefreshTokens(settings.refresh_tokens)

    @cache
    def missing(as_of: datetime) -> frozenset[str]:
        return inputs_without_data(settings.lake, as_of, settings.data / ".spill")

    ledger = Ledger(settings.connection_ledger)
    return Dispatch(ledger, settings.outbox, opened, settings.deliver, folder, missing, now)
