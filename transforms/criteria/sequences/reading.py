"""Reads the steps of a sequence and reports what is wrong with them (spec §4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.comparisons import SAME_AS
from transforms.criteria.durations import read_distance, read_duration
from transforms.criteria.events.amounts import FUNCTIONS
from transforms.criteria.events.fields import PRODUCT
from transforms.criteria.events.windows import WINDOW_NAMES
from transforms.criteria.kinds.event_kinds import EVENT_KINDS
from transforms.criteria.meant import suggestion
from transforms.criteria.reading import has_unknown, read_list, read_mapping
from transforms.criteria.sequences.steps import Absence, Gap, Step, Steps, length_of
from transforms.documents.nodes import Entry, Mapping

if TYPE_CHECKING:
    from transforms.criteria.events.selection import EventSelection
    from transforms.criteria.events.windows import Window
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

NOT = "not"
AFTER = "after"
AT_LEAST = "at_least"
AT_MOST = "at_most"
_FORMS = {form.key: form for form in EVENT_KINDS}
_WITH_LINES = frozenset(form.key for form in EVENT_KINDS if form.takes_lines)


def read_steps(node: Node, window: Window, report: Report) -> Steps | None:
    """The steps that `node` writes, or None with problems."""
    form = "write each step on a line that begins with `- `, and the window beside `sequence`"
    items = read_list(node, "`sequence`", report, form)
    if len(items) == 1:
        report.add(
            "CRT-052",
            "a sequence has at least two steps",
            node,
            hint="one event alone is a criterion of its own, with the window in its braces",
        )
    read = [_read_step(item, place, len(items), report) for place, item in enumerate(items, 1)]
    steps = [step for step in read if step is not None]
    chain = tuple(step for step in steps if isinstance(step, Step))
    absence = next((step for step in steps if isinstance(step, Absence)), None)
    if len(items) < 2 or len(steps) < len(items) or not chain:
        return None
    found = Steps(chain, absence)
    if not _are_references_right(found, report):
        return None
    _check_window(found, window, node, report)
    return found


def _read_step(node: Node, number: int, count: int, report: Report) -> Step | Absence | None:
    what = f"step {number}"
    keys = (*_FORMS, NOT, AFTER)
    mapping = read_mapping(node, what, keys, report, _elsewhere)
    if mapping is None:
        return None
    written = [entry for entry in mapping.entries if entry.key.text in (*_FORMS, NOT)]
    after = mapping.get(AFTER)
    if len(written) != 1:
        if written or not has_unknown(mapping, keys):
            report.add("CRT-051", f"{what} needs exactly one kind of event", mapping, allowed=(*_FORMS, NOT))
        return None
    if number == 1 and after is not None:
        report.add("CRT-054", f"`{AFTER}` can't stand in step 1: no step comes before it", after)
    if written[0].key.text == NOT:
        return _read_absence(written[0], mapping, number, count, report)
    selection = _read_events(written[0], report)
    gap = Gap() if after is None or number == 1 else _read_gap(after, f"`{AFTER}`", report)
    return None if selection is None or gap is None else Step(selection, gap, mapping.place)


def _elsewhere(key: str) -> str:
    """What to do with a key that stands in a step and can't."""
    if key in WINDOW_NAMES:
        return f"the window stands beside `sequence`; a time since the step before is `{AFTER}: {{{AT_MOST}: 3 days}}`"
    near = suggestion(key, tuple(_FORMS))
    return near or "a step is one event: what is not one stands beside `sequence`"


