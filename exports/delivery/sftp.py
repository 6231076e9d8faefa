"""A folder of an SFTP server: a file appears under its name when all of it is there (partners.md §6.5, B18)."""

from __future__ import annotations

import asyncio
import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING

import asyncssh

from exports.delivery.backoff import PassingError
from exports.delivery.faults import DeliveryError, Fault, scrubbed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from exports.delivery.backoff import Patience
    from exports.delivery.secrets import Secrets
    from transforms.definitions.destinations import Sftp

_SECONDS_TO_CONNECT = 30
_RESUME = "then `milepost resume`"
_REFUSED_FOLDER = f"look at the folder and its permissions there, {_RESUME}"


class SftpFolder:
    """A folder there, over a connection that is opened when it is needed."""

    def __init__(self, server: Sftp, secrets: Secrets, patience: Patience, runner: asyncio.Runner) -> None:
        self._server = server
        self._secrets = secrets
        self._patience = patience
        self._runner = runner
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def put(self, path: Path, name: str) -> None:
        """The file at `path` stands in the folder under `name`; a file of another size under it is a `refused` fault."""

        def once() -> None:
            try:
                self._runner.run(self._put(path, name))
            except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
                words = "the private key can't be read, or its passphrase is another one"
                raise DeliveryError(
                    Fault("authentication", words, f"set the right one, {_RESUME}")
                ) from error
            except (asyncssh.ConnectionLost, asyncssh.DisconnectError, TimeoutError, OSError) as error:
                self.close()
                raise _of_connection(error, self._server) from error
            except asyncssh.SFTPConnectionLost as error:
                self.close()
                raise _unreachable(self._server, error) from error
            except asyncssh.SFTPError as error:
                raise DeliveryError(_of_sftp(error)) from error

        self._patience.tried(once)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            connection, self._connection, self._client = self._connection, None, None
            self._runner.run(_closed(connection))

    async def _put(self, path: Path, name: str) -> None:
        client = await self._opened()
        target = posixpath.join(self._server.path, name)
        temporary = {
            "hidden": posixpath.join(self._server.path, f".{name}.part"),
            "suffix": f"{target}.part",
            "none": target,
        }[self._server.temporary]
        size = path.stat().st_size
        if await client.exists(target):
            there = (await client.stat(target)).size
            if there == size:
                return
            if temporary != target:
                raise DeliveryError(_other_file(name))
        await client.put(str(path), temporary)
        written = (await client.stat(temporary)).size
        if written != size:
            # Some servers keep a part of what they could not take.
            raise DeliveryError(
                Fault("refused", f"{written} of {size} bytes arrived", f"look for room there, {_RESUME}")
            )
        if temporary != target:
            await client.rename(temporary, target)

    async def _opened(self) -> asyncssh.SFTPClient:
        if self._client is None:
            self._connection = await self._connected()
            self._client = await self._connection.start_sftp_client()
            if self._server.path and not await self._client.exists(self._server.path):
                await self._client.makedirs(self._server.path, exist_ok=True)
        return self._client

    async def _connected(self) -> asyncssh.SSHClientConnection:
        server, secrets = self._server, self._secrets
        key = secrets.optional("KEY")
        host_key = server.host_key or secrets.needed("HOST_KEY")
        return await asyncssh.connect(
            server.host,
            server.port,
            username=secrets.needed("USER"),
            password=None if key else secrets.needed("PASSWORD", "KEY"),
            client_keys=[asyncssh.import_private_key(key, secrets.optional("KEY_PASSPHRASE"))]
            if key
            else None,
            known_hosts=([asyncssh.import_public_key(host_key)], [], []),
            # Nothing of whoever runs it: no agent, no configuration, no keys of a home folder.
            agent_path=None,
            config=None,
            connect_timeout=_SECONDS_TO_CONNECT,
        )


@contextmanager
def sftp_folder(server: Sftp, secrets: Secrets, patience: Patience) -> Iterator[SftpFolder]:
    """The folder of an SFTP server for the block.

    Variables: <credentials>_USER, and _PASSWORD or _KEY (the text of a private key, with _KEY_PASSPHRASE); _HOST_KEY where
    the definition has no `host_key`.
    """
    with asyncio.Runner() as runner:
        folder = SftpFolder(server, secrets, patience, runner)
        try:
            yield folder
        finally:
            folder.close()


async def _closed(connection: asyncssh.SSHClientConnection) -> None:
    connection.close()
    await connection.wait_closed()


def _of_connection(error: Exception, server: Sftp) -> Exception:
    match error:
        case asyncssh.HostKeyNotVerifiable():
            words = f"{server.host} shows another key than the one that is known: it may not be the server that it was"
            step = f"ask whoever runs it for its public key, put it into `host_key`, {_RESUME}"
            return DeliveryError(Fault("authentication", words, step))
        case asyncssh.PermissionDenied():
            words = f"{server.host} refused the user or the password or key"
            return DeliveryError(Fault("authentication", words, f"set the right ones, {_RESUME}"))
        case asyncssh.KeyExchangeFailed() | asyncssh.ProtocolNotSupported():
            return DeliveryError(Fault("refused", scrubbed(str(error)), f"look at the server, {_RESUME}"))
        case _:
            return _unreachable(server, error)


def _unreachable(server: Sftp, error: Exception) -> PassingError:
    words = f"{server.host}:{server.port} can't be reached, or broke off: {scrubbed(str(error)) or type(error).__name__}"
    return PassingError(Fault("unreachable", words, f"see that it runs, {_RESUME}", may_have_arrived=True))


def _of_sftp(error: asyncssh.SFTPError) -> Fault:
    words = scrubbed(error.reason)
    match error:
        case asyncssh.SFTPPermissionDenied():
            return Fault("permission", words, _REFUSED_FOLDER)
        case _:
            return Fault("refused", words, _REFUSED_FOLDER)


def _other_file(name: str) -> Fault:
    return Fault("refused", f"another file is there under the name {name}", f"take it away there, {_RESUME}")
