"""What has to hold of every membership before it is published (spec §5, §9): checked, not assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from transforms.audiences.member_lists import MemberLists
from transforms.audiences.variants import sample_ratio

if TYPE_CHECKING:
    from transforms.audiences.staged import Staged
    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class Soundness:
    """What was found at one as_of: audience ids with the number of users that break the rule.

    `repeated`: mpids written twice. `overlapping`: users in two splits of one parent, by parent (the journey
    where the splits are its first). `missing`: users of a parent in none of its splits although one is
    remaining. `mismatched`: A/B tests whose members fell otherwise than their shares (p < 0.001), with p; those alone that are watched.
    `strays`: members in an arm of share 0.
    """

    repeated: dict[str, int]
    overlapping: dict[str, int]
    missing: dict[str, int]
    mismatched: dict[str, float]
    strays: dict[str, int]


def check_soundness(definitions: Definitions, staged: Staged) -> Soundness:
    """Check every calculated audience of a staged as_of. Memory holds the splits of one parent."""
    lists = MemberLists(staged.members)
    calculated = {audience.id for audience in staged.calculated}
    repeated = {audience_id: _repeated(lists.mpids(audience_id)) for audience_id in sorted(calculated)}
    overlapping: dict[str, int] = {}
    missing: dict[str, int] = {}
    for group in _split_groups(definitions):
        splits = [audience.id for audience in group if audience.id in calculated]
        where = group[0].parent or group[0].journey or group[0].id
        complete = group[-1].is_remaining and len(splits) == len(group)
        whole = _whole(definitions, staged, group[-1], lists, calculated) if complete else None
        if len(splits) < 2 and whole is None:
            continue
        found = _in_splits([lists.mpids(split) for split in splits])
        overlapping[where] = found.filter(pl.col("splits") > 1).height
        if whole is not None:
            missing[where] = whole.join(found, on="mpid", how="anti").height
    mismatched, strays = _variants(definitions, staged, calculated)
    return Soundness(_broken(repeated), _broken(overlapping), _broken(missing), mismatched, strays)


def _broken(counts: dict[str, int]) -> dict[str, int]:
    return {where: count for where, count in counts.items() if count}


def _repeated(mpids: pl.Series) -> int:
    """How many stand more than once in a list that is sorted."""
    return mpids.filter(mpids == mpids.shift()).n_unique()


def _in_splits(lists: list[pl.Series]) -> pl.DataFrame:
    """Each mpid with the number of lists that it is in."""
    once = [mpids.unique() if _repeated(mpids) else mpids for mpids in lists]
    mpids = pl.concat([pl.Series("mpid", [], dtype=pl.Int64), *once])
    if mpids.n_unique() == len(mpids):
        return pl.DataFrame({"mpid": mpids, "splits": pl.repeat(1, len(mpids), eager=True)})
    return mpids.to_frame().group_by("mpid").agg(pl.len().alias("splits"))


def _split_groups(definitions: Definitions) -> list[list[Audience]]:
    groups: dict[tuple[str, str | None], list[Audience]] = {}
    for audience in definitions.audiences:
        if audience.journey is not None:
            groups.setdefault((audience.journey, audience.parent), []).append(audience)
    return [sorted(group, key=lambda one: len(one.earlier_siblings)) for group in groups.values()]


def _whole(
    definitions: Definitions, staged: Staged, split: Audience, lists: MemberLists, calculated: set[str]
) -> pl.DataFrame | None:
    """The users that the splits have to add up to: the parent's, or the population of the journey."""
    if split.parent is not None:
        if split.parent not in calculated:
            return None
        return lists.mpids(split.parent).to_frame()
    profiles = pl.scan_parquet(staged.profiles).filter(pl.col("workspace").is_in(split.workspaces))
    lifetime = definitions.project.profile_lifetime
    if lifetime is not None:
        oldest = pl.lit(staged.as_of) - pl.duration(microseconds=lifetime.microseconds)
        profiles = profiles.filter(pl.col("last_seen") >= oldest)
    return profiles.select("mpid").unique().collect()


def _variants(
    definitions: Definitions, staged: Staged, calculated: set[str]
) -> tuple[dict[str, float], dict[str, int]]:
    tests = {
        audience.id: (audience.ab_test, audience.watch.sample_ratio)
        for audience in definitions.audiences
        if audience.ab_test is not None and audience.id in calculated
    }
    if not tests:
        return {}, {}
    found = (
        pl.scan_parquet(staged.members)
        .filter(pl.col("audience_id").is_in(list(tests)))
        .group_by("audience_id", "variant")
        .len()
        .collect()
    )
    counts: dict[str, dict[str, int]] = {audience_id: {} for audience_id in tests}
    for audience_id, variant, count in found.iter_rows():
        counts[audience_id][variant or ""] = count
    mismatched: dict[str, float] = {}
    strays: dict[str, int] = {}
    for audience_id, (test, is_watched) in tests.items():
        ratio = sample_ratio(test, counts[audience_id])
        if is_watched and ratio.is_mismatch and ratio.p_value is not None:
            mismatched[audience_id] = ratio.p_value
        if ratio.strays:
            strays[audience_id] = sum(counts[audience_id][name] for name in ratio.strays)
    return mismatched, strays
