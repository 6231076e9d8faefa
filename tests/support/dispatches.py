"""What deliveries need, below a folder of a test."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from exports.delivery.folder import Folder
from exports.ledger.ledger import Ledger
from exports.turn import Dispatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from exports.send import FileCarrier

#: When everything happens.
NOW = datetime(2018, 1, 2, 3, 4, 5)


def dispatch(
    folder: Path,
    *,
    carrier: FileCarrier | None = None,
    session: Callable[[], AbstractContextManager[Any]] | None = None,
    may_leave: bool = True,
    missing: frozenset[str] = frozenset(),
) -> Dispatch:
    """Into `folder`/exports/<connection> unless there is a `carrier`, or a `session` to open one; the ledger is in
    `folder`/ledger.
    """

    def taking(connection_id: str) -> Folder:
        return Folder(folder / "exports" / connection_id)

    def opened(output: object, connection_id: str) -> AbstractContextManager[Any]:
        del output
        if session is not None:
            return session()
        return contextlib.nullcontext(carrier or taking(connection_id))

    return Dispatch(
        Ledger(folder / "ledger"),
        folder / "outbox",
        opened,
        may_leave,
        taking,
        lambda _: missing,
        lambda: NOW,
    )
