"""Reads one YAML 1.2 file into nodes. Duplicate keys, merge keys, tags and further documents are errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from transforms.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from transforms.errors import Place

if TYPE_CHECKING:
    from transforms.documents.report import Report

_DEEPEST = 100
_PLAIN_TAG = re.compile(r"tag:yaml\.org,2002:\w+|!")


def read_yaml(text: str, file: str, report: Report) -> Node | None:
    """The tree of the one document in `text`, or None where it can't be read; problems go to `report`."""
    try:
        documents = list(YAML(typ="rt", pure=True).compose_all(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        report.add("YML-001", f"not valid YAML: {error.problem or error.context}", Place(file, line))
        return None
    except (YAMLError, RecursionError, ValueError):
        report.add(
            "YML-001", "not valid YAML: it has characters or nesting that YAML does not allow", Place(file)
        )
        return None
    if not documents or documents[0] is None:
        report.add("YML-002", "the file is empty", Place(file, 1))
        return None
    if len(documents) > 1:
        line = documents[1].start_mark.line + 1
        report.add(
            "YML-003", "a second document begins here", Place(file, line), hint="write one document a file"
        )
        return None
    return _Conversion(file, report).node(documents[0], ())


class _Conversion:
    def __init__(self, file: str, report: Report) -> None:
        self.file = file
        self.report = report

    def node(self, raw: object, path: tuple[str, ...]) -> Node | None:
        place = Place(self.file, raw.start_mark.line + 1, path)  # pyright: ignore[reportAttributeAccessIssue]
        if len(path) > _DEEPEST:
            self.report.add("YML-004", f"nested deeper than {_DEEPEST} levels", place)
            return None
        if isinstance(raw, ScalarNode):
            return self._scalar(raw, place)
        if isinstance(raw, SequenceNode):
            items = [self.node(item, (*path, str(index))) for index, item in enumerate(raw.value)]
            return Sequence(tuple(item for item in items if item is not None), place)
        if isinstance(raw, MappingNode):
            return self._mapping(raw, place)
        raise AssertionError(type(raw))

    def _scalar(self, raw: ScalarNode, place: Place) -> Scalar:
        tag = str(raw.tag or "!")
        if not _PLAIN_TAG.fullmatch(tag):
            self.report.add(
                "YML-005", f"the tag `{tag}` is not allowed", place, hint="write the value without a tag"
            )
        return Scalar(str(raw.value), place, quoted=raw.style in ("'", '"', "|", ">"))

    def _mapping(self, raw: MappingNode, place: Place) -> Mapping:
        entries: dict[str, Entry] = {}
        for raw_key, raw_value in raw.value:
            at = Place(self.file, raw_key.start_mark.line + 1, place.path)
            if not isinstance(raw_key, ScalarNode):
                self.report.add("YML-006", "a key must be a single word or text", at)
                continue
            key = self._scalar(raw_key, at)
            if key.text == "<<":
                self.report.add("YML-007", "merge keys are not allowed", at, hint="write the keys out")
            elif key.text in entries:
                first = entries[key.text].key.place.line
                self.report.add(
                    "YML-008", f"the key `{key.text}` is written twice, first on line {first}", at
                )
            else:
                value = self.node(raw_value, (*place.path, key.text))
                if value is not None:
                    entries[key.text] = Entry(key, value)
        return Mapping(tuple(entries.values()), place)
