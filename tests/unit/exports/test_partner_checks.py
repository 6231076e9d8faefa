"""What definitions say of partners that is not so, told by file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from exports.partners.checks import check_outputs
from tests.support.project_folder import audience, load

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.errors import Problem


def problems(folder: Path, output: str, identities: str = "") -> tuple[Problem, ...]:
    connections = f"outputs:\n  o: {output}\n"
    if identities:
        connections += f"connections:\n  - {{connection: c, audience: buyers, output: o, status: active, identities: {identities}}}\n"
    return check_outputs(load(folder, {"audiences/buyers.yml": audience(), "connections/c.yml": connections}))


@pytest.mark.parametrize(
    ("output", "code", "words"),
    [
        ("{partner: google_csv, options: {gmial: dots}}", "EXP-004", "has no option `gmial`"),
        ("{partner: google_csv, options: {gmail: dot}}", "EXP-005", "has no value of `gmail` `dot`"),
        ("{partner: csv}", "EXP-006", "needs `columns`"),
        ("{partner: meta_csv, columns: {a: {identities: [email]}}}", "EXP-006", "has columns of its own"),
        ("{partner: csv, columns: {a: {says: mpid}}}", "EXP-006", "none of `columns` has `identities`"),
        (
            "{partner: csv, columns: {a: {identities: [email], says: mpid}}}",
            "EXP-006",
            "needs one of `identities`, `attribute` and `says`",
        ),
        (
            "{partner: csv, columns: {a: {identities: [email], rules: emial}}}",
            "EXP-006",
            "there is no `rules: emial`",
        ),
        (
            "{partner: csv, columns: {a: {identities: [email], encoding: sha265}}}",
            "EXP-006",
            "there is no `encoding: sha265`",
        ),
        (
            "{partner: csv, options: {rows: identities}, columns: {a: {identities: [email]}, m: {says: mpid}}}",
            "EXP-006",
            "rows of identities have no mpid",
        ),
    ],
)
def test_what_a_partner_does_not_have_is_an_error_with_its_line(
    output: str, code: str, words: str, tmp_path: Path
) -> None:
    [problem] = problems(tmp_path, output)
    assert problem.code == code
    assert words in problem.message
    assert str(problem.place) == "connections/c.yml:2"


def test_a_word_almost_right_is_told_with_what_is_allowed(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "{partner: tiktok_csv, options: {phone: with_puls}}")
    assert problem.allowed == ("without_plus", "with_plus")
    assert problem.hint == "did you mean `with_plus`?"


def test_an_option_decides_which_identity_types_are_taken(tmp_path: Path) -> None:
    by_address = "{partner: iterable, options: {project: email}}"
    [problem] = problems(tmp_path / "email", by_address, "[customer_id]")
    assert (problem.code, problem.allowed) == ("EXP-002", ("email",))
    by_id = "{partner: iterable, options: {project: user_id}}"
    assert not problems(tmp_path / "id", by_id, "[customer_id]")


def test_the_key_of_a_partner_cannot_be_left_out(tmp_path: Path) -> None:
    [problem] = problems(tmp_path / "phones", "{partner: klaviyo_csv}", "[mobile_number]")
    assert problem.code == "EXP-009"
    assert problem.hint == "add `email` to `identities`"
    assert not problems(tmp_path / "both", "{partner: klaviyo_csv}", "[mobile_number, email]")


def test_options_of_every_kind_are_taken(tmp_path: Path) -> None:
    assert not problems(tmp_path, "{partner: tiktok_csv, options: {phone: with_plus, devices: md5}}")


@pytest.mark.parametrize(
    ("output", "mode", "codes"),
    [
        ("{partner: meta_csv}", "delta", ["EXP-010"]),
        ("{partner: meta_csv}", "additive", []),
        ("{partner: meta}", "delta", []),
        ("{partner: csv, columns: {mail: {identities: [email]}}}", "delta", ["EXP-010"]),
        ("{partner: csv, columns: {mail: {identities: [email]}, in: {says: is_member}}}", "delta", []),
    ],
)
def test_a_delta_needs_a_partner_that_can_be_told_who_leaves(
    output: str, mode: str, codes: list[str], tmp_path: Path
) -> None:
    connections = (
        f"outputs:\n  o: {output}\nconnections:\n"
        f"  - {{connection: c, audience: buyers, output: o, status: active, mode: {mode}}}\n"
    )
    loaded = load(tmp_path, {"audiences/buyers.yml": audience(), "connections/c.yml": connections})
    assert [problem.code for problem in check_outputs(loaded)] == codes
