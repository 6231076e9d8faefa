"""Where the files of an output go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import audience, load
from transforms.definitions.destinations import HttpApi, Local, ObjectStore, Sftp
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.destinations import Destination

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHJ"


def destination(folder: Path, deliver: str) -> Destination:
    written = f"outputs:\n  o: {{partner: meta, {deliver}}}\n"
    [output] = load(folder, {"audiences/buyers.yml": audience(), "connections/c.yml": written}).outputs
    return output.destination


@pytest.mark.parametrize(
    ("deliver", "expected"),
    [
        ("account: own", Local()),
        ("deliver: {to: local}", Local()),
        (
            "deliver: {to: sftp, host: sftp.example.com, credentials: META_SFTP}",
            Sftp("sftp.example.com", 22, "", "META_SFTP", None, "hidden"),
        ),
        (
            f"deliver: {{to: sftp, host: h, port: 2222, path: in, credentials: P, host_key: {KEY}, temporary: none}}",
            Sftp("h", 2222, "in", "P", KEY, "none"),
        ),
        (
            "deliver: {to: s3, bucket: lists, path: meta, region: eu-west-1, credentials: AWS}",
            ObjectStore("s3", "lists", "meta", "eu-west-1", None, "AWS"),
        ),
        ("deliver: {to: gcs, bucket: lists}", ObjectStore("gcs", "lists", "", None, None, None)),
        (
            "deliver: {to: azure, bucket: lists, credentials: A}",
            ObjectStore("azure", "lists", "", None, None, "A"),
        ),
        (
            "deliver: {to: http, credentials: META, list: '123'}",
            HttpApi(None, "META", "123"),
        ),
    ],
)
def test_a_destination_has_its_keys_and_defaults(deliver: str, expected: Destination, tmp_path: Path) -> None:
    assert destination(tmp_path, deliver) == expected


@pytest.mark.parametrize(
    ("deliver", "code", "words"),
    [
        ("deliver: {to: ftp}", "DOC-004", "ftp"),
        ("deliver: {}", "DOC-002", "to"),
        ("deliver: {to: sftp, host: h}", "DOC-002", "credentials"),
        ("deliver: {to: sftp, credentials: P}", "DOC-002", "host"),
        ("deliver: {to: s3, bucket: b, host: h}", "DOC-001", "host"),
        ("deliver: {to: local, bucket: b}", "DOC-001", "bucket"),
        ("deliver: {to: sftp, host: h, credentials: 'my secret'}", "DEF-151", "environment variables"),
        ("deliver: {to: sftp, host: h, credentials: P, host_key: SHA256:abc}", "DEF-152", "known_hosts"),
        ("deliver: {to: sftp, host: h, credentials: P, path: ../up}", "DOC-005", "without `..`"),
        ("deliver: {to: s3, bucket: b, path: a/../b}", "DOC-005", "without `..`"),
        ("deliver: {to: s3, bucket: b, endpoint: 'http://example.com'}", "DEF-153", "https"),
        ("deliver: {to: http, credentials: P, url: 'http://localhost.example.com'}", "DEF-153", "https"),
        ("deliver: {to: http, credentials: P, url: api.example.com}", "DEF-153", "https"),
    ],
)
def test_what_is_no_destination_is_a_problem(deliver: str, code: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        destination(tmp_path, deliver)
    [problem] = raised.value.problems
    assert problem.code == code
    assert words in problem.message + problem.hint + " ".join(problem.allowed)


@pytest.mark.parametrize(
    "deliver",
    [
        "to: sftp, host: h, credentials: hunter2!",
        "to: s3, bucket: b, credentials: AKIAHUNTER2SFODNN7EX",
        "to: sftp, host: 'shop:hunter2@sftp.example.com', credentials: P",
        "to: http, credentials: P, url: 'https://shop:hunter2@api.example.com'",
        "to: http, credentials: P, url: 'https://api.example.com/lists?key=hunter2'",
        "to: s3, bucket: b, endpoint: 'https://key:hunter2@minio.example.com'",
    ],
)
def test_a_secret_that_was_written_is_refused_and_not_repeated(deliver: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        destination(tmp_path, f"deliver: {{{deliver}}}")
    assert "hunter2" not in str(raised.value).lower()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v1", "http://localhost", "http://[::1]:8080"])
def test_this_machine_may_be_reached_without_https(url: str, tmp_path: Path) -> None:
    assert destination(tmp_path, f"deliver: {{to: http, credentials: P, url: '{url}'}}") == HttpApi(
        url, "P", None
    )