def _read_absence(entry: Entry, mapping: Mapping, number: int, count: int, report: Report) -> Absence | None:
    if number == 1 or number < count:
        report.add(
            "CRT-053",
            f"`{NOT}` stands in step {number} of {count}: it can only be the last of at least two",
            entry.key,
            hint="it says what does not follow the step before it",
        )
        return None
    kinds = read_mapping(entry.value, f"`{NOT}`", tuple(_FORMS), report)
    if kinds is None:
        return None
    written = [each for each in kinds.entries if each.key.text in _FORMS]
    if len(written) != 1:
        report.add("CRT-051", f"`{NOT}` needs exactly one kind of event", kinds, allowed=tuple(_FORMS))
    selection = _read_events(written[0], report) if len(written) == 1 else None
    after = mapping.get(AFTER)
    if after is None:
        report.add(
            "CRT-054",
            f"`{NOT}` needs `{AFTER}: {{{AT_MOST}: …}}`, the time in which no such event comes",
            mapping,
            hint=f"for example `{AFTER}: {{{AT_MOST}: 1 day}}`",
        )
        return None
    gap = _read_gap(after, f"`{AFTER}`", report)
    if gap is None:
        return None
    if gap.at_least is not None or gap.at_most is None:
        report.add(
            "CRT-054",
            f"`{AFTER}` of `{NOT}` takes `{AT_MOST}` alone",
            after,
            allowed=(AT_MOST,),
            hint="no such event comes from the step before until that time is over",
        )
        return None
    return None if selection is None else Absence(selection, gap.at_most, mapping.place)


def _read_gap(node: Node, what: str, report: Report) -> Gap | None:
    mapping = read_mapping(node, what, (AT_LEAST, AT_MOST), report)
    if mapping is None:
        return None
    least, most = mapping.get(AT_LEAST), mapping.get(AT_MOST)
    at_least = None if least is None else read_distance(least, report)
    at_most = None if most is None else read_duration(most, report)
    if (least is not None and at_least is None) or (most is not None and at_most is None):
        return None
    if at_least is None and at_most is None:
        return None
    if at_least is not None and at_most is not None and at_least.microseconds > at_most.microseconds:
        report.add(
            "CRT-055",
            f"`{AT_LEAST}` is longer than `{AT_MOST}`: nothing can come after {at_least.text} and within {at_most.text}",
            mapping,
        )
        return None
    return Gap(at_least, at_most)


def _read_events(entry: Entry, report: Report) -> EventSelection | None:
    """The events of a step, without what only a criterion of its own can compare."""
    form = _FORMS[entry.key.text]
    if not isinstance(entry.value, Mapping):
        return form.read_selection(entry.value, report, in_step=True)
    kept: list[Entry] = []
    for each in entry.value.entries:
        if each.key.text in FUNCTIONS:
            report.add(
                "CRT-056",
                f"a step is one event, so `{each.key.text}` can't stand in it",
                each.key,
                hint="write a step for each event, or a criterion of its own beside the sequence",
            )
        elif each.key.text in WINDOW_NAMES:
            report.add(
                "CRT-056",
                f"a step has no window of its own, so `{each.key.text}` can't stand in it",
                each.key,
                hint=f"write the window beside `sequence`, or how long after the step before: `{AFTER}: {{{AT_MOST}: 3 days}}`",
            )
        else:
            kept.append(each)
    if not kept and entry.value.entries:
        return None
    return form.read_selection(Mapping(tuple(kept), entry.value.place), report, in_step=True)


def _are_references_right(steps: Steps, report: Report) -> bool:
    is_right = True
    for number, condition in steps.comparisons:
        reference = condition.same_as
        if reference is None:
            continue
        problem = ""
        if reference.step >= number:
            problem = "which does not come before this one"
        elif condition.record is PRODUCT and steps.all[reference.step - 1].selection.key not in _WITH_LINES:
            problem = "whose events have no product lines"
        if problem:
            is_right = False
            report.add(
                "CRT-059",
                f"`{SAME_AS}` in step {number} names step {reference.step}, {problem}",
                reference.place,
                allowed=[str(earlier) for earlier in range(1, number)],
                hint="" if reference.step >= number else "name a field of the event in `where`",
            )
    return is_right


def _check_window(steps: Steps, window: Window, node: Node, report: Report) -> None:
    if not steps.fits(window):
        report.add(
            "CRT-057",
            "no chain of these steps fits into the window: their times add up to as much or more",
            node,
            hint=f"write a longer window, or shorter times in `{AFTER}`",
        )
        return
    length = length_of(window)
    for number, step in enumerate(steps.chain, 1):
        if length is not None and step.gap.at_most is not None and step.gap.at_most.microseconds >= length:
            report.add(
                "CRT-058",
                f"`{AT_MOST}: {step.gap.at_most.text}` of step {number} is as long as the window or longer, so it says nothing",
                step.place,
                hint="leave it out, or write a longer window",
                severity="warning",
            )
