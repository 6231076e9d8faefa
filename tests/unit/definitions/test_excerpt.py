"""The YAML of one audience or milestone, without the identities that it names."""

from __future__ import annotations

from textwrap import dedent

from transforms.definitions.excerpt import audience_excerpt, milestone_excerpts


def test_an_audience_is_shown_as_it_is_written_but_for_identities() -> None:
    text = dedent(
        """\
        # Who asked for it: see the ticket.
        audience: known
        criteria:
          any:
            - identity: {type: email, in: [ana@example.com, "jörg@example.com"], workspace: shop}
            - identity:
                type: email
                not_exact: >-
                  ana@example.com
              user: {attribute: identity, exact: gold}
            - identity: {type: email, exists: false}
        """
    )
    assert audience_excerpt(text) == dedent(
        """\
        # Who asked for it: see the ticket.
        audience: known
        criteria:
          any:
            - identity: {type: email, in: ["•••", "•••"], workspace: shop}
            - identity:
                type: email
                not_exact: "•••"
              user: {attribute: identity, exact: gold}
            - identity: {type: email, exists: false}
        """
    )


def test_a_milestone_is_shown_without_those_below_it() -> None:
    text = dedent(
        """\
        journey: calls
        milestones:
          - milestone: seen
            criteria: {event: {name: Play, where: {milestone: played}}}
            next:
              - {milestone: played, criteria: {identity: {type: email, exact: ana@example.com}}, name: Played}
              - milestone: rest
                remaining: true
            name: Seen
          - {milestone: others, remaining: true}
        """
    )
    assert milestone_excerpts(text) == {
        "seen": "milestone: seen\ncriteria: {event: {name: Play, where: {milestone: played}}}\nname: Seen\n",
        "played": '{milestone: played, criteria: {identity: {type: email, exact: "•••"}}, name: Played}\n',
        "rest": "milestone: rest\nremaining: true\n",
        "others": "{milestone: others, remaining: true}\n",
    }


def test_an_identity_that_is_written_elsewhere_and_named_is_hidden_there() -> None:
    text = 'audience: known\nname: &who "ana@example.com"\ncriteria: {identity: {type: email, exact: *who}}\n'
    assert "ana" not in audience_excerpt(text)
