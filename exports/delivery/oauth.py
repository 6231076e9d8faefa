"""Tokens of OAuth 2: fetched with a refresh token or with the client's own credentials (RFC 6749)."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from exports.delivery.calls import Sent, Unanswered
from exports.partners.answers import Heard, Later, by_status
from exports.partners.api import CLIENT_ID, CLIENT_SECRET, OAuth2, refresh_token_of
from exports.partners.json_places import value_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from exports.delivery.credentials import Credentials

#: A token is not used in its last minute: a request takes time, and clocks differ.
_EARLY = timedelta(seconds=60)


class SigningInFailed(Exception):
    """No token was given. `is_later`: it may be later; else the credentials no longer hold."""

    def __init__(self, words: tuple[str, ...], heard: Heard | None = None, *, is_later: bool) -> None:
        super().__init__(*words)
        self.words = words
        self.heard = heard
        self.is_later = is_later


class Tokens:
    """The access token of a session: fetched when it is first needed, kept, and fetched anew before it expires."""

    def __init__(
        self,
        how: OAuth2,
        credentials: Credentials,
        ask: Callable[[Sent], Heard],
        clock: Callable[[], datetime],
    ) -> None:
        self._how = how
        self._credentials = credentials
        self._ask = ask
        self._clock = clock
        self._token: str | None = None
        self._until: datetime | None = None

    def token(self) -> str:
        """An access token that should hold. SigningInFailed where none is given."""
        if self._token is None or (self._until is not None and self._clock() >= self._until):
            self._fetch()
        assert self._token is not None  # noqa: S101
        return self._token

    def forget(self) -> None:
        """Let the next request fetch a token: this one does not hold."""
        self._token = None

    def _fetch(self) -> None:
        try:
            heard = self._ask(self._request())
        except Unanswered as error:
            raise SigningInFailed((error.words,), is_later=not error.is_final) from None
        token = value_at(heard.body, ("access_token",))
        if not heard.is_success or not isinstance(token, str) or not token:
            words = heard.words(("error_description",), ("error",), ("message",))
            raise SigningInFailed(words, heard, is_later=isinstance(by_status(heard, words), Later))
        self._credentials.hide(token)
        newer = value_at(heard.body, ("refresh_token",))
        if isinstance(newer, str) and newer not in ("", self._refresh_token()):
            self._credentials.replace_refresh_token(refresh_token_of(self._how), newer)
        self._token = token
        seconds = value_at(heard.body, ("expires_in",))
        holds = timedelta(seconds=seconds) if isinstance(seconds, int | float) and seconds > 0 else None
        self._until = None if holds is None else self._clock() + max(holds - _EARLY, holds / 2)

    def _refresh_token(self) -> str | None:
        return self._credentials.refresh_token(refresh_token_of(self._how))

    def _request(self) -> Sent:
        how = self._how
        client, secret = self._credentials.value(CLIENT_ID), self._credentials.value(CLIENT_SECRET)
        # Where a client may sign in alone, a missing refresh token says that it does.
        token = self._refresh_token()
        form = (
            {"grant_type": "client_credentials"}
            if token is None
            else {"grant_type": "refresh_token", "refresh_token": token}
        )
        if how.scope is not None:
            form["scope"] = how.scope
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if how.client_in == "basic":
            pair = base64.b64encode(f"{client}:{secret}".encode()).decode()
            self._credentials.hide(pair)
            headers["Authorization"] = f"Basic {pair}"
        else:
            form |= {"client_id": client, "client_secret": secret}
        return Sent("POST", how.address, headers, urlencode(form).encode())
