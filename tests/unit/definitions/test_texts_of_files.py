"""The texts of mistakes in YAML and in milepost.yml, as golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "no_project_file": ({}, None),
    "not_yaml": ({"audiences/buyers.yml": "audience: [buyers\ncriteria: {}\n"}, MILEPOST),
    "tabs": ({"audiences/buyers.yml": "audience: buyers\ncriteria:\n\tevent: {name: Play}\n"}, MILEPOST),
    "uneven_indentation": (
        {
            "audiences/buyers.yml": "audience: buyers\ncriteria:\n    event: {name: Play}\n  user: {attribute: a, exact: b}\n"
        },
        MILEPOST,
    ),
    "quote_not_closed": (
        {"audiences/buyers.yml": 'audience: buyers\nname: "Buyers\ncriteria: {}\n'},
        MILEPOST,
    ),
    "colon_in_text": ({"audiences/buyers.yml": "audience: buyers\nname: Buyers: all of them\n"}, MILEPOST),
    "duplicate_key": ({"audiences/buyers.yml": audience() + "name: A\nname: B\n"}, MILEPOST),
    "anchors": ({"audiences/buyers.yml": audience(tags="&t [a]", name="*t")}, MILEPOST),
    "unknown_key_in_project": ({}, MILEPOST + "event_loockback: 30 days\n"),
    "watch_and_notify": (
        {
            "audiences/buyers.yml": audience(
                watch="{stale_after: 36h, size_change: -5, emptied: no, sizes: 5}"
            )
        },
        MILEPOST
        + """\
watch: never
notify:
  - {webhook: https://chat.example.org/hooks/secret}
  - {webhook: CHAT, email: [a@example.org]}
  - {about: [stale]}
  - {webhook: CHAT, host: mail.example.org}
  - {email: [a@example.org], user: MAIL_USER}
  - {email: [growth], from: m@example.org, host: mail.example.org, security: ssl, port: 0}
  - {webhook: CHAT, about: [stale, empty]}
""",
    ),
    "project_with_wrong_values": (
        {},
        """\
        project: shop
        workspaces:
          shop:
            inputs:
              web: {kind: platfrom, format: batches, mapping: {record: event}}
              crm: {kind: feed, format: csv}
              app: {kind: platform, format: segment}
        schedule: "every day"
        event_lookback: 30
        active_audience_limit: -1
        evaluate_development: yes
        event_tiers: {Heartbeat: preserved}
        default_region: germany
        login_identities: [customerid]
        """,
    ),
    "row_mapping": (
        {},
        """\
        project: shop
        workspaces:
          shop:
            inputs:
              till:
                kind: feed
                format: csv
                mapping:
                  record: event
                  user: {customerid: household}
                  time: {column: sold_at, format: "%Q", zone: Europa/Berlin}
                  event: {constant: Sale, column: name}
                  ecommerce: {action: {constant: buy}, product: {sku: sku}}
                  attributes: some
        """,
    ),
    "same_landing": (
        {},
        """\
        project: shop
        workspaces:
          shop:
            inputs:
              web: {kind: platform, format: batches, landing: landing/shop/ios/}
              ios: {kind: platform, format: batches}
        """,
    ),
    "event_tier": (
        {"audiences/buyers.yml": audience(criteria="{event: {name: Heartbeat}}")},
        MILEPOST + "event_tiers: {Heartbeat: preserve}\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_text_of_a_mistake(case: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    files, milepost = CASES[case]
    text = problems(tmp_path / "project", files, milepost)
    assert text, "a mistake without a problem"
    golden(f"errors/{case}.txt", text)
