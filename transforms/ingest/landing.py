"""The landing folders: which files are there, and their bytes, uncompressed (spec §2.1)."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from transforms.ingest.rejection import FileRejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.records import Input

_BLOCK = 1024 * 1024
#: Compressed bytes taken at once: the text that comes of them is held whole.
_ZSTD_BLOCK = 16 * 1024
_UNFINISHED = (".tmp", ".part")


@dataclass(frozen=True)
class LandingFile:
    """A file that landed. `path` is relative to the input's folder, with `/`; `size` as it is on disk."""

    input: Input
    path: str
    location: Path
    size: int
    mtime_ns: int


def landing_folder(source: Input, data: Path) -> Path:
    """Where an input's files land. A `landing:` that is not absolute is relative to the data folder."""
    return (
        data / "landing" / source.workspace / source.name if source.landing is None else data / source.landing
    )


def landing_files(source: Input, data: Path) -> list[LandingFile]:
    """The files of an input in the order of their paths. A folder that is not there has none."""
    root = landing_folder(source, data)
    found: list[LandingFile] = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            if name.startswith((".", "_")) or name.endswith(_UNFINISHED):
                continue
            location = Path(folder, name)
            try:
                status = location.stat()
            except FileNotFoundError:
                continue
            path = location.relative_to(root).as_posix().encode("utf-8", "backslashreplace").decode()
            found.append(LandingFile(source, path, location, status.st_size, status.st_mtime_ns))
    return sorted(found, key=lambda file: file.path)


def file_digest(location: Path) -> str:
    """SHA-256 of a file's bytes as they are on disk, in hex."""
    with location.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Hashing(io.RawIOBase):
    """Passes a file's bytes on and takes their SHA-256 on the way."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        chunk = self._file.read(len(buffer))
        self.sha256.update(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Zstandard(io.RawIOBase):
    """The text of one or more zstd frames. The library's own reader takes a cut file for its end."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_between = True
        self._rest = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        while not self._ready:
            block = self._rest or self._file.read(_ZSTD_BLOCK)
            self._rest = b""
            if not block:
                if not self._is_between:
                    raise FileRejected("cut_off", "is a zstd file that is cut off")
                return 0
            self._is_between = False
            self._ready = memoryview(self._frame.decompress(block))
            if self._frame.eof:
                self._rest = self._frame.unused_data
                self._frame = zstandard.ZstdDecompressor().decompressobj()
                self._is_between = True
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


class Opened:
    """An open landing file: `stream` gives its text; `digest` is that of all its bytes, once it is closed."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.digest = ""


@contextmanager
def opened(location: Path) -> Iterator[Opened]:
    """Open a landing file. FileRejected where its compression is broken."""
    with location.open("rb") as file:
        hashing = _Hashing(file)
        raw = cast("BinaryIO", io.BufferedReader(hashing, _BLOCK))
        result = Opened(_uncompressed(raw, location.name))
        try:
            yield result
        except EOFError:
            raise FileRejected("cut_off", "is a gzip file that is cut off") from None
        except (gzip.BadGzipFile, zlib.error):
            raise FileRejected("bad_compression", "is not a good gzip file") from None
        except zstandard.ZstdError:
            raise FileRejected("bad_compression", "is not a good zstd file") from None
        finally:
            while raw.read(_BLOCK):
                pass
            result.digest = hashing.sha256.hexdigest()


def _uncompressed(raw: BinaryIO, name: str) -> BinaryIO:
    if name.endswith(".gz"):
        return cast("BinaryIO", io.BufferedReader(gzip.GzipFile(fileobj=raw), _BLOCK))  # pyright: ignore[reportArgumentType]
    if name.endswith(".zst"):
        return cast("BinaryIO", io.BufferedReader(_Zstandard(raw), _BLOCK))
    return raw
