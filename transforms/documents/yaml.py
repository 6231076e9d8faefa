"""Reads one YAML 1.2 file into nodes.

Duplicate keys, merge keys, tags, anchors and further documents are errors. Anchors, since a few lines of
`[*a, *a, …]` stand for more nodes than any memory holds, and since a definition should read from top to end.

libyaml reads first: 1.2 ms against 30 ms for a journey of ten milestones. It knows YAML 1.1, so what it
refuses, and what has the line breaks that 1.2 took away, is read by ruamel.yaml. Scalars are kept as text,
and there the two versions agree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from ruamel import yaml as ruamel
from ruamel.yaml import error as ruamel_error
from ruamel.yaml import events as ruamel_events

from transforms.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from transforms.documents.report import Report
from transforms.documents.yaml_hints import yaml_hint
from transforms.errors import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEEPEST = 100
#: Characters of which ruamel.yaml takes more than ten seconds: libyaml alone reads more than these.
_LONG = 200_000
_LINE_BREAKS_OF_1_1 = re.compile("[\x85\u2028\u2029]")
_LIBYAML: Any = getattr(yaml, "CSafeLoader", None)

_ALIASES = (yaml.AliasEvent, ruamel_events.AliasEvent)
_SCALARS = (yaml.ScalarEvent, ruamel_events.ScalarEvent)
_SEQUENCES = (yaml.SequenceStartEvent, ruamel_events.SequenceStartEvent)
_ENDS = (
    yaml.SequenceEndEvent,
    yaml.MappingEndEvent,
    ruamel_events.SequenceEndEvent,
    ruamel_events.MappingEndEvent,
)
_DOCUMENTS = (yaml.DocumentStartEvent, ruamel_events.DocumentStartEvent)


def read_yaml(text: str, file: str, report: Report) -> Node | None:
    """The tree of the one document in `text`, or None where it can't be read; problems go to `report`."""
    is_long = len(text) > _LONG
    if _LIBYAML is not None and (is_long or not _LINE_BREAKS_OF_1_1.search(text)):
        try:
            return _read(lambda: yaml.parse(text, Loader=_LIBYAML), file, report)
        except yaml.YAMLError as error:
            # YAML 1.2 decides, and says in its words what is wrong.
            if is_long:
                mark = getattr(error, "problem_mark", None)
                what = getattr(error, "problem", None) or "it has characters that YAML does not allow"
                line = mark.line + 1 if mark else None
                report.add("YML-001", f"not valid YAML: {what}", Place(file, line), hint=yaml_hint(what))
                return None
    try:
        return _read(lambda: ruamel.YAML(typ="safe", pure=True).parse(text), file, report)
    except ruamel_error.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        what = error.problem or error.context or ""
        report.add("YML-001", f"not valid YAML: {what}", Place(file, line), hint=yaml_hint(what))
    except (ruamel_error.YAMLError, RecursionError, ValueError):
        report.add(
            "YML-001", "not valid YAML: it has characters or nesting that YAML does not allow", Place(file)
        )
    return None


def _read(events: Callable[[], Iterator[Any]], file: str, report: Report) -> Node | None:
    """Convert; problems reach `report` only if the parser came to the end."""
    own = Report()
    try:
        node = _Conversion(file, own, events()).document()
    except _TooDeepError:
        node = None
    report.problems.extend(own.problems)
    return node


class _TooDeepError(Exception):
    """Reported already; nothing after it is worth reading."""


class _Conversion:
    def __init__(self, file: str, report: Report, events: Iterator[Any]) -> None:
        self.file = file
        self.report = report
        self.events = events
        self.anchors: set[str] = set()

    def document(self) -> Node | None:
        """The one document of the stream."""
        next(self.events)
        if not isinstance(next(self.events), _DOCUMENTS):
            self.report.add("YML-002", "the file is empty", Place(self.file, 1))
            return None
        node = self.node(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if isinstance(after, _DOCUMENTS):
            place = Place(self.file, after.start_mark.line + 1)
            self.report.add(
                "YML-003", "a second document begins here", place, hint="write one document a file"
            )
            return None
        return node

    def node(self, event: Any, path: tuple[str, ...]) -> Node:
        """The node that begins with `event`."""
        place = Place(self.file, event.start_mark.line + 1, path)
        if len(path) > _DEEPEST:
            self.report.add(
                "YML-004",
                f"nested deeper than {_DEEPEST} levels of lists and mappings",
                # The way there would be longer than the message.
                Place(self.file, place.line),
                hint="write the inner part as an audience of its own, and name it with `audience: {in: ID}`",
            )
            raise _TooDeepError
        if isinstance(event, _ALIASES):
            if event.anchor not in self.anchors:
                self._refuse_anchor(place)
            # Text in its place, which is what it was meant to be where the quotes are missing.
            return Scalar(f"*{event.anchor}", place, quoted=True)
        if event.anchor is not None:
            self.anchors.add(event.anchor)
            self._refuse_anchor(place)
        if event.tag is not None:
            self.report.add(
                "YML-005", "tags (`!…`) are not allowed", place, hint="write the value without a tag"
            )
        if isinstance(event, _SCALARS):
            return Scalar(str(event.value), place, quoted=event.style in ("'", '"', "|", ">"))
        if isinstance(event, _SEQUENCES):
            return self._sequence(place)
        return self._mapping(place)

    def _refuse_anchor(self, place: Place) -> None:
        self.report.add(
            "YML-009",
            "anchors and aliases (`&`, `*`) are not allowed",
            place,
            hint="write the value out; text that begins with `&` or `*` needs quotes",
        )

    def _sequence(self, place: Place) -> Sequence:
        items: list[Node] = []
        index = 0
        while not isinstance(event := next(self.events), _ENDS):
            items.append(self.node(event, (*place.path, str(index))))
            index += 1
        return Sequence(tuple(items), place)

    def _mapping(self, place: Place) -> Mapping:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), _ENDS):
            at = Place(self.file, event.start_mark.line + 1, place.path)
            read = self.node(event, (*place.path, "?"))
            key = Scalar(read.text, at, read.quoted) if isinstance(read, Scalar) else None
            value = self.node(next(self.events), (*place.path, key.text if key else "?"))
            if key is None:
                hint = "text with braces or brackets needs quotes" if not isinstance(read, Scalar) else ""
                self.report.add("YML-006", "a key must be a single word or text", at, hint=hint)
            elif key.text == "<<":
                self.report.add("YML-007", "merge keys are not allowed", at, hint="write the keys out")
            elif key.text in entries:
                first = entries[key.text].key.place.line
                self.report.add(
                    "YML-008", f"the key `{key.text}` is written twice, first on line {first}", at
                )
            else:
                entries[key.text] = Entry(key, value)
        return Mapping(tuple(entries.values()), place)
