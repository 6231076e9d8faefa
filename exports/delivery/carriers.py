"""What takes the files of an output, or posts its requests, by where it says that they go."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from exports.delivery.secrets import Secrets
from exports.partners.registry import partner_named
from transforms.definitions.destinations import HttpApi, Local, ObjectStore, Sftp
from transforms.definitions.vocabulary import OWN_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from exports.delivery.backoff import Patience
    from exports.delivery.folder import Folder
    from exports.delivery.refresh_tokens import RefreshTokens
    from exports.send import FileCarrier, RequestCarrier
    from transforms.definitions.connection_records import Output


def carrier(
    output: Output,
    folder: Folder,
    value: Callable[[str], str | None],
    patience: Patience,
    clock: Callable[[], datetime],
    kept: RefreshTokens,
) -> AbstractContextManager[FileCarrier | RequestCarrier]:
    """What carries the deliveries of an output for a block; DeliveryError where its address or a variable is wrong.

    `folder` is that of local deliveries; `value` gives the value of an environment variable, `kept` the refresh
    tokens that partners gave. Libraries are imported
    where they are needed: SSH takes 0.3 s, HTTP 0.2 s.
    """
    destination = output.destination
    match destination:
        case Local():
            return nullcontext(folder)
        case Sftp():
            from exports.delivery.sftp import sftp_folder

            return sftp_folder(destination, Secrets(destination.credentials, value), patience)
        case ObjectStore():
            from exports.delivery.object_store import bucket

            prefix = destination.credentials
            secrets = None if prefix is None else Secrets(prefix, value)
            return bucket(destination, secrets, patience)
        case HttpApi():
            from exports.delivery.http import Api

            # `own` is our word, no partner's id.
            account = None if output.account == OWN_ACCOUNT else output.account
            return Api(partner_named(output.partner), destination, account, value, patience, clock, kept=kept)
