"""What takes the files of an output, by where it says that they go."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from exports.delivery.secrets import Secrets
from transforms.definitions.destinations import HttpApi, Local, ObjectStore, Sftp
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from exports.delivery.backoff import Patience
    from exports.delivery.folder import Folder
    from exports.send import FileCarrier
    from transforms.definitions.destinations import Destination


def file_carrier(
    destination: Destination,
    folder: Folder,
    value: Callable[[str], str | None],
    patience: Patience,
    *,
    may_leave: bool,
) -> AbstractContextManager[FileCarrier] | None:
    """The carrier of a destination for a block, None where it is over the network and nothing may leave.

    `folder` is that of local deliveries; `value` gives the value of an environment variable. Libraries are imported
    where they are needed: SSH alone takes 0.3 s.
    """
    match destination:
        case Local():
            return nullcontext(folder)
        case _ if not may_leave:
            return None
        case Sftp():
            from exports.delivery.sftp import sftp_folder

            return sftp_folder(destination, Secrets(destination.credentials, value), patience)
        case ObjectStore():
            from exports.delivery.object_store import bucket

            prefix = destination.credentials
            secrets = None if prefix is None else Secrets(prefix, value)
            return nullcontext(bucket(destination, secrets, patience))
        case HttpApi():
            raise InternalError("requests are no files")
