"""The shop of the end-to-end tests with what the catalogue filters by, run on two days."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from tests.e2e.shop import FIRST, SECOND, Shop, write_shop
from tests.support.reported import Reported

if TYPE_CHECKING:
    from pathlib import Path

#: In the place of a file of the shop, or beside them.
_FILES = {
    "milepost.yml": """\
        project: small_shop
        workspaces:
          shop:
            inputs:
              web: {kind: platform, format: batches}
          club:
            inputs:
              till: {kind: feed, format: batches}
        event_lookback: 30 days
        """,
    "audiences/viewers.yml": """\
        audience: viewers
        tags: [win-back, banner]
        owner: growth
        workspaces: [shop]
        criteria: {ecommerce: {action: view_detail, within: 2 days}}
        ab_test: {name: banner, variants: {red: 50, blue: 25}}
        """,
    "audiences/everywhere.yml": """\
        audience: everywhere
        name: Everybody everywhere
        access: usable
        tags: [win-back]
        criteria: {last_active: {within: 30 days}}
        """,
    "audiences/hunted.yml": """\
        audience: hunted
        workspaces: [shop]
        criteria:
          any:
            - identity: {type: email, exact: user.1@example.com}
            - identity: {type: email, in: [user.2@example.com, nobody.at.all@example.org]}
        """,
}


def publish_shop(folder: Path) -> Reported:
    """Two days of it, with the report that its last run wrote."""
    shop = write_shop(folder)
    for name, text in _FILES.items():
        (shop.project / name).write_text(dedent(text), encoding="utf-8")
    for day in (FIRST, SECOND):
        shop.run(day)
    return Reported(folder)


def as_shop(reported: Reported) -> Shop:
    """The command over the same folders."""
    return Shop(reported.settings.project, reported.settings.data)
