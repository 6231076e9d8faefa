"""Who and what is not sent although they are members: opted out, without consent, tracking limited (spec §12)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from transforms.errors import failure

if TYPE_CHECKING:
    import duckdb

    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Withholding

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
_EVERY_IDENTITY = "create view sendable_identity as select * from every_identity"
_LIMITED = """
create table limited as
select known.mpid, known.identity_type, known.identity_value
from every_identity as known semi join privacy
    on privacy.statement = 'limited' and privacy.mpid = known.mpid
        and privacy.identity_type = known.identity_type
        and lower(privacy.identity_value) = lower(known.identity_value)
"""
_UNLIMITED_IDENTITY = """
create view sendable_identity as
select * from every_identity anti join limited using (mpid, identity_type, identity_value)
"""
_ANY_LIMITED = "select count(*) from privacy where statement = 'limited'"
_WITHHELD_IDS = """
select count(*) from limited
where mpid in (select mpid from audience_member) and identity_type in (select unnest($types))
"""


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
    if chosen.limited and connection.execute(_ANY_LIMITED).fetchall()[0][0]:
        connection.execute(_LIMITED)
        connection.execute(_UNLIMITED_IDENTITY)
        withheld = connection.execute(_WITHHELD_IDS, {"types": list(identity_types)}).fetchall()
        counts["limited_tracking"] = withheld[0][0]
    else:
        connection.execute(_EVERY_IDENTITY)
    return tuple(sorted((reason, count) for reason, count in counts.items() if count))
