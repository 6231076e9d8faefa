"""Edits of a journey's file: every other line stays as it is written."""

from __future__ import annotations

from textwrap import dedent

import pytest

from transforms.definitions.editing import JourneyText
from transforms.errors import UserError

JOURNEY = dedent("""\
    # A journey.
    journey: calls
    milestones:
      # Who was seen.
      - milestone: seen   # lately
        criteria: {last_seen: {within: 30 days}}

        next:
        - {milestone: played, criteria: {event: {name: Play}}}
        # All others, "ä".
        - milestone: rest
          remaining: true

      - milestone: gone
        remaining: true
    # The end.
    """)
NEW = ["milestone: new", "criteria: {event: {name: New}}"]


def journey(text: str = JOURNEY) -> JourneyText:
    return JourneyText(text, "journeys/calls.yml")


def added(text: str, before: str = JOURNEY) -> list[str]:
    """The lines that an edit added, of which every other line has to be there still, in order."""
    kept = before.splitlines()
    lines = text.splitlines()
    new = []
    for line in lines:
        if kept and line == kept[0]:
            kept.pop(0)
        else:
            new.append(line)
    assert not kept
    return new


def test_a_new_path_stands_before_what_remains_and_its_comment() -> None:
    text = journey().with_milestone(NEW, "seen", None)
    assert added(text) == ["    - milestone: new", "      criteria: {event: {name: New}}"]
    assert [one.id for one in journey(text).milestone("seen").following] == ["played", "new", "rest"]
    assert text.index("milestone: new") < text.index("# All others")


def test_a_new_path_left_of_another() -> None:
    text = journey().with_milestone(NEW, "seen", "played")
    assert [one.id for one in journey(text).milestone("seen").following] == ["new", "played", "rest"]


def test_a_new_beginning() -> None:
    text = journey().with_milestone(NEW, None, None)
    assert [one.id for one in journey(text).milestones] == ["seen", "new", "gone"]
    assert added(text) == ["  - milestone: new", "    criteria: {event: {name: New}}"]


def test_the_first_path_of_a_milestone() -> None:
    text = journey().with_milestone(NEW, "rest", None)
    assert added(text) == [
        "      next:",
        "        - milestone: new",
        "          criteria: {event: {name: New}}",
    ]
    assert journey(text).milestone("new").parent == "rest"


@pytest.mark.parametrize("text", ["journey: calls\nmilestones: []\n", "journey: calls", "journey: calls\n"])
def test_the_first_milestone_of_a_journey(text: str) -> None:
    assert journey(text).with_milestone(NEW, None, None) == (
        "journey: calls\nmilestones:\n  - milestone: new\n    criteria: {event: {name: New}}\n"
    )


@pytest.mark.parametrize("name", ["played", "rest", "gone", "seen"])
def test_what_was_added_is_taken_away_without_a_trace(name: str) -> None:
    text = journey().with_milestone(NEW, name if name != "played" else "seen", None)
    assert journey(text).without_milestone("new") == JOURNEY


def test_the_only_path_takes_its_key_along_and_the_last_milestone_leaves_an_empty_journey() -> None:
    only = "journey: calls\nmilestones:\n  - milestone: a\n    remaining: true\n    next:\n      - milestone: b\n        remaining: true\n"
    one = journey(only).without_milestone("b")
    assert one == "journey: calls\nmilestones:\n  - milestone: a\n    remaining: true\n"
    assert journey(one).without_milestone("a") == "journey: calls\nmilestones: []\n"


def test_a_milestone_goes_with_the_comment_above_it() -> None:
    assert "All others" not in journey().without_milestone("rest")
    assert "Who was seen" in journey().without_milestone("rest")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("journey: calls\nmilestones: [{milestone: a, remaining: true}]\n", "EDT-001"),
        (JOURNEY, "EDT-002"),
    ],
)
def test_what_is_not_edited(text: str, code: str) -> None:
    with pytest.raises(UserError) as raised:
        journey(text).without_milestone("nobody")
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_path_of_another_milestone_is_no_place() -> None:
    with pytest.raises(UserError, match="EDT-003"):
        journey().with_milestone(NEW, None, "played")
