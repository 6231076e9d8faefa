"""An imported audience as the YAML that an analyst would have written, with a comment where a part was left out."""

from __future__ import annotations

import io
import re
import sys
import textwrap
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from transforms.errors import InternalError
from transforms.importing.tree import Group, Item, LeftOut, Written

if TYPE_CHECKING:
    from transforms.importing.findings import Finding

_SCHEMA = "# yaml-language-server: $schema=../schemas/audience.schema.json\n"
#: Longer criteria take a line for each key.
_WIDTH = 100
#: Text that is written without quotes: it begins with a letter, or is a length of time.
_PLAIN = re.compile(r"[^\W\d]([\w./@ -]*\w)?|[0-9]+ [a-z]+")
#: Words that readers of YAML 1.1 and editors take for something else.
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def audience_yaml(head: dict[str, Any], criteria: Item, beside: tuple[Finding, ...] = ()) -> str:
    """The file: comments for what was left out `beside` the criteria, the keys of `head`, then `criteria`."""
    writer = _Writer(repr((head, criteria)))
    document = CommentedMap()
    for key, value in head.items():
        document[key] = _flow(value)
    document["criteria"] = writer.criteria(criteria)
    stream = io.StringIO()
    yaml = YAML()
    yaml.Representer = _Representer
    yaml.indent(mapping=2, sequence=4, offset=2)
    # Nothing is folded: where a line would break is not for YAML to say.
    yaml.width = sys.maxsize
    yaml.allow_unicode = True
    yaml.dump(document, stream)
    comments = "".join(_comment(finding, "") for finding in beside)
    return _SCHEMA + comments + writer.with_comments(stream.getvalue())


class _Writer:
    """Lets an item of a list stand for each part that was left out, and then puts its comment there."""

    def __init__(self, content: str) -> None:
        self.marker = "left_out_"
        while self.marker in content:
            self.marker += "_"
        self.left_out: list[tuple[Finding, ...]] = []

    def criteria(self, item: Item) -> Any:
        """The value of `criteria`, or of an item of a group."""
        match item:
            case Written(entries=entries):
                return CommentedMap({key: _criterion(key, value) for key, value in entries.items()})
            case Group(key=key, items=items):
                return CommentedMap({key: CommentedSeq(map(self.criteria, items))})
            case LeftOut(findings=findings):
                self.left_out.append(findings)
                return f"{self.marker}{len(self.left_out) - 1}_"
        raise InternalError("an item of criteria that is no item")

    def with_comments(self, text: str) -> str:
        """The text with comments in the place of the items that stand for them."""
        lines: list[str] = []
        for line in text.splitlines(keepends=True):
            found = re.fullmatch(rf"( *)- {self.marker}([0-9]+)_\n", line)
            if found is None:
                lines.append(line)
                continue
            lines.extend(_comment(finding, found[1]) for finding in self.left_out[int(found[2])])
        return "".join(lines)


def _comment(finding: Finding, indent: str) -> str:
    text = _printable(f"not translated: {finding.path}: {finding.reason}")
    pieces = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{indent}# {piece}\n" for piece in pieces)


def _printable(comment: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode()
        for character in comment
    )


def _criterion(key: str, value: Any) -> Any:
    """A criterion's value on one line, or a key a line where one is too long; each step of a sequence on its own."""
    if key == "sequence":
        return CommentedSeq(
            CommentedMap({name: _criterion(name, part) for name, part in step.items()}) for step in value
        )
    if not isinstance(value, dict) or _length(value) <= _WIDTH:
        return _flow(value)
    return CommentedMap({_key(name): _criterion(name, part) for name, part in value.items()})


def _length(value: Any) -> int:
    """How long a value is on one line, about."""
    match value:
        case dict():
            return sum(len(key) + 4 + _length(item) for key, item in value.items())
        case list() | tuple():
            return sum(2 + _length(item) for item in value)
        case _:
            return len(str(value))


def _flow(value: Any) -> Any:
    match value:
        case dict():
            mapping = CommentedMap({_key(key): _flow(item) for key, item in value.items()})
            mapping.fa.set_flow_style()
            return mapping
        case list() | tuple():
            sequence = CommentedSeq(map(_flow, value))
            sequence.fa.set_flow_style()
            return sequence
        case bool() | date():
            return value
        case Decimal():
            return _Digits(format(value, "f"))
        case _:
            return _text(value)


class _Digits(str):
    """A number's digits, written as they are: a float would lose some."""

    __slots__ = ()


class _Representer(RoundTripRepresenter):
    """Writes digits without quotes."""


def _represent_digits(representer: RoundTripRepresenter, digits: _Digits) -> Any:
    tag = "float" if "." in digits else "int"
    return representer.represent_scalar(f"tag:yaml.org,2002:{tag}", str(digits))


_Representer.add_representer(_Digits, _represent_digits)


def _key(key: str) -> Any:
    """A key; those of the language are plain words, `on` among them."""
    return key if key == "on" else _text(key)


def _text(value: str) -> Any:
    is_plain = (
        _PLAIN.fullmatch(value) and value.lower() not in _WORDS and "  " not in value and value.isprintable()
    )
    return value if is_plain else DoubleQuotedScalarString(value)
