"""The charts of the pages as Vega-Lite, and the library that draws them (vl-convert-python, which ships Vega).

What is drawn comes with each page, under the name `table`. Colours are parameters, as is what
depends on the width: pages set them.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from typing import Any

#: Numbers of users are whole; ticks between them get no label.
_WHOLE = {"labelExpr": "datum.value % 1 ? '' : format(datum.value, ',d')", "tickCount": 5}
_DAY = {
    "field": "as_of",
    "type": "temporal",
    "title": None,
    "axis": {"format": "%-d %b %Y", "labelOverlap": True, "tickCount": {"expr": "ticks"}, "grid": False},
    "scale": {"type": "utc", "padding": 14},
}
_AS_OF = {"field": "as_of", "type": "temporal", "format": "%Y-%m-%d %H:%M UTC", "title": "as of"}


def _line(field: str, words: str, *, height: int, format: str, axis: dict[str, Any]) -> dict[str, Any]:
    """A line with a point at each stored as_of."""
    colour = {"expr": "accent"}
    return {
        "description": words,
        "height": height,
        "mark": {"type": "line", "point": {"size": 36, "color": colour}, "color": colour},
        "encoding": {
            "x": _DAY,
            "y": {
                "field": field,
                "type": "quantitative",
                "title": None,
                "scale": {"zero": False, "nice": True},
                "axis": axis,
            },
            "tooltip": [_AS_OF, {"field": field, "type": "quantitative", "format": format}],
        },
    }


_CHANGES = {
    "description": "Adds above the line and drops below it at each stored as_of",
    "height": 140,
    "transform": [{"calculate": "-datum.drops", "as": "below"}],
    "layer": [
        {
            "mark": {"type": "bar", "width": {"expr": "bar"}, "color": {"expr": color}},
            "encoding": {
                "x": _DAY,
                "y": {"field": field, "type": "quantitative", "title": None, "axis": _WHOLE},
                "tooltip": [
                    _AS_OF,
                    {"field": "adds", "type": "quantitative", "format": ",d"},
                    {"field": "drops", "type": "quantitative", "format": ",d"},
                ],
            },
        }
        for field, color in (("adds", "accent"), ("below", "muted"))
    ],
}
_TREND = {
    "width": 88,
    "height": 22,
    "padding": 2,
    "view": {"stroke": None},
    "mark": {"type": "line", "color": {"expr": "accent"}, "strokeWidth": 1.5, "aria": False},
    "encoding": {
        "x": {
            "field": "place",
            "type": "quantitative",
            "axis": None,
            "scale": {"nice": False, "zero": False},
        },
        "y": {"field": "size", "type": "quantitative", "axis": None, "scale": {"nice": False, "zero": False}},
    },
}
_CHARTS: dict[str, dict[str, Any]] = {
    "size": _line("size", "Size at each stored as_of", height=180, format=",d", axis=_WHOLE),
    "changes": _CHANGES,
    "volatility": _line(
        "volatility",
        "Volatility at each stored as_of",
        height=110,
        format=".1%",
        axis={"format": ".0%", "tickCount": 4},
    ),
    "trend": _TREND,
}
_PARAMETERS: dict[str, Any] = {"accent": "#1d6f5c", "muted": "#767676", "bar": 8, "ticks": 6}


def charts_name() -> str:
    """The name of the script: another one where the library or a chart is another."""
    digest = hashlib.sha256(json.dumps([_CHARTS, _PARAMETERS, _SNIPPET]).encode()).hexdigest()
    return f"charts-{version('vl-convert-python')}-{digest[:8]}.js"


_SNIPPET = "window.vegaEmbed = vegaEmbed;"


@cache
def charts_script() -> str:
    """Vega-Embed with Vega (0.9 MB), and `window.charts`: the charts by name as Vega has them. It asks for nothing else.

    Making it takes 1.3 s of a processor, so it is made once a process.
    """
    import vl_convert  # 80 MB of engine, which only this needs

    specs = {name: vl_convert.vegalite_to_vega(_whole(chart)) for name, chart in _CHARTS.items()}
    return f"{vl_convert.javascript_bundle(_SNIPPET)}\nwindow.charts = {json.dumps(specs)};\n"


def _whole(chart: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"name": "table", "values": []},
        "params": [{"name": name, "value": value} for name, value in _PARAMETERS.items()],
        "width": 400,
        **chart,
    }
