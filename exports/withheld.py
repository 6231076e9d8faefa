"""Who and what is not sent although they are members: opted out, without consent, tracking limited (spec §12)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.errors import failure

if TYPE_CHECKING:
    import duckdb

    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Output, RequiredConsent

_PRIVACY = "create table privacy as select * from read_parquet($privacy)"
_OPTED_OUT = """
delete from audience_member where mpid in (select mpid from privacy where statement = 'opted_out')
"""
_WITHOUT_CONSENT = """
delete from audience_member where ($state = 'not_present') = (mpid in (
    select mpid from privacy
    where statement = 'consent' and lower(regulation) = $regulation and lower(purpose) = $purpose
        and ($state = 'not_present' or is_so = ($state = 'granted'))
))
"""
_IDENTITIES = """
create view sendable_identity as
select mpid, identity_type, identity_value from every_identity
"""
_UNLIMITED_IDENTITIES = """
create view sendable_identity as
select every_identity.*
from every_identity anti join (
    select mpid, identity_type, lower(identity_value) as lowered from privacy where statement = 'limited'
) as limited on limited.mpid = every_identity.mpid
    and limited.identity_type = every_identity.identity_type
    and limited.lowered = lower(every_identity.identity_value)
"""
_ANY_LIMITED = "select count(*) from privacy where statement = 'limited'"
_LIMITED = """
select count(*)
from every_identity semi join (
    select mpid, identity_type, lower(identity_value) as lowered from privacy where statement = 'limited'
) as limited on limited.mpid = every_identity.mpid
    and limited.identity_type = every_identity.identity_type
    and limited.lowered = lower(every_identity.identity_value)
where every_identity.mpid in (select mpid from audience_member)
    and every_identity.identity_type in (select unnest($types))
"""


@dataclass(frozen=True)
class Withholding:
    """What an output withholds: users who opted out, members without the `consents`, ids whose tracking is limited."""

    consents: tuple[RequiredConsent, ...] = ()
    opted_out: bool = True
    limited: bool = True


def withholding(output: Output) -> Withholding:
    """What an output withholds."""
    return Withholding(output.requires_consent, output.withholds_opted_out, output.withholds_limited)


def withhold(
    connection: duckdb.DuckDBPyConnection,
    generation: Generation,
    chosen: Withholding,
    identity_types: tuple[str, ...],
) -> tuple[tuple[str, int], ...]:
    """Take from the table `audience_member` who is withheld, and make the view `sendable_identity` (mpid,
    identity_type, identity_value); how many were withheld, by reason: members opted_out and without_consent, and
    identities of limited_tracking.

    A failure (exit status 1) where it was not published who has opted out: an earlier version of Milepost did it.
    """
    if not generation.privacy_file.exists():
        raise failure("EXP-016", "it is not known who has opted out", hint="`milepost run` once more")
    connection.execute(_PRIVACY, {"privacy": str(generation.privacy_file)})
    connection.read_parquet(str(generation.identities_file)).create_view("every_identity")
    counts: Counter[str] = Counter()
    if chosen.opted_out:
        counts["opted_out"] = connection.execute(_OPTED_OUT).fetchall()[0][0]
    for consent in chosen.consents:
        said = {"state": consent.state, "regulation": consent.regulation, "purpose": consent.purpose}
        counts["without_consent"] += connection.execute(_WITHOUT_CONSENT, said).fetchall()[0][0]
    # Where nothing is limited, which is most often so, identities need not be looked at one by one.
    is_limited = chosen.limited and connection.execute(_ANY_LIMITED).fetchall()[0][0]
    connection.execute(_UNLIMITED_IDENTITIES if is_limited else _IDENTITIES)
    if is_limited:
        limited = connection.execute(_LIMITED, {"types": list(identity_types)}).fetchall()
        counts["limited_tracking"] = limited[0][0]
    return tuple(sorted((reason, count) for reason, count in counts.items() if count))
