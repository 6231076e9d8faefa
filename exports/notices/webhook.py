"""Posts notices as JSON: `text` for chats that show it as it is, and `notices` for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exports.notices.notice import NotSent, headline
from transforms.instants import iso

if TYPE_CHECKING:
    from exports.notices.notice import Notice

SECONDS_TO_ANSWER = 10.0


def post(address: str, project: str, notices: tuple[Notice, ...]) -> None:
    """Post one message. NotSent where the address is none, does not answer in 10 seconds or answers no 2xx."""
    import httpx  # a tenth of a second, which commands that only read need not spend

    try:
        answer = httpx.post(address, json=message(project, notices), timeout=SECONDS_TO_ANSWER)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The words of the error may hold the address, which is a secret.
        raise NotSent(f"could not be posted ({type(error).__name__})") from None
    if not answer.is_success:
        raise NotSent(f"was refused with status {answer.status_code}")


def message(project: str, notices: tuple[Notice, ...]) -> dict[str, Any]:
    """The body: text, project, and each notice with its subject, audience, as_of (ISO 8601 UTC) and text."""
    lines = [headline(project, notices), *(f"• {notice.text}" for notice in notices)]
    return {
        "text": "\n".join(lines),
        "project": project,
        "notices": [
            {
                "subject": notice.subject,
                "audience": notice.audience_id,
                "as_of": iso(notice.as_of) if notice.as_of else None,
                "text": notice.text,
            }
            for notice in notices
        ],
    }
