"""Posts requests to a partner's API, and makes, renames and deletes the lists there (spec §10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from exports.delivery.answered import Answer, Progress
from exports.delivery.backoff import PassingError
from exports.delivery.calls import Timeouts, Unanswered
from exports.delivery.faults import DeliveryError, Fault
from exports.delivery.filling import filled_body, filled_path, names_in
from exports.delivery.session import Session
from exports.partners.answers import Later, Refused, Taken
from exports.partners.api import ListFacts
from exports.partners.jobs import Failed
from exports.partners.json_places import value_at
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from exports.delivery.backoff import Patience
    from exports.delivery.refresh_tokens import RefreshTokens
    from exports.partners.answers import Heard, Verdict
    from exports.partners.api import Filled, ListCall, Method, PartnerApi
    from exports.partners.jobs import JobState
    from exports.partners.profile import Partner
    from transforms.definitions.destinations import HttpApi

#: A removal of 250 rows is cut to 125, 62 and 31 rows where the connection breaks (B10); after that it is the network.
_MOST_HALVINGS = 3
#: Times that a request is sent without the rows that were refused: a partner may name one at a time.
_MOST_ROUNDS = 20
_NAME_THE_LIST = "name the list in the output: `deliver: {to: http, list: ID}`"


@dataclass(frozen=True)
class _Posting:
    """One line as it is posted: its rows and their list, and what tells it from others."""

    method: Method
    path: str
    body: Any
    list_id: str | None
    key: str


class _Halve(Exception):
    """The connection broke over a removal that can be cut in two."""


class Api:
    """One connection's session at a partner. A context manager: it holds a connection and a token while it is open.

    `account` is the partner's own id of the account; None: the variable `<credentials>_ACCOUNT_ID` has it. `value`
    gives the value of an environment variable; `clock` says UTC; `kept` has the refresh tokens that partners gave. None of them, and no value of a row, is in what is raised or returned.
    """

    def __init__(
        self,
        partner: Partner,
        destination: HttpApi,
        account: str | None,
        value: Callable[[str], str | None],
        patience: Patience,
        clock: Callable[[], datetime],
        timeouts: Timeouts | None = None,
        kept: RefreshTokens | None = None,
    ) -> None:
        if partner.api is None:
            raise InternalError(f"{partner.name} has no API")
        self._api: PartnerApi = partner.api
        self._destination = destination
        self._account = account
        self._patience = patience
        # Milepost's instants have no zone and mean UTC; those of partners' headers and signatures have one.
        self._clock = lambda: clock().replace(tzinfo=UTC)
        self._session = Session(self._api, destination, value, self._clock, timeouts or Timeouts(), kept)
        self._made: dict[str, datetime] = {}

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def list_id(self, name: str, known: str | None, kind: str = "") -> str | None:
        """The id of the list: `known`, else the one that the output names, else of a new one of this name.

        None where the partner has no lists. `kind` is that of the file. DeliveryError where none can be made; where one
        may have been made without an answer, it is not tried again, and `may_have_arrived` says so.
        """
        lists = self._api.lists
        if lists is None:
            return None
        existing = known or self._destination.list
        if existing is not None:
            return existing
        if lists.create is None or (lists.kinds is not None and kind not in lists.kinds):
            words = "a list of this kind can't be made over the partner's API"
            raise DeliveryError(Fault("refused", words, f"make it there, and {_NAME_THE_LIST}", False))
        heard = self._list_call(lists.create, ListFacts(name, self._account_id(), kind=kind), is_once=True)
        found = heard.headers.get(lists.id_header) if lists.id_header else None
        found = value_at(heard.body, lists.id_at) if found is None else found
        if not isinstance(found, str | int) or isinstance(found, bool) or not str(found):
            words = "the answer to a new list has no id"
            raise DeliveryError(Fault("refused", words, f"see if it is there, and {_NAME_THE_LIST}", True))
        self._made[str(found)] = self._clock()
        return str(found)

    def rename_list(self, list_id: str, name: str) -> None:
        """Give the list another name, where the API allows it; else nothing."""
        lists = self._api.lists
        if lists is not None and lists.rename is not None:
            self._list_call(lists.rename, ListFacts(name, self._account_id(), list_id))

    def delete_list(self, list_id: str) -> None:
        """Delete the list. One that is gone is deleted. DeliveryError (refused) where the API can't."""
        lists = self._api.lists
        if lists is None or lists.delete is None:
            words = "a list can't be deleted over the partner's API"
            raise DeliveryError(
                Fault("refused", words, "delete it there, or write `on_delete: leave`", False)
            )
        # One that was just made and is not found is gone: there is nothing to wait for.
        self._made.pop(list_id, None)
        try:
            self._list_call(lists.delete, ListFacts("", self._account_id(), list_id))
        except DeliveryError as error:
            if error.fault.reason != "list_gone":
                raise

    def post(self, line: bytes, list_id: str | None, idempotency_key: str) -> Answer:
        """Post one line of a file of requests, and say which of its rows the partner refused for good.

        Rows are sent again where that may help: all that were not taken, in smaller requests where a removal breaks the
        connection, without those that make a request fail as a whole. DeliveryError where the partner takes no more.
        """
        request = orjson.loads(line)
        values = self._values(request["path"], list_id)
        body = filled_body(request["body"], self._api.slots, values)
        path = filled_path(request["path"], values)
        posting = _Posting(request["method"], path, body, list_id, idempotency_key)
        progress = Progress()
        self._post(posting, tuple(range(len(self._api.rows.of(body)))), progress, 0)
        return progress.answer(self._session.shown(progress.words, body) if progress.words else ())

    def job_state(self, job: str) -> JobState:
        """What became of work that goes on there. DeliveryError where the partner does not say."""
        jobs = self._api.jobs
        if jobs is None:
            raise InternalError("a partner without jobs is asked about one")
        path = filled_path(jobs.path, {"job": job})
        progress = Progress()

        def attempt() -> JobState:
            try:
                heard, verdict = self._session.hear("GET", path, None, ())
            except Unanswered as error:
                raise self._session.unanswered(error, progress) from None
            verdict = self._of_this_list(verdict, None)
            if not isinstance(verdict, Taken):
                raise self._session.not_taken(verdict, heard, None, progress)
            state = jobs.judge(heard)
            return Failed(self._session.shown(state.words, None)) if isinstance(state, Failed) else state

        return self._patience.tried(attempt)

    def _post(self, posting: _Posting, positions: tuple[int, ...], progress: Progress, halvings: int) -> None:
        left = positions
        can_halve = posting.method == "DELETE" and halvings < _MOST_HALVINGS

        def attempt() -> None:
            nonlocal left
            for _ in range(_MOST_ROUNDS):
                if not left:
                    return
                taken = self._attempt(posting, left, progress, can_halve=can_halve and len(left) > 1)
                progress.add(taken, left)
                left = tuple(left[position] for position in taken.again)
                if left and not taken.rejected:
                    raise self._session.partly_taken(taken, posting.body, progress)
            if left:
                words = ("it refuses rows of a request one after the other",)
                raise DeliveryError(self._session.fault("refused", words, posting.body, progress))

        try:
            self._patience.tried(attempt)
        except _Halve:
            half = len(left) // 2
            for part in (left[:half], left[half:]):
                self._post(posting, part, progress, halvings + 1)

    def _attempt(
        self, posting: _Posting, left: tuple[int, ...], progress: Progress, *, can_halve: bool
    ) -> Taken:
        part = self._api.rows.part(posting.body, left)
        rows = self._api.rows.of(part)
        key = posting.key if part is posting.body else f"{posting.key}.{left[0]}.{len(left)}"
        headers = (("Idempotency-Key", key), *self._api.post_headers)
        try:
            heard, verdict = self._session.hear(posting.method, posting.path, part, headers, rows)
        except Unanswered as error:
            if error.is_break and can_halve:
                progress.may_have_arrived = True
                raise _Halve from None
            raise self._session.unanswered(error, progress) from None
        verdict = self._of_this_list(verdict, posting.list_id)
        if isinstance(verdict, Taken):
            return verdict
        raise self._session.not_taken(verdict, heard, part, progress)

    def _list_call(self, call: ListCall, facts: ListFacts, *, is_once: bool = False) -> Heard:
        """`is_once`: it is not repeated where it may have been done."""
        body = None if call.body is None else call.body(facts)
        query = "" if call.query is None else f"?{urlencode(call.query(facts))}"
        path = filled_path(call.path, {"audience": facts.id, "account": facts.account}) + query
        progress = Progress()

        def attempt() -> Heard:
            try:
                heard, verdict = self._session.hear(call.method, path, body, call.headers)
            except Unanswered as error:
                stopped = self._session.unanswered(error, progress)
            else:
                verdict = self._of_this_list(verdict, facts.id or None)
                if isinstance(verdict, Taken):
                    return heard
                stopped = self._session.not_taken(verdict, heard, None, progress)
            if is_once and isinstance(stopped, PassingError) and stopped.fault.may_have_arrived:
                step = f"see if a list of that name is there, and {_NAME_THE_LIST}; then `milepost resume`"
                raise DeliveryError(replace(stopped.fault, next_step=step))
            raise stopped

        return self._patience.tried(attempt)

    def _of_this_list(self, verdict: Verdict, list_id: str | None) -> Verdict:
        """What is not found is the list, if there is one; one that was just made may not be there yet."""
        if not isinstance(verdict, Refused) or verdict.reason != "list_gone":
            return verdict
        if list_id is None:
            return replace(verdict, reason="refused")
        made, lists = self._made.get(list_id), self._api.lists
        if made is None or lists is None:
            return verdict
        age = (self._clock() - made).total_seconds()
        return Later(verdict.words) if age < lists.seconds_until_ready else verdict

    def _values(self, path: str, list_id: str | None) -> dict[Filled, str]:
        known = {each.fills: each for each in self._api.variables if each.fills is not None}
        values: dict[Filled, str] = {}
        for name in names_in(path, self._api.slots):
            match name:
                case "audience":
                    if list_id is None:
                        raise InternalError("a request about a list was posted without one")
                    values[name] = list_id
                case "account":
                    values[name] = self._account_id()
                case "job":
                    raise InternalError("a request of rows names work that goes on")
                case "provider" | "delivery_stream":
                    values[name] = self._session.credentials.value(known[name])
        return values

    def _account_id(self) -> str:
        if self._account is not None:
            return self._account
        for variable in self._api.variables:
            if variable.fills == "account":
                return self._session.credentials.value(variable)
        return ""
