"""A sqlglot tree as the text of a dbt model, laid out for people: lower case, `--` comments, air between tables.

Only white space, case and the form of comments differ from what sqlglot writes; in literals, what Jinja would
read or change is written so that dbt gives the text back exactly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.dialects.dialect import Dialect as SqlglotDialect
from sqlglot.tokenizer_core import TokenType

from transforms.errors import InternalError

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

    from transforms.compiler.dialects.dialect import Dialect

_COMMENT = re.compile(r"/\* (.*?) \*/")
#: What opens something in Jinja, and line breaks, which reading a template makes all alike.
_JINJA = re.compile(r"\{\{|\{%|\{#|\r|\n")
_ESCAPED = {"\r": "\\r", "\n": "\\n"}
_KEPT = (TokenType.STRING, TokenType.IDENTIFIER)


def model_text(query: exp.Query, dialect: Dialect) -> str:
    """The text of a model, which ends in a line break."""
    engine = SqlglotDialect.get_or_raise(dialect.sqlglot_name)
    sql = engine.generate(
        query, pretty=True, indent=4, pad=4, normalize_functions="lower", max_text_width=90, comments=True
    )
    tokens = engine.tokenize(sql)
    pieces: list[str] = []
    depth = 0
    end = 0
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else None
        if before is not None and _is_only_column(tokens, position):
            pieces.append(" ")
        else:
            is_table = _is_table(tokens, position)
            pieces.append(_gap(sql[end : token.start], before, token, depth, is_table))
        written = sql[token.start : token.end + 1]
        pieces.append(_brace_safe(written) if token.token_type in _KEPT else written.lower())
        end = token.end + 1
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
    return "".join(pieces) + "\n"


def _is_only_column(tokens: list[Token], position: int) -> bool:
    """Whether the one column of a select or a group begins here, which stands on the line of its keyword."""
    following = tokens[position + 1].token_type if position + 1 < len(tokens) else None
    return (
        tokens[position - 1].token_type in (TokenType.SELECT, TokenType.DISTINCT, TokenType.GROUP_BY)
        and tokens[position].token_type == TokenType.VAR
        and following in (TokenType.FROM, TokenType.R_PAREN, TokenType.HAVING, TokenType.EXCEPT, None)
    )


def _is_table(tokens: list[Token], position: int) -> bool:
    """Whether a common table begins here: a name, `as` and a parenthesis."""
    kinds = [token.token_type for token in tokens[position : position + 3]]
    return kinds == [TokenType.VAR, TokenType.ALIAS, TokenType.L_PAREN]


def _gap(gap: str, before: Token | None, after: Token, depth: int, is_table: bool) -> str:
    """What stands between two tokens: white space and comments."""
    if before is None:
        return _COMMENT.sub(lambda comment: f"-- {comment[1]}", gap)
    if depth == 0 and before.token_type == TokenType.WITH:
        return "\n\n"
    if depth == 0 and before.token_type == TokenType.COMMA and is_table:
        return "\n\n"
    if depth == 0 and before.token_type == TokenType.R_PAREN and after.token_type == TokenType.SELECT:
        return "\n\n"
    if after.token_type == TokenType.COLON:
        return ""
    restyled = _COMMENT.sub(lambda comment: f"-- {comment[1]}", gap)
    if "/*" in restyled or ("--" in restyled and not restyled.rpartition("--")[2].count("\n")):
        raise InternalError("a comment of generated SQL that does not end its line")
    return restyled


def _brace_safe(literal: str) -> str:
    return _JINJA.sub(lambda found: '{{ "' + _ESCAPED.get(found[0], found[0]) + '" }}', literal)
