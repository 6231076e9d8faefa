"""The pages as HTML. Everything that people wrote is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from exports.report.catalogue import delivery_state
from exports.report.charts import charts_name
from transforms.audiences.activation import State
from transforms.audiences.estimates import RealSize
from transforms.audiences.size_words import size_words
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from exports.report.canvas import Canvas
    from exports.report.records import AudienceReport, JourneyReport, Report
    from transforms.audiences.estimates import Size

#: What stands where nothing is known: never 0.
_UNKNOWN = "–"
_JOINS = {"all": "all of", "any": "any of", "none": "none of", "exclude": "but none of"}
#: Columns of the catalogue: what they are sorted by, the header, whether they hold numbers.
_COLUMNS = (
    ("name", "Audience", False),
    ("state", "State", False),
    ("size", "Size", True),
    ("adds", "Adds", True),
    ("drops", "Drops", True),
    ("volatility", "Volatility", True),
    ("", "Trend", False),
    ("", "Outputs", False),
    ("", "Tags", False),
    ("owner", "Owner", False),
    ("access", "Access", False),
    ("updated_at", "Updated", False),
)


class Pages:
    """Renders the pages of one report."""

    def __init__(self, report: Report) -> None:
        loader = FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8")
        self._environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._report = report
        self._journeys = {journey.id: journey for journey in report.journeys}
        self._environment.globals.update(
            report=report,
            audiences={audience.id: audience for audience in report.audiences},
            charts=charts_name(),
            delivery_state=delivery_state,
            instant=_instant,
            joins=_JOINS,
            local=_local,
            number=_number,
            percent=_percent,
            size=_size,
            size_words=size_words,
            told=_told,
        )

    def catalogue(self) -> str:
        """The page of all audiences and milestones."""
        return self._rendered(
            "catalogue",
            root="",
            columns=_COLUMNS,
            states=get_args(State),
            tags=sorted({tag for audience in self._report.audiences for tag in audience.row.tags}),
        )

    def journey(self, journey: JourneyReport, canvas: Canvas) -> str:
        """The canvas of a journey."""
        return self._rendered("journey", root="../", journey=journey, canvas=canvas)

    def audience(self, audience: AudienceReport) -> str:
        """The page of an audience or a milestone."""
        read_out = audience.read_out
        return self._rendered(
            "audience",
            root="../",
            one=audience,
            journey=self._journeys.get(audience.row.journey or ""),
            arms={} if read_out is None else {arm.variant: arm.assigned for arm in read_out.arms},
        )

    def _rendered(self, page: str, **values: Any) -> str:
        return self._environment.get_template(f"{page}.html.jinja").render(page=page, **values)


def _number(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value:,}"


def _percent(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.1%}"


def _instant(at: datetime) -> Markup:
    """An instant in UTC; the page's script adds how long ago it was."""
    return Markup('<time datetime="{}">{}</time>').format(iso(at), f"{at:%Y-%m-%d %H:%M} UTC")


def _size(audience: AudienceReport) -> tuple[str, str]:
    return (_UNKNOWN, "") if audience.size is None else size_words(audience.size)


def _told(size: Size) -> str:
    """A size in a table: an estimate with its bounds, or the reason why there is none."""
    text, said = size_words(size)
    return text if isinstance(size, RealSize) or not said else f"{text} ({said})"


def _local(audience_id: str) -> str:
    """The id of a milestone in its journey."""
    return audience_id.rpartition("__")[2]
