"""Files over SFTP, to a real server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import asyncssh
import pytest

from exports.delivery import sftp
from exports.delivery.backoff import Patience
from exports.delivery.faults import DeliveryError, Fault
from exports.delivery.secrets import Secrets
from exports.delivery.sftp import sftp_folder
from tests.support.sftp_server import PASSWORD, USER, Behaviour, SftpServer, sftp_server
from transforms.definitions.destinations import Sftp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

#: Larger than what is written at once.
CONTENT = bytes(range(256)) * 4_000
ENVIRONMENT = {"P_USER": USER, "P_PASSWORD": PASSWORD}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    with sftp_server(tmp_path / "there") as started:
        yield started


def put(
    server: SftpServer,
    path: Path,
    *,
    name: str = "list.csv",
    folder: str = "in/daily",
    environment: dict[str, str] | None = None,
    host_key: str | None = None,
    temporary: Literal["hidden", "suffix", "none"] = "hidden",
    attempts: int = 3,
) -> list[float]:
    """Put a file; how long was waited in between."""
    waited: list[float] = []
    destination = Sftp("127.0.0.1", server.port, folder, "P", host_key or server.host_key, temporary)
    variables = ENVIRONMENT if environment is None else environment
    patience = Patience(waited.append, attempts=attempts)
    with sftp_folder(destination, Secrets("P", variables.get), patience) as opened:
        opened.put(path, name)
    return waited


def fault(server: SftpServer, path: Path, **chosen: object) -> Fault:
    with pytest.raises(DeliveryError) as raised:
        put(server, path, **chosen)  # type: ignore[arg-type]
    return raised.value.fault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "list.csv"
    found.write_bytes(CONTENT)
    return found


def test_a_file_is_renamed_when_all_of_it_is_there(server: SftpServer, path: Path) -> None:
    put(server, path)
    assert server.files() == {"in/daily/list.csv": CONTENT}
    assert "rename in/daily/.list.csv.part in/daily/list.csv" in server.behaviour.log


def test_the_same_file_again_changes_nothing(server: SftpServer, path: Path) -> None:
    put(server, path)
    put(server, path)
    assert server.files() == {"in/daily/list.csv": CONTENT}
    assert len([one for one in server.behaviour.log if one.startswith("rename")]) == 1


def test_another_file_under_the_name_is_not_replaced(server: SftpServer, path: Path) -> None:
    put(server, path)
    path.write_bytes(b"other")
    found = fault(server, path)
    assert found.reason == "refused"
    assert server.files() == {"in/daily/list.csv": CONTENT}


@pytest.mark.parametrize("other", [CONTENT[:-1] + b"x", CONTENT + b"x", b"x", bytes(len(CONTENT))])
@pytest.mark.parametrize("temporary", ["hidden", "suffix", "none"])
def test_other_bytes_under_the_name_are_not_replaced_whatever_their_length(
    temporary: Literal["hidden", "suffix", "none"], other: bytes, server: SftpServer, path: Path
) -> None:
    path.write_bytes(other)
    put(server, path)
    path.write_bytes(CONTENT)
    assert fault(server, path, temporary=temporary).reason == "refused"
    assert server.files() == {"in/daily/list.csv": other}


def test_a_letter_box_that_shows_no_content_is_compared_by_size(tmp_path: Path, path: Path) -> None:
    with sftp_server(tmp_path / "there", Behaviour(is_unreadable=True)) as server:
        put(server, path)
        put(server, path)
        path.write_bytes(b"other")
        assert fault(server, path).reason == "refused"


def test_a_file_that_ends_with_a_hole_arrives_whole(server: SftpServer, path: Path) -> None:
    os.truncate(path, 3_000_000)
    put(server, path)
    assert server.files() == {"in/daily/list.csv": path.read_bytes()}


@pytest.mark.parametrize("temporary", ["suffix", "none"])
def test_a_server_without_hidden_files_gets_a_name_that_it_takes(
    temporary: Literal["suffix", "none"], tmp_path: Path, path: Path
) -> None:
    with sftp_server(tmp_path / "there", Behaviour(refuses_hidden=True)) as server:
        found = fault(server, path)
        assert found.reason == "refused"
        assert "`temporary: suffix`" in found.next_step
        put(server, path, temporary=temporary)
        assert server.files() == {"in/daily/list.csv": CONTENT}


def test_a_server_without_renames_gets_the_file_under_its_name(tmp_path: Path, path: Path) -> None:
    with sftp_server(tmp_path / "there", Behaviour(refuses_renames=True)) as server:
        found = fault(server, path)
        assert found.reason == "permission"
        assert "`temporary: none`" in found.next_step
        assert server.files() == {}
        put(server, path, temporary="none")
        assert server.files() == {"in/daily/list.csv": CONTENT}


@pytest.mark.parametrize("temporary", ["hidden", "suffix", "none"])
@pytest.mark.parametrize("breaks_after", [0, 300_000, 900_000])
def test_a_server_that_breaks_off_is_tried_again(
    breaks_after: int, temporary: Literal["hidden", "suffix", "none"], tmp_path: Path, path: Path
) -> None:
    with sftp_server(tmp_path / "there", Behaviour(breaks_after=breaks_after, breaks=2)) as server:
        assert len(put(server, path, temporary=temporary)) == 2
        assert server.files() == {"in/daily/list.csv": CONTENT}


def test_a_server_that_falls_silent_is_unreachable(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "_SECONDS_OF_SILENCE", 0.3)
    with sftp_server(tmp_path / "there", Behaviour(is_silent=True)) as server:
        assert fault(server, path, attempts=1).reason == "unreachable"


def test_a_server_without_files_is_unreachable(tmp_path: Path, path: Path) -> None:
    with sftp_server(tmp_path / "there", Behaviour(has_files=False)) as server:
        assert fault(server, path).reason == "unreachable"


def test_a_full_disk_is_refused_and_leaves_nothing(tmp_path: Path, path: Path) -> None:
    with sftp_server(tmp_path / "there", Behaviour(full_after=300_000)) as server:
        found = fault(server, path)
        assert (found.reason, found.message) == ("refused", "No space left on device")
        assert server.files() == {}


def test_a_server_that_always_breaks_off_is_a_fault_and_leaves_no_part_under_the_name(
    tmp_path: Path, path: Path
) -> None:
    with sftp_server(tmp_path / "there", Behaviour(breaks_after=100_000, breaks=9)) as server:
        found = fault(server, path)
        assert (found.reason, found.may_have_arrived) == ("unreachable", True)
        assert "in/daily/list.csv" not in server.files()


def test_a_server_that_keeps_a_part_is_a_fault(tmp_path: Path, path: Path) -> None:
    with sftp_server(tmp_path / "there", Behaviour(keeps_only=1_000)) as server:
        found = fault(server, path)
        assert (found.reason, found.message) == ("refused", "1000 of 1024000 bytes arrived")
        assert server.files() == {}


def test_a_folder_that_may_not_be_written_is_a_fault_without_what_is_personal_in_its_words(
    tmp_path: Path, path: Path
) -> None:
    with sftp_server(tmp_path / "there", Behaviour(is_read_only=True)) as server:
        found = fault(server, path)
        assert (found.reason, found.message) == ("permission", "you may not write here, … …")


@pytest.mark.parametrize(
    ("environment", "reason", "words"),
    [
        ({"P_USER": USER, "P_PASSWORD": "wrong"}, "authentication", "refused the user or the password"),
        ({"P_USER": USER}, "authentication", "P_PASSWORD or P_KEY is not set"),
        ({"P_PASSWORD": PASSWORD}, "authentication", "P_USER is not set"),
    ],
)
def test_a_login_that_does_not_work_is_a_fault_without_the_secret(
    environment: dict[str, str], reason: str, words: str, server: SftpServer, path: Path
) -> None:
    found = fault(server, path, environment=environment)
    assert found.reason == reason
    assert words in found.message
    assert "wrong" not in found.message + found.next_step


def test_a_private_key_opens_the_door(tmp_path: Path, path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    # The fewest rounds that bcrypt does not warn of: the 128 by default take a second.
    text = key.export_private_key("openssh", passphrase="sesame", rounds=50).decode()
    environment = {"P_USER": USER, "P_KEY": text, "P_KEY_PASSPHRASE": "sesame"}
    with sftp_server(tmp_path / "there", Behaviour(authorized=key)) as server:
        put(server, path, environment=environment)
        assert server.files() == {"in/daily/list.csv": CONTENT}
        found = fault(server, path, environment={**environment, "P_KEY_PASSPHRASE": "wrong"})
        assert found.reason == "authentication"


def test_a_server_with_another_key_gets_nothing(server: SftpServer, path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    found = fault(server, path, host_key=other)
    assert found.reason == "authentication"
    assert "another key" in found.message
    assert server.files() == {}


def test_half_a_host_key_is_said_to_be_none(server: SftpServer, path: Path) -> None:
    found = fault(server, path, host_key=server.host_key[:40])
    assert found.reason == "authentication"
    assert "`host_key`" in found.next_step


def test_a_server_that_is_not_there_is_a_fault(tmp_path: Path, path: Path) -> None:
    with sftp_server(tmp_path / "there") as server:
        pass
    assert fault(server, path).reason == "unreachable"
