"""Bar panel of the best runs of a group."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gan_pipelines.reporting.leaderboard import MEASURES, Measure
from gan_pipelines.reporting.sortable_table import Row

if TYPE_CHECKING:
    from plotly.graph_objects import Bar, Scatter

LABEL = {"showarrow": False, "xanchor": "left", "yanchor": "bottom", "align": "left", "font": {"size": 11}}
"""Style of the annotations, without a colour: kedro-viz sets the text colour for its light or dark theme."""

_MARKS = {
    "real_baseline": ("real images", "#CC79A7"),
    "untrained_baseline": ("untrained generator", "#888888"),
    "best_baseline": ("best simple method", "#888888"),
}
_GRID_COLOUR = "rgba(128, 128, 128, 0.25)"
_BAR_WIDTH = 0.36  # as a fraction of the distance between bars
_MAXIMUM_DECADES = 3  # maximum number of decades with tick labels at 2 and 5


@dataclass(frozen=True)
class Panel:
    """Bar panel of the best runs of a group, with its own axes.

    Args:
        rows: Rows of the runs, the best first.
        runs: Number of ranked runs in the group.
        measure: Score that ranks the runs.
        slots: Number of bars that fit into the panel.
        axis: Number of its axes, at least 2, because kedro-viz restyles the axes without a number.
        colour: Colour of the bars.
    """

    rows: Sequence[Row]
    runs: int
    measure: Measure
    slots: int
    axis: int
    colour: str

    @property
    def is_logarithmic(self) -> bool:
        """Whether the axis is logarithmic and bars start at the score of real images."""
        return self.measure.log_scale and all(value is not None and value > 0 for value in self._values())

    def traces(self) -> "list[Bar | Scatter]":
        """Returns the bars, and a mark for each of their baselines."""
        from plotly.graph_objects import Bar, Scatter

        places = list(range(len(self.rows)))
        axes: dict[str, Any] = {"y": places, "xaxis": f"x{self.axis}", "yaxis": f"y{self.axis}"}
        starts = [row["real_baseline"] if self.is_logarithmic else 0 for row in self.rows]
        bars = Bar(
            x=[row[row["ranked_by"]] - start for row, start in zip(self.rows, starts, strict=True)],
            base=starts,
            width=_BAR_WIDTH,
            orientation="h",
            marker={"color": self.colour},
            text=[_hover(row) for row in self.rows],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
            **axes,
        )
        marks = [
            Scatter(
                x=[row[entry] for row in self.rows],
                mode="markers",
                marker={"symbol": "line-ns", "size": 13, "line": {"width": 3, "color": colour}},
                name=name,
                legendgroup=entry,
                showlegend=self.axis == 2,
                hoverinfo="skip",
                **axes,
            )
            for entry, (name, colour) in _marks(self.measure).items()
        ]
        return [bars, *marks]

    def axes(self, left: float, right: float, bottom: float, top: float) -> dict[str, Any]:
        """Returns the layout of the axes, with their domain as fractions of the figure."""
        return {
            f"xaxis{self.axis}": {
                "domain": [left, right],
                "anchor": f"y{self.axis}",
                "type": "log" if self.is_logarithmic else "linear",
                "zeroline": False,
                "gridcolor": _GRID_COLOUR,
                **self._ticks(),
            },
            f"yaxis{self.axis}": {
                "domain": [bottom, top],
                "anchor": f"x{self.axis}",
                "range": [self.slots - 0.6, -0.9],
                "showticklabels": False,
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
            },
        }

    def _ticks(self) -> dict[str, Any]:
        """Returns the ticks; on a logarithmic axis at 1, 2 and 5 of each decade, or only at 1 for many decades."""
        if not self.is_logarithmic:
            return {"nticks": 6}
        logarithms = [math.log10(value) for value in self._values()]
        powers = range(math.floor(min(logarithms)), math.ceil(max(logarithms)))
        digits = (1, 2, 5) if len(powers) <= _MAXIMUM_DECADES else (1,)
        ticks = [digit * 10.0**power for power in powers for digit in digits] + [10.0**powers.stop]
        return {"tickvals": ticks, "ticktext": [number(tick) for tick in ticks]}

    def _values(self) -> list[Any]:
        return [row[key] for row in self.rows for key in (row["ranked_by"], "real_baseline", "untrained_baseline")]

    def annotations(self, left: float, top: float) -> list[dict[str, Any]]:
        """Returns the title of the panel and the caption above each bar."""
        heading = {"text": self._title(), "xref": "paper", "x": left, "yref": "paper", "y": top, **LABEL}
        place = {"xref": f"x{self.axis} domain", "x": 0, "yref": f"y{self.axis}"}
        captions = [
            {"text": _caption(row), **place, "y": position - _BAR_WIDTH / 2, **LABEL}
            for position, row in enumerate(self.rows)
        ]
        return [heading, *captions]

    def _title(self) -> str:
        first = self.rows[0]
        best = f", the best {len(self.rows)} of {self.runs:,} runs" if self.runs > len(self.rows) else ""
        scale = ", on a logarithmic axis" if self.is_logarithmic else ""
        return f"<b>Group {first['group']}</b>{best}{scale}<br>{', '.join(self._conditions())}"

    def _conditions(self) -> list[str]:
        """Returns the conditions that the runs of the group share, as text."""
        first = self.rows[0]
        conditions = [f"{whole(first['images'])} images{' (few)' if first['low_n'] else ''}"]
        if first["task"] is not None:
            conditions.append(first["task"])
        if not self.measure.is_of_translations:
            kind = first["distance"].removeprefix("frechet_").removesuffix("_distance")
            network = (first["feature_network"] or "of an unknown network").removeprefix("sha256:")
            conditions.append(f"{kind} features {network}")
        return conditions


def _marks(measure: Measure) -> dict[str, tuple[str, str]]:
    """Returns the name and colour of the mark for each baseline of a score."""
    return {entry: mark for entry, mark in _MARKS.items() if getattr(measure, entry) is not None}


def _caption(row: Row) -> str:
    value = number(row[row["ranked_by"]])
    copies = " · suspected of copying" if row["suspicious"] else ""
    return f"<b>{whole(row['rank'])}</b> {row['model']} · {moment(row)} · {value}{copies}"


def _hover(row: Row) -> str:
    measure = MEASURES[row["ranked_by"]]
    lines = (
        f"<b>{row['model']}</b> ({row['architecture']})",
        f"run {row['version']}",
        f"{_capitalised(measure.title)} {number(row[row['ranked_by']])}",
        ", ".join(f"{name} {number(row[entry])}" for entry, (name, _) in _marks(measure).items()),
    )
    return "<br>".join(lines)


def _capitalised(title: str) -> str:
    return title[0].upper() + title[1:]


def moment(row: Row) -> str:
    """Returns the date and time of a run to the minute, from its version."""
    return str(row["version"])[:16].replace("T", " ").replace(".", ":")


def number(value: float | None) -> str:
    """Returns a number with four significant digits, or a dash for None."""
    return "-" if value is None else f"{value:,.4g}"


def whole(value: float | None) -> str:
    """Returns a number rounded to an integer, or a dash for None."""
    return "-" if value is None else f"{value:,.0f}"
