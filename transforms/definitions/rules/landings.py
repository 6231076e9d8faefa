"""The landing folder of an input is, or lies in, that of another.

Inputs read their landing folder with everything below it, so every file would be read for both, and each event
would count twice.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.records import Input
    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    folders = [(source, _folder(source)) for source in whole.project.inputs]
    for source, folder in folders:
        for other, around in folders:
            if other is source or not f"{folder}/".startswith(f"{around}/"):
                continue
            if folder == around and other.key > source.key:
                continue
            yield Finding(
                f"the landing folder of `{source.key}` is, or lies in, that of `{other.key}`", source.place
            )


def _folder(source: Input) -> str:
    return posixpath.normpath(source.landing or f"landing/{source.key}").rstrip("/")


_PROJECT = """\
project: shop
workspaces:
  shop:
    inputs:
      app: {{kind: platform, format: batches}}
      web: {{kind: platform, format: batches, landing: {landing}}}
"""

LANDINGS = Rule(
    code="DEF-077",
    severity="error",
    teaching=__doc__,
    fix="every file would be read for both: give each input a folder of its own",
    check=_check,
    example={"milepost.yml": _PROJECT.format(landing="landing/shop/app/web")},
    fixed={"milepost.yml": _PROJECT.format(landing="landing/shop/web")},
)
