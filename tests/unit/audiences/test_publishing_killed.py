from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHER = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

store = open_store(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    publish(store, publication(AS_OF + timedelta(days=number % 5), {"a": set(range(number))}))
    print(number, flush=True)
"""


def assert_whole(published: Path) -> int:
    """Every file that the current generation lists is there with its bytes; returns its number."""
    generation = open_store(published).current()
    assert generation is not None
    manifest = json.loads((generation.folder / "generation.json").read_text())
    for entry in manifest["files"]:
        assert hashlib.sha256((generation.folder / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
    listed = {entry["name"] for entry in manifest["files"]} | {"generation.json"}
    there = {
        path.relative_to(generation.folder).as_posix()
        for path in generation.folder.rglob("*")
        if path.is_file()
    }
    assert there == listed
    return generation.number


@pytest.mark.parametrize(
    "kills", [pytest.param(3, marks=pytest.mark.slow), pytest.param(60, marks=pytest.mark.soak)]
)
def test_a_publisher_killed_at_any_moment_leaves_a_whole_generation(tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    published = tmp_path / "published"
    publish(open_store(published), publication(AS_OF, {"a": {0}}))
    before = assert_whole(published)
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(published), str(before)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.communicate()
        after = assert_whole(published)
        assert after >= before
        before = after
    last = publish(open_store(published), publication(AS_OF + timedelta(days=9), {"a": {1}}))
    assert len(list(last.folder.parent.iterdir())) == 2
    assert before > 1
