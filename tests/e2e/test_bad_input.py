"""What goes wrong ends in one clear message and the exit status of spec §13; the rest of the work is done."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.shop import FIRST, Shop, environment, write_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

BATCH = {
    "environment": "production",
    "mpid": 7,
    "events": [
        {
            "event_type": "custom_event",
            "data": {"event_name": "Play", "timestamp_unixtime_ms": 1_772_600_000_000, "event_id": 1},
        }
    ],
}


@pytest.fixture(scope="module")
def landed(tmp_path_factory) -> Shop:
    return write_shop(tmp_path_factory.mktemp("landed"))


@pytest.fixture
def shop(landed, tmp_path) -> Shop:
    return landed.copy(tmp_path)


def assert_one_message(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert done.returncode == status, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error ") == 1, done.stderr
    for word in words:
        assert word in done.stderr


def ingested(shop: Shop) -> dict[str, dict[str, object]]:
    done = shop.milepost("ingest", "--json")
    assert done.returncode == 0, done.stderr
    return {file["path"]: file for file in json.loads(done.stdout)["files"]}


def quarantined(shop: Shop) -> dict[str, str]:
    """File → the reason of its first bad record."""
    found: dict[str, str] = {}
    for path in sorted((shop.data / "quarantine").glob("*.jsonl")):
        first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
        found[first["file"]] = first["reason"]
    return found


def test_bad_files_go_to_quarantine_and_the_others_are_ingested(shop) -> None:
    landing = shop.data / "landing" / "shop" / "web"
    good = json.dumps(BATCH).encode()
    whole = gzip.compress(b"\n".join([good] * 5000))
    (landing / "cut.json.gz").write_bytes(whole[: len(whole) // 2])
    (landing / "binary.json").write_bytes(bytes(range(256)) * 64)
    (landing / "long.json").write_bytes(b'{"mpid": 1, "x": "' + b"y" * 50_000_000 + b'"}\n' + good + b"\n")

    files = ingested(shop)

    assert files["cut.json.gz"]["status"] == "rejected"
    assert files["binary.json"]["status"] == "rejected"
    assert files["long.json"]["counts"]["records_quarantined"] == 1
    assert files["long.json"]["counts"]["events_kept"] == 1
    assert sum(file["counts"]["events_kept"] for file in files.values()) == 4001
    reasons = quarantined(shop)
    assert set(reasons) >= {"cut.json.gz", "binary.json", "long.json"}
    again = shop.milepost("ingest")
    assert "nothing new" in again.stdout


def test_an_unknown_format_is_one_error_that_names_the_known_ones(shop) -> None:
    milepost = shop.project / "milepost.yml"
    milepost.write_text(milepost.read_text(encoding="utf-8").replace("batches", "batchs"), encoding="utf-8")
    assert_one_message(shop.milepost("run"), 2, "milepost.yml:5", "batchs", "batches", "csv", "parquet")
    assert not (shop.data / "lake").exists()


def test_ten_mistakes_are_reported_at_once_and_nothing_is_run(shop) -> None:
    (shop.project / "audiences" / "wrong.yml").write_text(
        "audience: Wrong Id\n"
        "nam: Typo\n"
        "tags: [a tag that is far too long]\n"
        "status: drafted\n"
        "ab_test: {name: split, variants: {red: 70, blue: 40}}\n"
        "lookback: 3 fortnights\n"
        "access: everybody\n"
        "criteria:\n"
        "  all:\n"
        "    - event: {name: Play, cuont: {gte: 1}}\n"
        "    - user: {attribute: plan, exakt: free}\n"
        "    - last_seen: {before: 2026-02-30}\n"
        "    - ecommerce: {action: purchase, within: 7 days, ago: [3 days, 1 day]}\n",
        encoding="utf-8",
    )
    done = shop.milepost("run")
    assert done.returncode == 2
    assert done.stderr.count("audiences/wrong.yml:") >= 10, done.stderr
    for near in ("name", "count", "exact"):
        assert f"`{near}`" in done.stderr, near
    assert not (shop.data / "lake").exists()
    assert shop.milepost("validate").returncode == 2


@pytest.fixture
def locked_warehouse(shop) -> Iterator[Shop]:
    warehouse = shop.data / "warehouse" / "milepost.duckdb"
    warehouse.parent.mkdir()
    code = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield shop
        other.kill()


def test_a_locked_warehouse_fails_by_name_after_the_ingest(locked_warehouse) -> None:
    done = locked_warehouse.milepost("run", "--all", "--as-of", FIRST)
    assert_one_message(done, 1, "locked by another process")
    assert locked_warehouse.tree("lake")
    assert not any("20260305" in name for name in locked_warehouse.tree("published/current"))


def test_one_export_that_fails_leaves_the_others_done(shop) -> None:
    (shop.data / "exports").mkdir()
    (shop.data / "exports" / "red_banner").write_text("in the way", encoding="utf-8")

    done = shop.milepost("run", "--all", "--as-of", FIRST)

    assert_one_message(done, 1, "red_banner")
    assert any(name.startswith("exports/waiting/") for name in shop.tree("exports"))
    assert shop.milepost("members", "viewers").returncode == 0

    (shop.data / "exports" / "red_banner").unlink()
    shop.run(FIRST)
    assert any(name.startswith("exports/red_banner/") for name in shop.tree("exports"))


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("a small file system can't be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_an_ingest_with_one_message_and_no_trace(shop, small_disk) -> None:
    full = Shop(shop.project, small_disk)
    shutil.copytree(shop.data, small_disk, dirs_exist_ok=True)
    free = shutil.disk_usage(small_disk).free
    (small_disk / "filler").write_bytes(b"x" * (free - 65536))

    assert_one_message(full.milepost("ingest"), 1, "disk")

    assert full.tree("lake", "quarantine", "ledger") == {}
    (small_disk / "filler").unlink()


def test_a_full_disk_ends_a_report_with_one_message_and_keeps_the_pages_of_before(shop, small_disk) -> None:
    pages = small_disk / "pages"
    assert shop.milepost("report", "--to", str(pages)).returncode == 0
    before = (pages / "index.html").read_bytes()
    (small_disk / "filler").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 65536))

    assert_one_message(shop.milepost("report", "--to", str(pages)), 1, "disk")

    assert (pages / "index.html").read_bytes() == before
    assert sorted(path.name for path in small_disk.iterdir()) == ["filler", "pages"]


def test_a_full_disk_ends_a_run_with_a_message_and_keeps_what_was_published(shop, small_disk) -> None:
    full = Shop(shop.project, small_disk)
    shutil.copytree(shop.data, small_disk, dirs_exist_ok=True)

    done = full.milepost("run", "--all", "--as-of", FIRST)

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr.lower() or "space" in done.stderr.lower(), done.stderr
    assert not any("20260305" in name for name in full.tree("published"))


#: A network whose every packet is lost: names are asked of it and connections begun, and nothing ever answers.
#: Writes how many packets were sent into the file it is given, then runs the rest.
_SWALLOWING = """
set -e
sent="$1"; shift
sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add swallowing type veth peer name nowhere
ip addr add 10.99.0.2/24 dev swallowing
ip link set lo up; ip link set swallowing up; ip link set nowhere up
ip neigh add 10.99.0.1 lladdr 02:00:00:00:00:01 dev swallowing
ip route add default via 10.99.0.1
"$@" || status=$?
awk '$1 == "swallowing:" {print $11}' /proc/self/net/dev > "$sent"
exit ${status:-0}
"""


def in_swallowing_network(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """What a command does where packets are lost; `folder/sent` holds how many it sent."""
    return subprocess.run(
        ["unshare", "-n", "sh", "-c", _SWALLOWING, "sh", str(folder / "sent"), *command],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )


def test_a_run_in_a_network_that_swallows_packets_succeeds_and_sends_none(shop, tmp_path) -> None:
    knock = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'?', ('192.0.2.1', 53))"
    if (
        shutil.which("unshare") is None
        or in_swallowing_network(tmp_path, sys.executable, "-c", knock).returncode
    ):
        pytest.skip("a network of its own can't be made here")
    assert int((tmp_path / "sent").read_text()) == 1

    milepost = (sys.executable, "-c", "from orchestration.cli.main import main; main()")
    arguments = shop.arguments("run", "--all", "--as-of", FIRST, "--json")
    done = in_swallowing_network(tmp_path, *milepost, *arguments)

    assert done.returncode == 0, done.stderr
    assert {row["audience"] for row in json.loads(done.stdout)["audiences"]} >= {"viewers", "nobody"}
    assert int((tmp_path / "sent").read_text()) == 0
