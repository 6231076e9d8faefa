"""One run at a time on a data folder: a lease with a heartbeat (spec §6)."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from transforms.durable import replace_bytes
from transforms.errors import UserError, failure
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from pathlib import Path

#: A holder that was not heard of for this long is dead, wherever it ran.
DEAD_AFTER_SECONDS = 60.0
BEAT_SECONDS = 5.0
_POLL_SECONDS = 0.5
_LEASE = "lease.json"
_LOCK = ".lease.lock"


@dataclass(frozen=True)
class LeaseHolder:
    """Who works on a data folder. `started` is UTC in ISO 8601."""

    run_id: str
    pid: int
    host: str
    command: str
    started: str

    @classmethod
    def this_process(cls, run_id: str, command: str, started: datetime) -> LeaseHolder:
        """The holder that this process is, for a naive UTC instant."""
        return cls(run_id, os.getpid(), socket.gethostname(), command, iso(started))


class Lease:
    """A held lease. `dead` is the holder it was taken over from: what that one left running has failed."""

    def __init__(self, path: Path, token: str, holder: LeaseHolder, dead: LeaseHolder | None) -> None:
        self._path = path
        self._token = token
        self.holder = holder
        self.dead = dead

    def confirm(self) -> None:
        """Raise a failure where the lease was lost, as after a long sleep of the machine; call before publishing."""
        if not self.is_held():
            raise failure(
                "lease-lost",
                "this run was taken for dead and another one took its place; nothing was published",
                hint="run again",
            )

    def is_held(self) -> bool:
        """Whether the lease is still this run's."""
        found = _read(self._path)
        return found is not None and found.token == self._token

    def beat(self) -> None:
        """Say that the run lives."""
        if self.is_held():
            os.utime(self._path)

    def calculates(self, audience_ids: Collection[str]) -> None:
        """Say what the run calculates, for those who read while it is at work."""
        with _locked(self._path.parent):
            if self.is_held():
                _write(self._path, self.holder, self._token, audience_ids)


@dataclass(frozen=True)
class _Written:
    holder: LeaseHolder
    token: str
    #: Machine start, process namespace and process start: a process id alone is used again.
    machine: str | None
    process: str | None
    calculating: tuple[str, ...]
    beaten: float


@contextmanager
def hold_lease(data: Path, owner: LeaseHolder, *, wait: bool = False) -> Iterator[Lease]:
    """Hold the lease of a data folder for the block, with a heartbeat in a thread of its own.

    While another run holds it: a failure (exit status 1) that names that run, or with `wait` wait for it. A
    dead holder's lease is taken over: its process is gone, or its last heartbeat is older than 60 seconds.
    """
    data.mkdir(parents=True, exist_ok=True)
    lease = _take(data, owner)
    while isinstance(lease, _Written):
        if not wait:
            raise _held_by(lease.holder)
        time.sleep(_POLL_SECONDS)
        lease = _take(data, owner)
    stop = threading.Event()
    thread = threading.Thread(target=_keep_beating, args=(lease, stop), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        stop.set()
        thread.join()
        with _locked(data):
            if lease.is_held():
                (data / _LEASE).unlink()


def being_calculated(data: Path) -> tuple[str, ...]:
    """The ids of the audiences that a living run calculates, sorted; none where no run is at work."""
    written = _read(data / _LEASE)
    return written.calculating if written is not None and _is_alive(written) else ()


def _take(data: Path, owner: LeaseHolder) -> Lease | _Written:
    with _locked(data):
        found = _read(data / _LEASE)
        if found is not None and _is_alive(found):
            return found
        token = secrets.token_hex(8)
        _write(data / _LEASE, owner, token, ())
        return Lease(data / _LEASE, token, owner, found.holder if found else None)


def _write(path: Path, holder: LeaseHolder, token: str, calculating: Collection[str]) -> None:
    content = {
        "holder": asdict(holder),
        "token": token,
        "machine": _machine(),
        "process": _process(holder.pid),
        "calculating": sorted(calculating),
    }
    replace_bytes(path, (json.dumps(content, indent=1) + "\n").encode())


def _keep_beating(lease: Lease, stop: threading.Event) -> None:
    while not stop.wait(BEAT_SECONDS):
        lease.beat()


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    with (data / _LOCK).open("a") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> _Written | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        beaten = path.stat().st_mtime
        holder = LeaseHolder(**content["holder"])
        calculating = tuple(content.get("calculating", ()))
        return _Written(holder, content["token"], content["machine"], content["process"], calculating, beaten)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Not there, or not a lease: nobody can be named, and nobody holds it.
        return None


def _is_alive(written: _Written) -> bool:
    if time.time() - written.beaten > DEAD_AFTER_SECONDS:
        return False
    if written.holder.host != socket.gethostname():
        return True
    if written.machine is None or written.machine != _machine():
        # The same name on another machine, or in another container: only the heartbeat tells.
        return True
    return _process(written.holder.pid) == written.process


def _machine() -> str | None:
    """This start of this machine and this process namespace; None where the system does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as opened:  # noqa: PTH123
            boot = opened.read().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115
    except OSError:
        return None


def _process(pid: int) -> str | None:
    """When a process started, in ticks since the machine did; None where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as opened:  # noqa: PTH123
            # The second field is the name in parentheses and may hold anything.
            fields = opened.read().rpartition(")")[2].split()
    except OSError:
        return None
    state, started = fields[0], fields[19]
    return None if state in ("Z", "X") else started


def _held_by(holder: LeaseHolder) -> UserError:
    return failure(
        "lease-held",
        f"another run is at work: {holder.command} (run {holder.run_id}, process {holder.pid} on {holder.host}, "
        f"since {holder.started})",
        hint="wait for it to end, or use --wait",
    )
