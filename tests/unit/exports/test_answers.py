"""What partners' answers mean, in the shapes that they document, and in shapes that nobody documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict, by_status
from exports.partners.registry import PARTNERS, partner_named

WITH_API = [partner for partner in PARTNERS if partner.api is not None]
ROWS = [{"email": "a@example.com"}, {"email": "b@example.com"}]


def judged(name: str, status: int, body: Any, rows: Any = ROWS) -> Verdict:
    api = partner_named(name).api
    assert api is not None
    return api.judge(Heard(status, {}, body, rows))


def kind(verdict: Verdict) -> str:
    match verdict:
        case Taken():
            return f"taken {verdict.rejected} {verdict.unplaced} {verdict.again}"
        case Later():
            return "limit" if verdict.is_limit else "later"
        case SignIn():
            return "sign in"
        case Refused():
            return verdict.reason


def meta(code: int, **also: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": "words", **also}}


def firehose(name: str) -> dict[str, Any]:
    return {"__type": f"com.amazonaws.firehose#{name}", "message": "words"}


WHOLE = "taken () 0 ()"


DOCUMENTED: list[tuple[str, int, Any, str]] = [
    ("meta", 200, {"num_received": 2, "num_invalid_entries": 0}, WHOLE),
    ("meta", 200, {"num_received": 2, "num_invalid_entries": 7}, "taken () 2 ()"),
    ("meta", 400, meta(1), "later"),
    ("meta", 400, meta(2), "later"),
    ("meta", 400, meta(17), "limit"),
    ("meta", 400, meta(613), "limit"),
    ("meta", 400, meta(80003), "limit"),
    ("meta", 400, meta(190), "sign in"),
    ("meta", 400, meta(100), "refused"),
    ("meta", 400, meta(100, error_subcode=33), "list_gone"),
    ("meta", 400, meta(100, error_subcode=1713230), "refused"),
    ("meta", 403, meta(200), "permission"),
    ("meta", 400, meta(2650), "refused"),
    ("meta", 500, meta(2650), "later"),
    ("tiktok", 200, {"code": 0}, WHOLE),
    ("tiktok", 200, {"code": 40100, "message": "too frequent"}, "limit"),
    ("tiktok", 200, {"code": 50000, "message": "system error"}, "later"),
    ("tiktok", 200, {"code": 40105, "message": "token"}, "sign in"),
    ("tiktok", 200, {"code": 40001, "message": "no"}, "permission"),
    ("tiktok", 200, {"code": 40002, "message": "bad"}, "refused"),
    ("tiktok", 200, {"message": "no code at all"}, "refused"),
    ("google_data_manager", 200, {"requestId": "r"}, WHOLE),
    ("google_data_manager", 200, {}, "later"),
    ("google_data_manager", 409, {"error": {"status": "CONCURRENT_MODIFICATION"}}, "later"),
    ("google_data_manager", 429, {"error": {"status": "RESOURCE_EXHAUSTED"}}, "limit"),
    ("google_data_manager", 401, {"error": {"status": "UNAUTHENTICATED"}}, "sign in"),
    ("google_data_manager", 403, {"error": {"status": "PERMISSION_DENIED"}}, "permission"),
    ("google_data_manager", 400, {"error": {"status": "INVALID_ARGUMENT"}}, "refused"),
    ("snapchat", 200, {"request_status": "SUCCESS"}, WHOLE),
    ("snapchat", 200, {"request_status": "ERROR", "display_message": "no"}, "refused"),
    ("snapchat", 200, {}, "later"),
    ("x", 200, {"data": {"success_count": 2, "total_count": 2}}, WHOLE),
    ("x", 200, {"data": {"success_count": 1, "total_count": 2}}, "later"),
    ("x", 200, {"data": {"success_count": 1, "total_count": 1}}, "later"),
    ("x", 200, {}, "later"),
    ("x", 400, {"operation_errors": [[{"message": "bad"}], []]}, "taken (0,) 0 (1,)"),
    ("x", 400, {"operation_errors": []}, "refused"),
    ("pinterest", 200, {"num_uploaded_user_records": 0}, WHOLE),
    ("linkedin", 200, {"elements": [{"status": 201}, {"status": 201}]}, WHOLE),
    ("linkedin", 200, {"elements": [{"status": 400}, {"status": 503}]}, "taken (0,) 0 (1,)"),
    ("linkedin", 200, {"elements": [{"status": 201}]}, "later"),
    ("microsoft", 200, {"PartialErrors": []}, WHOLE),
    ("microsoft", 200, {"PartialErrors": None}, WHOLE),
    ("microsoft", 200, {"PartialErrors": [{"Index": 1, "Message": "bad"}]}, "taken (1,) 0 ()"),
    ("microsoft", 400, {"Errors": [{"Code": 105}]}, "sign in"),
    ("microsoft", 500, {"Errors": [{"Code": 109}]}, "sign in"),
    ("microsoft", 400, {"Errors": [{"Code": 106}]}, "permission"),
    ("microsoft", 400, {"OperationErrors": [{"Code": 117}]}, "limit"),
    ("microsoft", 200, {"OperationErrors": [{"Code": 1}]}, "refused"),
    ("braze", 201, {"message": "success", "attributes_processed": 2}, WHOLE),
    ("braze", 201, {"message": "success", "errors": [{"index": 1}]}, "taken (1,) 0 ()"),
    ("braze", 201, {"message": "success", "errors": ["odd"]}, "taken () 1 ()"),
    ("klaviyo", 202, {"data": {"id": "job"}}, WHOLE),
    ("klaviyo", 400, {"errors": [{"detail": "Invalid input"}]}, "refused"),
    ("iterable", 200, {"successCount": 2, "failCount": 0}, WHOLE),
    ("iterable", 200, {"failCount": 1, "invalidEmails": ["b@example.com"]}, "taken (1,) 0 ()"),
    ("iterable", 200, {"failCount": 2, "invalidEmails": []}, "taken () 2 ()"),
    ("iterable", 400, {"code": "BadParams", "msg": "Invalid list id"}, "list_gone"),
    ("trade_desk", 200, {}, WHOLE),
    ("trade_desk", 200, {"FailedLines": [{"Message": "Invalid DAID, item #2"}]}, "taken (1,) 0 ()"),
    ("trade_desk", 200, {"FailedLines": [{"Message": "something else"}]}, "taken () 1 ()"),
    ("firehose", 200, {"FailedPutCount": 0}, WHOLE),
    (
        "firehose",
        200,
        {"FailedPutCount": 1, "RequestResponses": [{"RecordId": "r"}, {"ErrorCode": "InternalFailure"}]},
        "taken () 0 (1,)",
    ),
    (
        "firehose",
        200,
        {"FailedPutCount": 1, "RequestResponses": [{"RecordId": "r"}, {"ErrorCode": "Other"}]},
        "taken (1,) 0 ()",
    ),
    ("firehose", 200, {"FailedPutCount": 1}, "later"),
    ("firehose", 400, firehose("ThrottlingException"), "limit"),
    ("firehose", 500, firehose("ServiceUnavailableException"), "later"),
    ("firehose", 400, firehose("ExpiredTokenException"), "sign in"),
    ("firehose", 400, firehose("AccessDeniedException"), "permission"),
    ("firehose", 400, firehose("ResourceNotFoundException"), "refused"),
]


@pytest.mark.parametrize(("name", "status", "body", "meaning"), DOCUMENTED)
def test_an_answer_means_what_the_partner_documents(name: str, status: int, body: Any, meaning: str) -> None:
    assert kind(judged(name, status, body)) == meaning


@pytest.mark.parametrize("partner", WITH_API, ids=lambda partner: partner.name)
@pytest.mark.parametrize(
    ("status", "meanings"),
    [
        (401, {"sign in"}),
        (403, {"permission"}),
        (404, {"list_gone"}),
        (410, {"list_gone"}),
        (413, {"refused"}),
        (422, {"refused"}),
        (429, {"limit"}),
        (500, {"later"}),
        (503, {"later"}),
        (529, {"later"}),
    ],
)
def test_a_status_without_words_means_the_same_everywhere(
    partner: Any, status: int, meanings: set[str]
) -> None:
    assert {kind(judged(partner.name, status, body)) for body in (None, {}, [], "no")} == meanings


_ODD = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", "item #0", "item #9"])
    | st.just([{}])
)


@st.composite
def _misshapen(draw: st.DrawFn) -> tuple[str, int, Any]:
    """A documented answer with odd values in some places."""
    name, status, body, _ = draw(st.sampled_from(DOCUMENTED))

    def bent(value: Any) -> Any:
        if draw(st.integers(0, 3)) == 0:
            return draw(_ODD)
        match value:
            case dict():
                return {key: bent(inner) for key, inner in value.items()}
            case list():
                return [bent(inner) for inner in value] * draw(st.integers(0, 2))
            case _:
                return value

    return name, draw(st.sampled_from([status, 200, 400, 500])), bent(body)


@settings(max_examples=500, deadline=None)
@given(_misshapen())
def test_no_answer_breaks_whoever_reads_it(answer: tuple[str, int, Any]) -> None:
    name, status, body = answer
    verdict = judged(name, status, body)
    assert all(isinstance(word, str) for word in verdict.words)
    if isinstance(verdict, Taken):
        named = [*verdict.rejected, *verdict.again]
        assert all(type(position) is int and 0 <= position < len(ROWS) for position in named)
        assert len(set(named)) == len(named)
        assert 0 <= verdict.unplaced <= len(ROWS) - len(verdict.rejected)
    if status >= 400:
        assert not (isinstance(verdict, Taken) and len(verdict.rejected) + len(verdict.again) < len(ROWS))


def test_terms_and_sizes_are_told_by_words() -> None:
    assert by_status(Heard(400, {}, None), ("Terms were not accepted",)) == Refused(
        "permission", ("Terms were not accepted",)
    )
    assert kind(by_status(Heard(404, {}, None), ("below 1000",), small=("1000",))) == "too_small"
