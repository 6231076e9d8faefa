"""A folder of an SFTP server: a file appears under its name when all of it is there (partners.md §6.5, B18)."""

from __future__ import annotations

import asyncio
import posixpath
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncssh

from exports.delivery.backoff import PassingError
from exports.delivery.faults import DeliveryError, Fault, scrubbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from exports.delivery.backoff import Patience
    from exports.delivery.secrets import Secrets
    from transforms.definitions.destinations import Sftp

_SECONDS_TO_CONNECT = 30
#: A server that answers nothing for so long is lost: it may hold the connection and be dead behind it.
_SECONDS_OF_SILENCE = 120.0
#: Bytes of one write. Some servers take 4 MiB, and 128 writes are on their way at once.
_LARGEST_BLOCK = 256 * 1024
_COMPARED_AT_ONCE = 1024 * 1024
_RESUME = "then `milepost resume`"
_REFUSED_FOLDER = f"look at the folder and its permissions there, {_RESUME}"
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.ChannelOpenError)


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
        """The bytes at `path` stand in the folder under `name`; other bytes under it are a `refused` fault.

        Where files are written under their own name, a beginning of ours is one that broke off: it is written anew.
        """

        def once() -> None:
            try:
                self._runner.run(self._put(path, name))
            except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
                words = "the private key can't be read, or its passphrase is another one"
                raise DeliveryError(Fault("authentication", words, f"set the right one, {_RESUME}")) from None
            except (asyncssh.DisconnectError, OSError) as error:
                self.close()
                raise _of_connection(error, self._server, self._secrets) from None
            except _LOST as error:
                self.close()
                raise _unreachable(self._server, error, self._secrets) from None
            except asyncssh.SFTPError as error:
                raise DeliveryError(_of_sftp(error, self._secrets)) from None

        self._patience.tried(once)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            connection, self._connection, self._client = self._connection, None, None
            self._runner.run(_closed(connection))

    async def _put(self, path: Path, name: str) -> None:
        # Not asyncio.timeout: what it cancels would still wait for the server to close its file.
        loop = asyncio.get_running_loop()
        watch = loop.call_later(_SECONDS_OF_SILENCE, self._abort)

        def heard(*_: object) -> None:
            nonlocal watch
            watch.cancel()
            watch = loop.call_later(_SECONDS_OF_SILENCE, self._abort)

        try:
            await self._put_heard(path, name, heard)
        finally:
            watch.cancel()

    def _abort(self) -> None:
        if self._connection is not None:
            self._connection.abort()

    async def _put_heard(self, path: Path, name: str, heard: Callable[..., None]) -> None:
        client = await self._opened()
        heard()
        target = posixpath.join(self._server.path, name)
        if await self._is_there(client, path, target, heard):
            return
        if self._server.temporary == "none":
            # One write after the other: what breaks off is a beginning, without holes.
            await self._write(client, path, target, max_requests=1, progress_handler=heard)
            return
        hidden = "." if self._server.temporary == "hidden" else ""
        temporary = posixpath.join(self._server.path, f"{hidden}{name}.part")
        await self._write_aside(client, path, temporary, heard)
        try:
            # Not the rename of OpenSSH that replaces what is there.
            await client.rename(temporary, target)
        except _LOST:
            raise
        except asyncssh.SFTPError as error:
            await _removed(client, temporary)
            raise _hinted(error, self._secrets, "none", "renames") from None

    async def _is_there(
        self, client: asyncssh.SFTPClient, path: Path, target: str, heard: Callable[[], None]
    ) -> bool:
        if not await client.exists(target):
            return False
        size, found = path.stat().st_size, (await client.stat(target)).size or 0
        may_be_a_beginning = self._server.temporary == "none" and found < size
        if found != size and not may_be_a_beginning:
            raise DeliveryError(_other_file(posixpath.basename(target)))
        try:
            is_ours = await _begins_with(client, path, target, found, heard)
        except asyncssh.SFTPPermissionDenied:
            # A letter box, which shows nobody what lies in it: names hold their as_of, so the size has to do.
            is_ours = found == size
        if not is_ours:
            raise DeliveryError(_other_file(posixpath.basename(target)))
        return found == size

    async def _write_aside(
        self, client: asyncssh.SFTPClient, path: Path, temporary: str, heard: Callable[[], None]
    ) -> None:
        try:
            # Empty at first: a name that is refused is told from a disk that is full.
            async with client.open(temporary, "wb"):
                pass
        except _LOST:
            raise
        except asyncssh.SFTPError as error:
            other = "suffix" if self._server.temporary == "hidden" else "none"
            raise _hinted(
                error, self._secrets, other, f"files like `{posixpath.basename(temporary)}`"
            ) from None
        try:
            await self._write(client, path, temporary, max_requests=-1, progress_handler=heard)
        except _LOST:
            raise
        except (asyncssh.SFTPError, DeliveryError):
            await _removed(client, temporary)
            raise

    async def _write(self, client: asyncssh.SFTPClient, path: Path, target: str, **chosen: Any) -> None:
        block = min(client.limits.max_write_len, _LARGEST_BLOCK)
        # Without the holes of a sparse file its end would be missing where it is zeros.
        await client.put(str(path), target, block_size=block, sparse=False, **chosen)
        size, written = path.stat().st_size, (await client.stat(target)).size
        if written != size:
            # Some servers keep a part of what they could not take.
            raise DeliveryError(
                Fault("refused", f"{written} of {size} bytes arrived", f"look for room there, {_RESUME}")
            )

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
        host_key = _known(server.host_key or secrets.needed("HOST_KEY"))
        return await asyncssh.connect(
            server.host,
            server.port,
            username=secrets.needed("USER"),
            password=None if key else secrets.needed("PASSWORD", "KEY"),
            client_keys=[asyncssh.import_private_key(key, secrets.optional("KEY_PASSPHRASE"))]
            if key
            else None,
            known_hosts=([host_key], [], []),
            # Nothing of whoever runs it: no agent, no configuration, no keys of a home folder.
            agent_path=None,
            config=None,
            gss_host=None,
            x509_trusted_certs=None,
            disable_trivial_auth=True,
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
    # Not `close`, which waits for a server that may answer nothing any more.
    connection.abort()
    await connection.wait_closed()


async def _begins_with(
    client: asyncssh.SFTPClient, path: Path, target: str, size: int, heard: Callable[[], None]
) -> bool:
    with path.open("rb") as ours:
        async with client.open(target, "rb") as theirs:
            left = size
            while left:
                expected = ours.read(min(left, _COMPARED_AT_ONCE))
                if await theirs.read(len(expected)) != expected:
                    return False
                heard()
                left -= len(expected)
    return True


async def _removed(client: asyncssh.SFTPClient, temporary: str) -> None:
    try:
        await client.remove(temporary)
    except asyncssh.SFTPError:
        # It may not be there, or stay for want of a right: the next try writes over it.
        return


def _known(host_key: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(host_key)
    except asyncssh.KeyImportError:
        words = "what is known of the server's key is no public key"
        step = f"put the whole line of known_hosts after the name into `host_key`, {_RESUME}"
        raise DeliveryError(Fault("authentication", words, step)) from None


def _of_connection(error: Exception, server: Sftp, secrets: Secrets) -> Exception:
    match error:
        case asyncssh.HostKeyNotVerifiable():
            words = f"{server.host} shows another key than the one that is known: it may not be the server that it was"
            step = f"ask whoever runs it for its public key, put it into `host_key`, {_RESUME}"
            return DeliveryError(Fault("authentication", words, step))
        case asyncssh.PermissionDenied():
            words = f"{server.host} refused the user or the password or key"
            return DeliveryError(Fault("authentication", words, f"set the right ones, {_RESUME}"))
        case asyncssh.KeyExchangeFailed() | asyncssh.ProtocolNotSupported():
            return DeliveryError(
                Fault("refused", scrubbed(str(error), secrets.read), f"look at the server, {_RESUME}")
            )
        case _:
            return _unreachable(server, error, secrets)


def _unreachable(server: Sftp, error: Exception, secrets: Secrets) -> PassingError:
    words = f"{server.host}:{server.port} can't be reached, or broke off: {scrubbed(str(error), secrets.read) or type(error).__name__}"
    return PassingError(Fault("unreachable", words, f"see that it runs, {_RESUME}", may_have_arrived=True))


def _of_sftp(error: asyncssh.SFTPError, secrets: Secrets) -> Fault:
    words = scrubbed(error.reason, secrets.read)
    match error:
        case asyncssh.SFTPPermissionDenied():
            return Fault("permission", words, _REFUSED_FOLDER)
        case _:
            # Version 3 of the protocol has no word of its own for a full disk.
            return Fault("refused", words, f"look at the room and the folder there, {_RESUME}")


def _hinted(error: asyncssh.SFTPError, secrets: Secrets, temporary: str, what: str) -> DeliveryError:
    """The fault of a server that may refuse how a file grows."""
    fault = _of_sftp(error, secrets)
    step = f"look at the folder and its permissions there, or, where it takes no {what}, write `temporary: {temporary}`; "
    return DeliveryError(replace(fault, next_step=f"{step}{_RESUME}"))


def _other_file(name: str) -> Fault:
    return Fault("refused", f"another file is there under the name {name}", f"take it away there, {_RESUME}")
