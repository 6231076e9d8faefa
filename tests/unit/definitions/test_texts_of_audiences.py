"""The texts of mistakes in audiences, journeys and connections, as golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TREE = """\
journey: trial
milestones:
  - milestone: started
    criteria: {{event: {{name: Trial Started, within: 30 days}}}}
    next:
{paths}
"""
_OUTPUT = "outputs:\n  meta: {partner: meta_csv}\n"


def _journey(*paths: str) -> dict[str, str]:
    return {"journeys/trial.yml": _TREE.format(paths="\n".join(f"      - {path}" for path in paths))}


def _connection(*lines: str, outputs: str = _OUTPUT) -> str:
    return f"{outputs}connections:\n" + "".join(f"  - {line}\n" for line in lines)


CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "unknown_key_in_audience": ({"audiences/buyers.yml": audience(lokback="3 days")}, MILEPOST),
    "criterion_beside_criteria": (
        {"audiences/buyers.yml": "audience: buyers\nevent: {name: Play}\n"},
        MILEPOST,
    ),
    "missing_criteria": ({"audiences/buyers.yml": audience(criteria="")}, MILEPOST),
    "bad_id": ({"audiences/buyers.yml": audience("Big__Buyers")}, MILEPOST),
    "long_names_and_tags": (
        {"audiences/buyers.yml": audience(name="n" * 101, tags="[ok, nineteen characters, ok]")},
        MILEPOST,
    ),
    "unknown_input_and_workspace": (
        {
            "audiences/buyers.yml": audience(inputs="[shop/ios, shop/wep]"),
            "audiences/members.yml": audience("members", workspaces="[clup]"),
            "audiences/mixed.yml": audience("mixed", workspaces="[club]", inputs="[shop/web]"),
        },
        MILEPOST,
    ),
    "unknown_audience": (
        {
            "audiences/buyers.yml": audience(),
            "audiences/others.yml": audience("others", criteria="{audience: {not_in: buyer}}"),
            "audiences/halves.yml": audience("halves", criteria="{audience: {in: buyers, variant: push}}"),
        },
        MILEPOST,
    ),
    "cycle": (
        {
            "audiences/a.yml": audience("a", criteria="{audience: {in: b}}"),
            "audiences/b.yml": audience("b", criteria="{audience: {not_in: c}}"),
            "audiences/c.yml": audience("c", criteria="{all: [{audience: {in: a}}, {event: {name: Play}}]}"),
        },
        MILEPOST,
    ),
    "milestone_names_its_child": (
        _journey("{milestone: paid, criteria: {ecommerce: {action: purchase}}}")
        | {
            "journeys/loop.yml": """\
            journey: loop
            milestones:
              - milestone: first
                criteria: {audience: {in: loop__second}}
                next: [{milestone: second, criteria: {user: {attribute: plan, exact: pro}}}]
            """
        },
        MILEPOST,
    ),
    "ab_test": (
        {
            "audiences/many.yml": audience(
                "many", ab_test="{name: t, variants: {a: 30, b: 30, c: 30, d: 5, e: 5}}"
            ),
            "audiences/over.yml": audience("over", ab_test="{name: t, variants: {a: 60, b: 40.01}}"),
            "audiences/odd.yml": audience(
                "odd", ab_test="{name: t, variants: {control: 10, a/b: 5, x: 0, y: 33.333, A: 1, a: 1}}"
            ),
        },
        MILEPOST,
    ),
    "percent_in_shares": (
        {"audiences/buyers.yml": audience(ab_test="{name: spring, variants: {push: 40%, email: 0.4}}")},
        MILEPOST,
    ),
    "milestones": (
        _journey(
            "{milestone: rest, remaining: true, criteria: {event: {name: Play}}}",
            "{milestone: nothing}",
            "{milestone: draft, status: draft, workspaces: [shop], criteria: {event: {name: Play}}}",
            "{milestone: alone, criteria: {first_seen: {within: 1 day}}, next: [{milestone: x, remaining: true}]}",
        ),
        MILEPOST,
    ),
    "milestone_twice": (
        _journey(
            "{milestone: paid, criteria: {first_seen: {within: 1 day}}}", "{milestone: paid, remaining: true}"
        ),
        MILEPOST,
    ),
    "remaining_first": (
        _journey(
            "{milestone: rest, remaining: true}", "{milestone: paid, criteria: {first_seen: {within: 1 day}}}"
        ),
        MILEPOST,
    ),
    "ids_twice": (
        {
            "audiences/one.yml": audience(),
            "audiences/two.yml": audience(),
            "connections/a.yml": _OUTPUT,
            "connections/b.yml": _OUTPUT,
        },
        MILEPOST,
    ),
    "formerly": (
        {
            "audiences/buyers.yml": audience(),
            "audiences/a.yml": audience("a", formerly="buyers"),
            "audiences/b.yml": audience("b", formerly="gone"),
            "audiences/c.yml": audience("c", formerly="gone"),
        },
        MILEPOST,
    ),
    "audience_in_and_out": (
        {
            "audiences/vips.yml": audience("vips"),
            "audiences/buyers.yml": audience(
                criteria="{audience: {in: vips}, exclude: [{audience: {in: vips}}]}"
            ),
        },
        MILEPOST,
    ),
    "too_many_criteria": (
        {
            "audiences/buyers.yml": audience(
                criteria=f"{{any: [{', '.join(['{user: {attribute: plan, exact: a}}'] * 500)}]}}"
            )
        },
        MILEPOST,
    ),
    "connections": (
        {
            "audiences/buyers.yml": audience(),
            "audiences/idea.yml": audience("idea", status="draft", tags="[Later]"),
            "connections/meta.yml": _connection(
                "{connection: one, audience: buyer, output: meta, status: active}",
                "{connection: two, audience: buyers, output: mata, status: active}",
                "{connection: three, audience: idea, output: meta, status: active}",
                "{connection: four, audience: buyers, variant: push, output: meta, status: active}",
                "{connection: five, audience: buyers, tag: Later, output: meta, status: active}",
                "{connection: six, audiences: [buyers, idea], output: meta, status: active}",
                "{connection: seven, tag: Later, output: meta, status: inactive, mode: delta}",
                "{connection: eight, tag: Latter, output: meta, status: enabled, identities: [e-mail]}",
                "{connection: nine, audience: buyers, output: agency, status: active, user_attributes: [ltv]}",
                outputs=_OUTPUT
                + "  agency: {partner: meta_cvs, account: agency, deliver: {to: sftp, host: sftp.example.com}}\n",
            ),
        },
        MILEPOST,
    ),
    "one_external_name": (
        {
            "audiences/a.yml": audience("a", external_name="Win-back"),
            "audiences/b.yml": audience("b", external_name="Win-back"),
            "connections/meta.yml": _connection(
                "{connection: both, audiences: [a, b], output: meta, status: active}"
            ),
        },
        MILEPOST,
    ),
    "too_many_active": (
        {
            "audiences/a.yml": audience("a"),
            "audiences/b.yml": audience("b"),
            "connections/meta.yml": _connection(
                "{connection: both, audiences: [a, b], output: meta, status: active}"
            ),
        },
        MILEPOST + "active_audience_limit: 1\n",
    ),
    "ten_mistakes": (
        {
            "audiences/buyers.yml": """\
            audience: buyers
            nmae: Buyers
            external_name: [Win-back]
            tags: [Retargeting, Retargeting, far too long for a tag]
            acess: usable
            shared_with: {agency: see}
            status: drafted
            inputs: [shop/wep]
            lookback: a while
            criteria:
              all:
                - ecommerce: {acton: purchase}
                - user: {attribute: plan, exakt: free}
              exclude: []
            ab_test: {name: t, variants: {Control: 40, email: 70}}
            """
        },
        MILEPOST,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_text_of_a_mistake(case: str, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    files, milepost = CASES[case]
    text = problems(tmp_path / "project", files, milepost)
    assert text, "a mistake without a problem"
    golden(f"errors/{case}.txt", text)
