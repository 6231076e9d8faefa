"""Questions that a workbench answers without warehouse, dbt and generated models."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlglot import exp

from tests.support.lake import make_event, make_statement, write_lake
from tests.support.project_folder import audience, load
from tests.support.publications import publication
from tests.support.run_models import model, small_run_models
from tests.support.small_warehouse import criterion
from tests.support.small_warehouse import scope as small_scope
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.audiences.workbench import StoredMembers, Workbench, stored_members
from transforms.compiler.assemble import scope_of
from transforms.criteria.expressions import model as model_named
from transforms.errors import UserError
from transforms.ingest.identities import login_digest

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.audiences.run_models import RunModel

AS_OF = datetime(2018, 1, 2)
YESTERDAY = datetime(2018, 1, 1, 12)
FILES = {
    "audiences/players.yml": audience("players"),
    "audiences/others.yml": audience("others", criteria="{audience: {not_in: players}}"),
    "audiences/twice.yml": audience(
        "twice", criteria="{event: {name: Play, count: {gte: 2}}}", ab_test="{name: t, variants: {a: 100}}"
    ),
    "audiences/lasting.yml": audience("lasting", criteria="{member_since: {in: players, within: 3 days}}"),
}


@pytest.fixture
def bench(tmp_path: Path):
    """Makes a workbench over events and statements; `mpid` narrows it to one user."""
    made: list[Workbench] = []

    def make(
        events: list[dict[str, Any]],
        statements: list[dict[str, Any]] | None = None,
        *further: RunModel,
        as_of: datetime = AS_OF,
        mpid: int | None = None,
        by_hand: dict[str, StoredMembers | None] | None = None,
        stored: dict[datetime, Path] | None = None,
    ) -> Workbench:
        shutil.rmtree(tmp_path / "lake", ignore_errors=True)
        write_lake(tmp_path / "lake", events, statements or [])
        made.append(
            Workbench(
                load(tmp_path / "project", FILES),
                small_run_models(*further),
                as_of,
                tmp_path / "lake",
                tmp_path / "spill",
                by_hand=by_hand or {},
                stored=stored or {},
                mpid=mpid,
            )
        )
        return made[-1]

    yield make
    for workbench in made:
        workbench.__exit__()


def test_audiences_are_computed_from_their_definitions_with_all_that_they_name(bench) -> None:
    workbench = bench(
        [make_event(mpid=1), make_event(mpid=1, event_id="e2"), make_event(mpid=-2, event_name="Stop")]
    )
    assert workbench.members("players") == {1: None}
    assert workbench.members("others") == {-2: None}
    assert workbench.members("twice") == {1: "a"}


@pytest.mark.parametrize("mpid", [None, 1])
def test_the_instant_is_exact_to_the_microsecond(bench, mpid: int | None) -> None:
    at = datetime(2018, 1, 1, 12, 0, 0, 1)
    assert bench([make_event(event_at=at)], as_of=at, mpid=mpid).members("players") == {}
    later = at.replace(microsecond=2)
    assert bench([make_event(event_at=at)], as_of=later, mpid=mpid).members("players") == {1: None}


def test_one_criterion_is_asked_of_the_population(bench, tmp_path: Path) -> None:
    workbench = bench(
        [make_event(mpid=1), make_event(mpid=2, event_name="Stop", workspace="club", input="club/till")]
    )
    definitions = load(tmp_path / "project", FILES)
    scope = scope_of(definitions.audience("players"), definitions.project)
    assert workbench.population(scope) == {1, 2}
    assert workbench.holders(criterion("event: {name: Play, count: {eq: 0}}"), scope) == {2}


def test_a_record_without_mpid_is_the_users_whose_login_it_bears(bench) -> None:
    digest = login_digest("customer_id:c7")
    sale = make_event(mpid=digest, login_identity="customer_id:c7")
    said = make_statement(mpid=5, statement="identity", name="customer_id", value="c7")
    assert bench([sale], [said], mpid=5).members("players") == {5: None}
    assert bench([sale], [said], mpid=digest).members("players").get(digest, "none") == "none"
    assert bench([sale], [], mpid=digest).members("players") == {digest: None}


def test_what_was_said_without_mpid_is_said_of_the_user(bench) -> None:
    digest = login_digest("customer_id:c7")
    said = make_statement(mpid=5, statement="identity", name="customer_id", value="c7")
    row = make_statement(
        mpid=digest, login_identity="customer_id:c7", statement="attribute", name="plan", value="free"
    )
    query = exp.select("mpid", "value").from_(model_named("int_user_attributes"))
    assert bench([], [said, row], mpid=5).rows(query) == [(5, "free")]


def test_a_login_that_another_user_took_over_is_no_longer_the_users(bench) -> None:
    sale = make_event(mpid=login_digest("customer_id:c7"), login_identity="customer_id:c7")
    first = make_statement(mpid=5, statement="identity", name="customer_id", value="c7")
    later = make_statement(
        mpid=6, statement="identity", name="customer_id", value="c7", said_at=datetime(2018, 1, 1, 13)
    )
    assert 5 not in bench([sale], [first, later], mpid=5).members("players")
    assert 6 in bench([sale], [first, later], mpid=6).members("players")
    after = {**later, "said_at": AS_OF}
    assert 5 in bench([sale], [first, after], mpid=5).members("players")


def test_a_model_that_looks_at_all_users_does_so_for_one_user_too(bench) -> None:
    sql = 'select mpid, rank() over (order by count(*)) as place from "milepost"."main"."stg_lake__events" group by mpid'
    ranked = model("ranks", sql, "stg_lake__events", path="models/mine")
    workbench = bench([make_event(mpid=1), make_event(mpid=2), make_event(mpid=2)], None, ranked, mpid=2)
    assert workbench.table_of_user("ranks", 2).to_pylist() == [{"mpid": 2, "place": 2}]


def test_a_model_that_the_run_did_not_have_is_a_failure(bench, tmp_path: Path) -> None:
    definitions = load(tmp_path / "project", FILES)
    scope = scope_of(definitions.audience("players"), definitions.project)
    consent = criterion("consent: {regulation: gdpr, purpose: x, state: granted}")
    with pytest.raises(UserError, match="int_user_consents") as raised:
        bench([make_event()]).holders(consent, scope)
    assert raised.value.exit_status == 1


def test_an_audience_written_by_hand_has_the_members_that_are_stored(bench, tmp_path: Path) -> None:
    store = open_store(tmp_path / "published")
    generation = publish(store, publication(AS_OF, {"players": {7, 8}}))
    definitions = load(tmp_path / "project", FILES)
    by_hand = stored_members(definitions, generation, AS_OF, ("players", "twice"))
    workbench = bench([make_event(mpid=7), make_event(mpid=9)], by_hand=by_hand)
    assert workbench.members("players") == {7: None, 8: None}
    assert workbench.members("others") == {9: None}
    assert bench([make_event(mpid=7)], by_hand=by_hand, mpid=7).members("players") == {7: None}
    with pytest.raises(UserError, match="written by hand"):
        workbench.members("twice")


def test_a_session_of_the_user_may_end_under_another_mpid(bench, tmp_path: Path) -> None:
    session = {"session_id": "a", "event_name": None}
    start = make_event(mpid=1, event_type="session_start", **session)
    end = make_event(mpid=2, event_id="e2", event_type="session_end", session_duration_ms=1, **session)
    definitions = load(tmp_path / "project", FILES)
    scope = scope_of(definitions.audience("players"), definitions.project)
    short = criterion("session: {length: {lt: 1 minute}}")
    assert bench([start, end], mpid=1).holders(short, scope) == {1}
    assert 1 not in bench([start, {**end, "input": "shop/web"}], mpid=1).holders(short, scope)


def test_since_when_somebody_is_a_member_is_told_by_what_was_stored_before(bench, tmp_path: Path) -> None:
    store = open_store(tmp_path / "published")
    for day, members in ((YESTERDAY, {7, 9}), (AS_OF, {7, 8, 9})):
        generation = publish(store, publication(day, {"players": members}))
    events = [make_event(mpid=7), make_event(mpid=8)]
    assert bench(events, stored=generation.stored).members("lasting") == {7: None}
    assert bench(events, stored=generation.stored, mpid=7).members("lasting") == {7: None}
    assert bench(events).members("lasting") == {}
    query = criterion("member_since: {in: players, within: 3 days}").evidence(small_scope())
    assert sorted(bench(events, stored=generation.stored).rows(query)) == [
        (7, YESTERDAY, "players"),
        (8, AS_OF, "players"),
    ]
