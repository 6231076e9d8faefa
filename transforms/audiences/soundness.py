"""What has to hold of every membership before it is published (spec §5, §9): checked, not assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from transforms.audiences.variants import sample_ratio

if TYPE_CHECKING:
    from transforms.audiences.staged import Staged
    from transforms.definitions.records import Audience, Definitions


@dataclass(frozen=True)
class Soundness:
    """What was found at one as_of: audience ids with the number of users that break the rule.

    `repeated`: mpids written twice. `overlapping`: users in two splits of one parent, by parent (the journey
    where the splits are its first). `missing`: users of a parent in none of its splits although one is
    remaining. `mismatched`: A/B tests whose members fell otherwise than their shares (p < 0.001), with p.
    `strays`: members in an arm of share 0.
    """

    repeated: dict[str, int]
    overlapping: dict[str, int]
    missing: dict[str, int]
    mismatched: dict[str, float]
    strays: dict[str, int]


def check_soundness(definitions: Definitions, staged: Staged) -> Soundness:
    """Check every calculated audience of a staged as_of."""
    members = pl.scan_parquet(staged.members)
    calculated = {audience.id for audience in staged.calculated}
    repeated = (
        members.group_by("audience_id", "mpid")
        .len()
        .filter(pl.col("len") > 1)
        .group_by("audience_id")
        .len()
        .collect()
    )
    overlapping: dict[str, int] = {}
    missing: dict[str, int] = {}
    for group in _split_groups(definitions):
        splits = [audience.id for audience in group if audience.id in calculated]
        where = group[0].parent or group[0].journey or group[0].id
        if len(splits) > 1:
            shared = _count(
                members.filter(pl.col("audience_id").is_in(splits))
                .group_by("mpid")
                .agg(pl.col("audience_id").n_unique().alias("splits"))
                .filter(pl.col("splits") > 1)
            )
            overlapping.update({where: shared} if shared else {})
        whole = _whole(definitions, staged, group[-1], members, calculated)
        if group[-1].is_remaining and len(splits) == len(group) and whole is not None:
            found = members.filter(pl.col("audience_id").is_in(splits)).select("mpid").unique()
            left_out = _count(whole.join(found, on="mpid", how="anti"))
            missing.update({where: left_out} if left_out else {})
    mismatched, strays = _variants(definitions, members, calculated)
    return Soundness(dict(repeated.iter_rows()), overlapping, missing, mismatched, strays)


def _split_groups(definitions: Definitions) -> list[list[Audience]]:
    groups: dict[tuple[str, str | None], list[Audience]] = {}
    for audience in definitions.audiences:
        if audience.journey is not None:
            groups.setdefault((audience.journey, audience.parent), []).append(audience)
    return [sorted(group, key=lambda one: len(one.earlier_siblings)) for group in groups.values()]


def _whole(
    definitions: Definitions, staged: Staged, split: Audience, members: pl.LazyFrame, calculated: set[str]
) -> pl.LazyFrame | None:
    """The users that the splits have to add up to: the parent's, or the population of the journey."""
    if split.parent is not None:
        if split.parent not in calculated:
            return None
        return members.filter(pl.col("audience_id") == split.parent).select("mpid")
    profiles = pl.scan_parquet(staged.profiles).filter(pl.col("workspace").is_in(split.workspaces))
    lifetime = definitions.project.profile_lifetime
    if lifetime is not None:
        oldest = pl.lit(staged.as_of) - pl.duration(microseconds=lifetime.microseconds)
        profiles = profiles.filter(pl.col("last_seen") >= oldest)
    return profiles.select("mpid").unique()


def _variants(
    definitions: Definitions, members: pl.LazyFrame, calculated: set[str]
) -> tuple[dict[str, float], dict[str, int]]:
    mismatched: dict[str, float] = {}
    strays: dict[str, int] = {}
    for audience in definitions.audiences:
        if audience.ab_test is None or audience.id not in calculated:
            continue
        counted = (
            members.filter(pl.col("audience_id") == audience.id)
            .group_by("variant")
            .len()
            .collect()
            .iter_rows()
        )
        counts = {variant or "": count for variant, count in counted}
        ratio = sample_ratio(audience.ab_test, counts)
        if ratio.is_mismatch and ratio.p_value is not None:
            mismatched[audience.id] = ratio.p_value
        if ratio.strays:
            strays[audience.id] = sum(counts[name] for name in ratio.strays)
    return mismatched, strays


def _count(frame: pl.LazyFrame) -> int:
    return frame.select(pl.len()).collect().item()
