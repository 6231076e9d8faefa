"""A real SFTP server on this machine, over a folder, that can refuse and break off."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: SSH_FXF_WRITE of the protocol.
_WRITE = 2
USER = "partner"
PASSWORD = "let me in"


@dataclass
class Behaviour:
    """How the server behaves: after how many bytes it breaks off, how often, and what it refuses. `before`: called with
    each thing that a client is about to do.
    """

    breaks_after: int | None = None
    breaks: int = 0
    refuses_hidden: bool = False
    refuses_renames: bool = False
    is_read_only: bool = False
    keeps_only: int | None = None
    full_after: int | None = None
    is_silent: bool = False
    is_unreadable: bool = False
    has_files: bool = True
    authorized: asyncssh.SSHKey | None = None
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    before: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class SftpServer:
    port: int
    host_key: str
    folder: Path
    behaviour: Behaviour

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


@contextmanager
def sftp_server(folder: Path, behaviour: Behaviour | None = None) -> Iterator[SftpServer]:
    """The server, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    behaviour = behaviour or Behaviour()
    key = asyncssh.generate_private_key("ssh-ed25519")
    started, ended = threading.Event(), threading.Event()
    found: list[int] = []

    class Login(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            behaviour.connections.append(conn)

        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return behaviour.authorized is not None

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            authorized = behaviour.authorized
            return authorized is not None and key.public_data == authorized.public_data

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel) -> None:
            super().__init__(channel, chroot=str(folder).encode())
            self._connection = channel.get_connection()
            self._written = 0

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            behaviour.before("open")
            behaviour.log.append(f"open {path.decode()}")
            is_writing = bool(pflags & _WRITE)
            if not is_writing and behaviour.is_unreadable:
                raise asyncssh.SFTPPermissionDenied("nobody may read here")
            if is_writing and behaviour.is_read_only:
                raise asyncssh.SFTPPermissionDenied(f"you may not write here, jane@example.com, {PASSWORD}")
            if is_writing and behaviour.refuses_hidden and path.rpartition(b"/")[2].startswith(b"."):
                raise asyncssh.SFTPFailure("no hidden files")
            return super().open(path, pflags, attrs)

        async def write(self, file_obj: object, offset: int, data: bytes) -> int:
            behaviour.before("write")
            self._written += len(data)
            if behaviour.is_silent:
                await self._connection.wait_closed()
            if behaviour.full_after is not None and self._written > behaviour.full_after:
                raise asyncssh.SFTPFailure("No space left on device")
            if (
                behaviour.breaks
                and behaviour.breaks_after is not None
                and self._written > behaviour.breaks_after
            ):
                behaviour.breaks -= 1
                self._connection.abort()
                raise asyncssh.SFTPConnectionLost("gone")
            if behaviour.keeps_only is not None:
                data = data[: max(0, behaviour.keeps_only - offset)]
            return cast("int", super().write(file_obj, offset, data))

        def rename(self, oldpath: bytes, newpath: bytes) -> None:
            behaviour.before("rename")
            behaviour.log.append(f"rename {oldpath.decode()} {newpath.decode()}")
            if behaviour.refuses_renames:
                raise asyncssh.SFTPPermissionDenied("no renames")
            super().rename(oldpath, newpath)

    async def serve() -> None:
        server = await asyncssh.create_server(
            Login, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=Files if behaviour.has_files else None
        )
        found.append(server.get_port())
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.02)
        server.close()
        for connection in behaviour.connections:
            connection.abort()
        await server.wait_closed()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    started.wait()
    public = key.export_public_key().decode().strip()
    try:
        yield SftpServer(found[0], " ".join(public.split()[:2]), folder, behaviour)
    finally:
        ended.set()
        thread.join()
