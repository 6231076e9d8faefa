"""A small shop that runs end to end: a project of a dozen audiences, simulated landing files, the command."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.started import Started

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

FIRST, SECOND = "2026-03-05", "2026-03-06"

#: 300 people over five days, with late, repeated and bad lines.
SIMULATION = (
    *("--users", "300", "--events", "4000", "--days", "5", "--end", "2026-03-06", "--seed", "11"),
    *("--late", "0.02", "--duplicates", "0.02", "--malformed", "0.01"),
)

FILES = {
    "milepost.yml": """\
        project: small_shop
        workspaces:
          shop:
            inputs:
              web: {kind: platform, format: batches}
        event_lookback: 30 days
        """,
    "audiences/viewers.yml": """\
        audience: viewers
        criteria: {ecommerce: {action: view_detail, within: 2 days}}
        ab_test: {name: banner, variants: {red: 50, blue: 25}}
        """,
    "audiences/eager.yml": """\
        audience: eager
        criteria: {ecommerce: {action: view_detail, count: {gte: 3}, within: 2 days}}
        """,
    "audiences/spenders.yml": """\
        audience: spenders
        criteria: {ecommerce: {action: purchase, sum: {attribute: total_amount, gte: 20}}}
        """,
    "audiences/no_purchase.yml": """\
        audience: no_purchase
        criteria: {ecommerce: {action: purchase, count: {eq: 0}, within: 3 days}}
        """,
    "audiences/mailable.yml": """\
        audience: mailable
        criteria: {identity: {type: email, exists: true}}
        """,
    "audiences/silent.yml": """\
        audience: silent
        criteria:
          all: [{last_active: {before: 2026-03-05}}]
          exclude: [{audience: {in: spenders}}]
        """,
    "audiences/granted.yml": """\
        audience: granted
        criteria: {consent: {regulation: gdpr, purpose: marketing, state: granted}}
        """,
    "audiences/friends.yml": """\
        audience: friends
        criteria: {list: friends}
        """,
    "audiences/loyal.yml": """\
        audience: loyal
        criteria:
          model: {name: loyalty, where: {purchases: {gte: 1}, tier: gold}}
          exclude: [{list: staff}]
        """,
    "lists/friends.csv": """\
        # handed over by the shop
        email
        USER.1@example.com
        user.2@example.com
        user.3@example.com
        user.4@example.com
        "nobody, at all@example.com"
        """,
    "lists/staff.csv": """\
        mpid
        -1
        """,
    "models/scores/loyalty.sql": """\
        select
            purchases.mpid,
            purchases.purchases,
            tiers.tier
        from {{ ref('purchases_by_user') }} as purchases
        inner join {{ ref('tiers') }} as tiers
            on purchases.purchases >= tiers.least
        """,
    "models/scores/purchases_by_user.sql": """\
        select
            mpid,
            count(*) as purchases
        from {{ ref('stg_lake__events') }}
        where
            event_name = 'purchase'
        group by mpid
        """,
    "seeds/tiers.csv": """\
        tier,least
        gold,2
        """,
    "audiences/valued.yml": """\
        audience: valued
        criteria: {calculated: {attribute: spent, gte: 50}}
        """,
    "attributes/spent.yml": """\
        attribute: spent
        function: sum
        of: {ecommerce: {action: purchase}}
        value: total_amount
        """,
    "attributes/last_seen_product.yml": """\
        attribute: last_seen_product
        function: last_value
        of: {ecommerce: {action: view_detail}}
        value: {product: id}
        """,
    "audiences/nobody.yml": """\
        audience: nobody
        criteria: {event: {name: "{{ 1+1 }}"}}
        """,
    "journeys/path.yml": """\
        journey: path
        milestones:
          - milestone: active
            criteria: {last_active: {within: 3 days}}
            next:
              - milestone: shopping
                criteria: {ecommerce: {action: add_to_cart}}
                next:
                  - milestone: bought
                    criteria: {ecommerce: {action: purchase}}
                  - milestone: waiting
                    remaining: true
              - milestone: browsing
                criteria: {ecommerce: {action: view_detail}}
              - milestone: others
                remaining: true
          - milestone: gone
            remaining: true
        """,
    "connections/files.yml": """\
        outputs:
          files: {partner: meta_csv, region: US}
        connections:
          - {connection: red_banner, audience: viewers, variant: red, output: files, status: active}
          - {connection: waiting, audience: path__waiting, output: files, status: active}
        """,
}

#: What a run leaves behind for others, below the data folder.
OUTPUTS = ("lake", "quarantine", "ledger", "published/current", "exports")


@dataclass(frozen=True)
class Shop:
    """A project folder and a data folder."""

    project: Path
    data: Path

    def arguments(self, *arguments: str) -> list[str]:
        """What follows `milepost` on the command line."""
        return ["--project-dir", str(self.project), "--data-dir", str(self.data), *arguments]

    def milepost(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, with these environment variables besides."""
        return self.start(*arguments, **variables).finish()

    def start(self, *arguments: str, **variables: str) -> Started:
        """Start the command in a process group of its own."""
        return Started(self.arguments(*arguments), {**environment(), **variables})

    def run(self, day: str) -> None:
        done = self.milepost("run", "--all", "--as-of", day)
        assert done.returncode == 0, done.stderr

    def copy(self, folder: Path) -> Shop:
        """A shop in the same state in another folder; the links of the store stay links."""
        shutil.copytree(self.project, folder / "project", copy_function=shutil.copy2)
        shutil.copytree(self.data, folder / "data", copy_function=shutil.copy2, symlinks=True)
        return Shop(folder / "project", folder / "data")

    def tree(self, *parts: str) -> dict[str, str]:
        """Every finished file below the parts, with its SHA-256."""
        return {
            path.relative_to(self.data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for part in parts or OUTPUTS
            for path in sorted((self.data / part).rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }


def environment() -> dict[str, str]:
    """The environment without what would point the command elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST", "DAGSTER"))}


def write_shop(folder: Path) -> Shop:
    """A project made by `milepost init`, with definitions of its own, and five days of landing files."""
    shop = Shop(folder / "project", folder / "data")
    done = Started(["init", str(shop.project)], environment()).finish()
    assert done.returncode == 0, done.stderr
    for name in ("audiences", "journeys", "connections"):
        shutil.rmtree(shop.project / name)
    for name, text in FILES.items():
        path = shop.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line[8:]}\n" for line in text.splitlines()), encoding="utf-8")
    simulated = shop.milepost("simulate", "--into", "shop/web", *SIMULATION)
    assert simulated.returncode == 0, simulated.stderr
    return shop
