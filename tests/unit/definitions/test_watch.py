"""`watch:` and `notify:`: which limits hold, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, load, problems
from transforms.definitions.notify import SUBJECTS
from transforms.definitions.records import Mailbox, Watch, Webhook
from transforms.definitions.watch import EVERYTHING, NOTHING

if TYPE_CHECKING:
    from pathlib import Path

JOURNEY = """\
journey: year
watch: {size_change: 10, volatility: off}
milestones:
  - milestone: first
    watch: {size_change: 20, emptied: false}
    criteria: {event: {name: Play}}
    next:
      - milestone: quiet
        watch: off
        criteria: {event: {name: Play}}
      - milestone: plain
        criteria: {event: {name: Play}}
"""


def limits(watch: Watch) -> tuple[str | None, int | None, int | None, bool, bool]:
    age = watch.stale_after.text if watch.stale_after else None
    return age, watch.size_change, watch.volatility, watch.emptied, watch.sample_ratio


def test_an_audience_that_says_nothing_has_the_defaults(tmp_path: Path) -> None:
    found = load(tmp_path, {"audiences/a.yml": audience("a")})
    assert found.audience("a").watch == found.project.watch == EVERYTHING
    assert limits(EVERYTHING) == ("36 hours", 50, 100, True, True)


def test_each_limit_is_that_of_the_nearest_layer_that_writes_it(tmp_path: Path) -> None:
    project = MILEPOST + "watch: {stale_after: 3 days, volatility: 300, sample_ratio: false}\n"
    files = {"journeys/year.yml": JOURNEY, "audiences/a.yml": audience("a", watch="{stale_after: off}")}
    found = load(tmp_path, files, project)
    assert limits(found.audience("a").watch) == (None, 50, 300, True, False)
    assert limits(found.audience("year__first").watch) == ("3 days", 20, None, False, False)
    assert limits(found.audience("year__plain").watch) == ("3 days", 10, None, True, False)
    assert found.audience("year__quiet").watch == NOTHING


@pytest.mark.parametrize("written", ["off", "false"])
def test_a_whole_project_can_be_silent(written: str, tmp_path: Path) -> None:
    found = load(tmp_path, {"audiences/a.yml": audience("a")}, MILEPOST + f"watch: {written}\n")
    assert found.audience("a").watch == NOTHING


def test_channels_are_read_with_their_defaults(tmp_path: Path) -> None:
    written = """\
notify:
  - webhook: TEAM_CHAT_URL
  - webhook: ON_CALL_URL
    about: [failed_run]
  - {email: [a@example.org, b@example.org], from: milepost@example.org, host: mail.example.org,
     user: MAIL_USER, password: MAIL_PASSWORD}
  - {email: [c@example.org], from: milepost@example.org, host: localhost, security: none, port: 2525, about: [stale]}
  - {email: [d@example.org], from: milepost@example.org, host: mail.example.org, security: tls}
"""
    both = ("a@example.org", "b@example.org")
    sender, host = "milepost@example.org", "mail.example.org"
    assert load(tmp_path, {}, MILEPOST + written).project.notify == (
        Webhook("TEAM_CHAT_URL", SUBJECTS),
        Webhook("ON_CALL_URL", ("failed_run",)),
        Mailbox(both, sender, host, 587, "starttls", "MAIL_USER", "MAIL_PASSWORD", SUBJECTS),
        Mailbox(("c@example.org",), sender, "localhost", 2525, "none", None, None, ("stale",)),
        Mailbox(("d@example.org",), sender, host, 465, "tls", None, None, SUBJECTS),
    )


def test_a_connection_has_channels_of_its_own_which_are_about_faults_alone(tmp_path: Path) -> None:
    def connected(channel: str) -> dict[str, str]:
        text = (
            "outputs: {o: {partner: json_lines}}\nconnections:\n"
            f"  - {{connection: c, audience: a, output: o, status: active, notify: [{channel}]}}\n"
        )
        return {"audiences/a.yml": audience("a"), "connections/c.yml": text}

    [found] = load(tmp_path, connected("{webhook: MY_URL}"), MILEPOST).connections
    assert found.notify == (Webhook("MY_URL", SUBJECTS),)
    said = problems(tmp_path, connected("{webhook: MY_URL, about: [faulted]}"), MILEPOST)
    assert "unknown key `about`" in said


@pytest.mark.parametrize(
    "secret", ["https://chat.example.org/hooks/T0-secret", "t0-secret", "T0_SECRET=1", "T0 secret"]
)
def test_a_secret_in_the_place_of_a_name_is_refused_and_not_repeated(secret: str, tmp_path: Path) -> None:
    found = problems(tmp_path, {}, MILEPOST + f'notify: [{{webhook: "{secret}"}}]\n')
    assert "DEF-142" in found
    assert secret not in found
