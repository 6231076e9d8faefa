"""Texts that SQL, Jinja, YAML, a shell or a file system would read as more than text."""

from __future__ import annotations

HOSTILE_TEXTS = (
    *(
        "it's",
        '"',
        "''; drop table x; --",
        "--",
        "/*",
        "*/",
        "/* x */",
        ";",
        "\\",
        "\\'",
        "\\n",
        "`",
        "$$",
        "%s {0}",
    ),
    *(
        "{{ 1+1 }}",
        "{{",
        "}}",
        "{% raw %}",
        "{%- endraw -%}",
        "{% set x = 1 %}",
        "{# x #}",
        "{{ env_var('HOME') }}",
    ),
    *(
        "../../x",
        "..\\x",
        "/etc/passwd",
        "a/b",
        "two\nlines",
        "tab\there",
        "\r",
        "\u202eevil",
        "\u2028",
        "\ufeff",
    ),
    *("🎧", "cafe\u0301", "İ", "ﬀ", "\u0000".replace("\0", "␀"), "null", "~", "true", " "),
)
