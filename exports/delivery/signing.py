"""How a request says whose it is, for every way that partners know."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from exports.delivery.oauth import Tokens
from exports.partners import api

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from exports.delivery.calls import Sent
    from exports.delivery.credentials import Credentials
    from exports.partners.answers import Heard


class Signer:
    """Headers that sign requests of one session."""

    def __init__(
        self,
        how: api.Authentication,
        credentials: Credentials,
        ask: Callable[[Sent], Heard],
        clock: Callable[[], datetime],
    ) -> None:
        self._how = how
        self._credentials = credentials
        self._clock = clock
        self._tokens = Tokens(how, credentials, ask, clock) if isinstance(how, api.OAuth2) else None

    def renew(self) -> bool:
        """Whether a token that was refused can be fetched anew; it is, for the next request."""
        if self._tokens is None:
            return False
        self._tokens.forget()
        return True

    def headers(self, sent: Sent) -> dict[str, str]:
        """What signs exactly these bytes. DeliveryError where a variable is missing, SigningInFailed without token."""
        how, credentials = self._how, self._credentials
        match how:
            case api.Token():
                return {how.header: f"{how.before}{credentials.value(api.secret_of(how))}"}
            case api.OAuth2():
                assert self._tokens is not None  # noqa: S101
                return {"Authorization": f"Bearer {self._tokens.token()}"}
            case api.BodySignature():
                secret = credentials.value(api.secret_of(how))
                # The Trade Desk's own choice of digest.
                digest = hmac.digest(secret.encode(), sent.content, hashlib.sha1)
                return {how.header: base64.b64encode(digest).decode()}
            case api.OAuth1():
                return _oauth1(sent, credentials, self._clock())
            case api.AwsSignature():
                return _aws(how.service, sent, credentials)


def _oauth1(sent: Sent, credentials: Credentials, at: datetime) -> dict[str, str]:
    from oauthlib import oauth1

    client: Any = oauth1.Client(
        credentials.value(api.API_KEY),
        client_secret=credentials.value(api.API_KEY_SECRET),
        resource_owner_key=credentials.value(api.USER_TOKEN),
        resource_owner_secret=credentials.value(api.USER_TOKEN_SECRET),
        timestamp=str(int(at.timestamp())),
    )
    # A body of JSON is no part of the signature (RFC 5849 §3.4.1.3).
    _, headers, _ = client.sign(sent.address, http_method=sent.method)
    return {str(name): str(value) for name, value in headers.items()}


def _aws(service: str, sent: Sent, credentials: Credentials) -> dict[str, str]:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as Keys

    keys = Keys(
        credentials.value(api.ACCESS_KEY_ID),
        credentials.value(api.SECRET_ACCESS_KEY),
        credentials.optional(api.SESSION_TOKEN),
    )
    request = AWSRequest(sent.method, sent.address, dict(sent.headers), sent.content)
    SigV4Auth(keys, service, credentials.value(api.REGION)).add_auth(request)
    return {name: value for name, value in request.headers.items() if name not in sent.headers}
