"""What a partner's API is, as data: where it is, who may call it, what fills a request, and what answers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exports.partners.json_places import value_at, with_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exports.partners.answers import Heard, Verdict
    from exports.partners.jobs import Jobs
    from exports.partners.json_places import Place

#: What a delivery alone knows. `audience` is the id of the list there, `account` that of the account, `job` what the
#: partner calls work that goes on there.
Filled = Literal["audience", "account", "provider", "delivery_stream", "job"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name is `<credentials>_<suffix>`.

    `header`: the header that carries it. `fills`: the braces that it stands in for. Where it is not needed, it may be
    left out.
    """

    suffix: str
    about: str
    header: str | None = None
    fills: Filled | None = None
    is_needed: bool = True


@dataclass(frozen=True)
class Token:
    """A token or key that holds until it is taken back: `<header>: <before><token>`."""

    suffix: str = "ACCESS_TOKEN"
    header: str = "Authorization"
    before: str = "Bearer "


@dataclass(frozen=True)
class OAuth2:
    """A token that is fetched for a session, with a refresh token, or with the client alone where there is none.

    `client_in`: where the client's id and secret are sent to `address`.
    """

    address: str
    client_in: Literal["body", "basic"] = "body"
    scope: str | None = None
    has_client_grant: bool = False


@dataclass(frozen=True)
class OAuth1:
    """Each request is signed with the keys of an app and of a user (RFC 5849, HMAC-SHA-1)."""


@dataclass(frozen=True)
class BodySignature:
    """Base64 of HMAC-SHA-1 of the body's exact bytes, in a header."""

    header: str
    suffix: str = "SECRET"


@dataclass(frozen=True)
class AwsSignature:
    """AWS Signature Version 4, for a service in the region that the address names."""

    service: str


#: The variables of each way to sign in, which stand for secrets but for a client's id, a key's id and a region.
CLIENT_ID = Variable("CLIENT_ID", "the id of the app")
CLIENT_SECRET = Variable("CLIENT_SECRET", "the secret of the app")
API_KEY = Variable("API_KEY", "the key of the app")
API_KEY_SECRET = Variable("API_KEY_SECRET", "the secret of that key")
USER_TOKEN = Variable("ACCESS_TOKEN", "the token of the user")
USER_TOKEN_SECRET = Variable("ACCESS_TOKEN_SECRET", "the secret of that token")
ACCESS_KEY_ID = Variable("ACCESS_KEY_ID", "the id of the access key")
SECRET_ACCESS_KEY = Variable("SECRET_ACCESS_KEY", "the secret of that key")
SESSION_TOKEN = Variable("SESSION_TOKEN", "the token of a session, where the key is of one", is_needed=False)
REGION = Variable("REGION", "the region of the stream, such as `eu-central-1`")


Authentication = Token | OAuth2 | OAuth1 | BodySignature | AwsSignature


@dataclass(frozen=True)
class Slot:
    """A place of a request's body that is filled when it is posted, with a number where the API takes no text."""

    place: Place
    name: Filled
    is_number: bool = False


@dataclass(frozen=True)
class RowsAt:
    """Where the rows of a request are. Parts of it leave `dropped` out of the body: what numbers whole batches.

    `identifiers`: where in a row those are by which a member is known; else each of its texts is one.
    """

    place: Place
    dropped: str | None = None
    #: Rows are one text with this between them.
    separator: str | None = None
    identifiers: tuple[Place, ...] = ((),)

    def of(self, body: Any) -> Sequence[Any]:
        """The rows of a body, in order."""
        rows = value_at(body, self.place)
        return rows if self.separator is None else rows.split(self.separator)

    def part(self, body: Any, positions: Sequence[int]) -> Any:
        """The body with those rows alone."""
        rows = self.of(body)
        if len(positions) == len(rows):
            return body
        chosen: Any = [rows[position] for position in positions]
        if self.separator is not None:
            chosen = self.separator.join(chosen)
        changed = with_value(body, self.place, lambda _: chosen)
        return (
            changed
            if self.dropped is None
            else {key: value for key, value in changed.items() if key != self.dropped}
        )


@dataclass(frozen=True)
class ListFacts:
    """What a call about a list is made of. `id` is empty while it is created; `kind` as in PartnerFile."""

    name: str
    account: str
    id: str = ""
    kind: str = ""


@dataclass(frozen=True)
class ListCall:
    """A request about a list. `path` has `{audience}` and `{account}`; a body or a query of None is none."""

    method: Method
    path: str
    body: Callable[[ListFacts], Any] | None = None
    query: Callable[[ListFacts], dict[str, str]] | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Lists:
    """How lists are made, named and deleted there; None where the API, or what is known of it, has no such call.

    `id_at`: where the answer to `create` has the new id, or `id_header`. `kinds`: which kinds of lists can be made,
    None for all.
    """

    create: ListCall | None = None
    id_at: Place = ()
    id_header: str | None = None
    rename: ListCall | None = None
    delete: ListCall | None = None
    kinds: tuple[str, ...] | None = None
    #: A new list may answer 404 for so long.
    seconds_until_ready: float = 0.0


@dataclass(frozen=True)
class PartnerApi:
    """`address` is the one that is called where the output names none; None: it must.

    `headers` are on every request, `post_headers` on those of rows alone.

    `accepted` says in words what `judge` asks of an answer, `retried` which refusals of the partner's own pass with
    time, `unconfirmed` what no page of the partner's confirmed.
    """

    address: str | None
    authentication: Authentication
    rows: RowsAt
    judge: Callable[[Heard], Verdict]
    accepted: str
    lists: Lists | None = None
    slots: tuple[Slot, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    post_headers: tuple[tuple[str, str], ...] = ()
    variables: tuple[Variable, ...] = ()
    retried: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    #: What an address of one's own looks like, where `address` is None.
    address_like: str = ""
    #: Where it names work that goes on there: the next delivery waits until that has ended.
    jobs: Jobs | None = None

    @property
    def all_variables(self) -> tuple[Variable, ...]:
        """Every variable that a call needs or may have: those of signing in, then the others."""
        return (*_variables_of(self.authentication), *self.variables)


def secret_of(authentication: Token | BodySignature) -> Variable:
    """The one variable of a way to sign in that has no more."""
    match authentication:
        case Token():
            return Variable(authentication.suffix, "the token or key")
        case BodySignature():
            return Variable(authentication.suffix, "the secret that bodies are signed with")


def refresh_token_of(authentication: OAuth2) -> Variable:
    """The refresh token, which may be left out where the client alone can sign in."""
    about = "the refresh token of the account"
    if authentication.has_client_grant:
        about += "; without it, the app signs in as itself"
    return Variable("REFRESH_TOKEN", about, is_needed=not authentication.has_client_grant)


def _variables_of(authentication: Authentication) -> tuple[Variable, ...]:
    match authentication:
        case Token() | BodySignature():
            return (secret_of(authentication),)
        case OAuth2():
            return (CLIENT_ID, CLIENT_SECRET, refresh_token_of(authentication))
        case OAuth1():
            return (API_KEY, API_KEY_SECRET, USER_TOKEN, USER_TOKEN_SECRET)
        case AwsSignature():
            return (ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, REGION)
