"""A session at a partner's API: signed requests, judged answers, and the faults of those that took nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, assert_never

import orjson

from exports.delivery.backoff import PassingError
from exports.delivery.calls import Sent, Timeouts, Unanswered, client, exchange, is_safe
from exports.delivery.credentials import Credentials
from exports.delivery.faults import DeliveryError, Fault
from exports.delivery.next_steps import next_step
from exports.delivery.oauth import SigningInFailed
from exports.delivery.secrets import Secrets
from exports.delivery.signing import Signer
from exports.delivery.waits import seconds_to_wait
from exports.delivery.words import shown, values_in
from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from exports.delivery.answered import Progress
    from exports.delivery.refresh_tokens import RefreshTokens
    from exports.ledger.records import FaultReason
    from exports.partners.api import Method, PartnerApi
    from transforms.definitions.destinations import HttpApi

#: Statuses of a server that may have done what it was asked before it failed.
_AMBIGUOUS = (500, 502, 504)
Headers = tuple[tuple[str, str], ...]


class Session:
    """An open connection to one partner, with one token. DeliveryError (refused) where the address is not safe."""

    def __init__(
        self,
        api: PartnerApi,
        destination: HttpApi,
        value: Callable[[str], str | None],
        clock: Callable[[], datetime],
        timeouts: Timeouts,
        kept: RefreshTokens | None,
    ) -> None:
        address = destination.url or api.address
        if address is None or not is_safe(address):
            words = (
                f"the output needs a `url`, such as {api.address_like}"
                if address is None
                else "the `url` of the output is not one of https, without a user, `?` and `#`"
            )
            raise DeliveryError(Fault("refused", words, "write `deliver: {to: http, url: …}`", False))
        self.credentials = Credentials(Secrets(destination.credentials, value), kept)
        self._api = api
        self._address = address.rstrip("/")
        self._prefix = destination.credentials
        self._clock = clock
        self._timeouts = timeouts
        self._signer = Signer(api.authentication, self.credentials, self._ask, clock)
        self._client = client(timeouts)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def hear(
        self, method: Method, path: str, body: Any, headers: Headers, rows: Sequence[Any] = ()
    ) -> tuple[Heard, Verdict]:
        """An answer and what it means; of a token that no longer holds, the answer to the next one.

        Unanswered where there is none.
        """
        content = b"" if body is None else orjson.dumps(body)
        named = {
            variable.header: self.credentials.value(variable)
            for variable in self._api.variables
            if variable.header is not None
        }
        constant = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "milepost",
            **({} if body is None else {"Content-Type": "application/json"}),
            **dict((*self._api.headers, *headers)),
            **named,
        }
        unsigned = Sent(method, f"{self._address}{path}", constant, content)
        heard, verdict = self._judged(unsigned, rows)
        if isinstance(verdict, SignIn) and self._signer.renew():
            return self._judged(unsigned, rows)
        return heard, verdict

    def _judged(self, unsigned: Sent, rows: Sequence[Any]) -> tuple[Heard, Verdict]:
        try:
            signature = self._signer.headers(unsigned)
        except SigningInFailed as error:
            heard = error.heard or Heard(0, {}, None)
            return heard, Later(error.words) if error.is_later else SignIn(error.words)
        heard = self._ask(replace(unsigned, headers={**unsigned.headers, **signature}), rows)
        if heard.is_success and heard.body is None and rows:
            # A page of HTML with status 200 comes from something in between.
            raise Unanswered("the answer is not JSON", may_have_arrived=True)
        return heard, self._api.judge(heard)

    def _ask(self, sent: Sent, rows: Sequence[Any] = ()) -> Heard:
        return exchange(self._client, sent, rows, self._timeouts, self._clock)

    def unanswered(self, error: Unanswered, progress: Progress) -> PassingError | DeliveryError:
        """What to raise where there is no answer."""
        progress.may_have_arrived |= error.may_have_arrived
        reason: FaultReason = "refused" if error.is_final else "unreachable"
        fault = self.fault(reason, (error.words,), None, progress)
        return DeliveryError(fault) if error.is_final else PassingError(fault, None)

    def not_taken(
        self, verdict: Later | SignIn | Refused, heard: Heard, body: Any, progress: Progress
    ) -> PassingError | DeliveryError:
        """What to raise where an answer took nothing."""
        progress.may_have_arrived |= heard.status in _AMBIGUOUS
        words = verdict.words or (f"status {heard.status}",)
        match verdict:
            case Later():
                reason: FaultReason = "rate_limit" if verdict.is_limit else "unreachable"
                wait = seconds_to_wait(heard.headers, self._clock)
                return PassingError(self.fault(reason, words, body, progress), wait)
            case SignIn():
                return DeliveryError(self.fault("authentication", words, body, progress))
            case Refused():
                return DeliveryError(self.fault(verdict.reason, words, body, progress))
            case _:
                assert_never(verdict)

    def partly_taken(self, taken: Taken, body: Any, progress: Progress) -> PassingError:
        """What to raise where some rows were not taken this time."""
        return PassingError(self.fault("unreachable", taken.words, body, progress), None)

    def fault(self, reason: FaultReason, words: tuple[str, ...], body: Any, progress: Progress) -> Fault:
        """A fault with the words as they may be shown."""
        message = "; ".join(self.shown(words, body)) or "it does not say why"
        return Fault(reason, message, next_step(reason, self._prefix), progress.may_have_arrived)

    def shown(self, words: Sequence[str], body: Any) -> tuple[str, ...]:
        """Words without the secrets of the session, and without what `body` has in its rows."""
        rows = [] if body is None else self._api.rows.of(body)
        return shown(words, {*self.credentials.hidden, *values_in(list(rows or ()))})
