"""Interactive chart of the losses and accuracies of a training."""

from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.reporting.chart import COLOURS, arrange

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure, Scatter

PROGRESS_COLUMNS = ("step", "epoch", "examples_seen")
"""Columns of a history that give the training progress; all others are curves."""

MAXIMUM_POINTS = 2_000
"""Maximum number of points of a line: more than the pixels of a typical plot width, and small in the report."""

_SMOOTHING_MINIMUM = 150
"""Minimum number of points for a smoothed line."""

_SMOOTHED_POINTS = 500
"""Maximum number of points of a smoothed line, which has no spikes."""

_WINDOW_FRACTION = 0.03
"""Window of the moving average as a fraction of the points."""


@dataclass(frozen=True, eq=False)
class _Curve:
    """Finite values of a column of the history.

    Args:
        name: Name of the column.
        colour: Colour of its lines.
        values: Logged values ``(points,)``.
        smoothed: Centred moving average ``(points,)``; None if there are few points.
        progress: Step, epoch and examples seen ``(points, 3)``.
    """

    name: str
    colour: str
    values: NDArray[np.float64]
    smoothed: NDArray[np.float64] | None
    progress: NDArray[np.int64]

    @property
    def title(self) -> str:
        """Returns the name for the legend."""
        return self.name.replace("_", " ").capitalize()

    @property
    def is_accuracy(self) -> bool:
        """Returns whether the values are accuracies in [0, 1]."""
        return self.name.endswith("accuracy")


def loss_curves(history: "pd.DataFrame", title: str = "Training") -> "Figure":
    """Returns a chart with a panel for the losses and, if there are any, a panel for the accuracies.

    Long curves have a thin line with the logged values and a thick line with a moving average. Downsampling of the thin
    line to ``MAXIMUM_POINTS`` keeps local extremes, so that single spikes stay visible.

    Args:
        history: One row per logged step, with the columns ``step``, ``epoch``, ``examples_seen`` and one per quantity.
            Columns that end in ``accuracy`` have values in [0, 1]; all others are shown with the losses. Missing and
            infinite values are skipped.
        title: Title of the chart.

    Raises:
        ValueError: If a progress column is missing, or no other column has a finite value.
    """
    from plotly.subplots import make_subplots

    curves = _curves(history)
    panels = [
        panel
        for panel in (
            [curve for curve in curves if not curve.is_accuracy],
            [curve for curve in curves if curve.is_accuracy],
        )
        if panel
    ]
    figure = make_subplots(
        rows=len(panels), shared_xaxes=True, vertical_spacing=0.07, row_heights=[3, 2][: len(panels)]
    )
    for row, panel in enumerate(panels, start=1):
        for curve in panel:
            figure.add_traces(_lines(curve, shows_progress=curve is panel[-1]), rows=row, cols=1)
        axis = {"title": "Accuracy", "tickformat": ".0%", "range": [-0.02, 1.02]}
        figure.update_yaxes(axis if panel[0].is_accuracy else {"title": "Loss"}, row=row)
    _arrange(figure, title, len(panels))
    return figure


def _curves(history: "pd.DataFrame") -> list[_Curve]:
    """Returns the curves of a history in the order of its columns."""
    names = [str(name) for name in history.columns if name not in PROGRESS_COLUMNS]
    finite = {name: np.isfinite(history[name].to_numpy(np.float64)) for name in names}
    logged = [name for name in names if finite[name].any()]
    missing = [name for name in PROGRESS_COLUMNS if name not in history.columns]
    if missing or not logged:
        raise ValueError(
            f"A history requires the columns {', '.join(PROGRESS_COLUMNS)} and at least one with finite values; "
            f"found {', '.join(map(str, history.columns)) or 'none'} in {len(history):,} rows."
        )
    return [_curve(history[finite[name]], name, colour) for name, colour in zip(logged, cycle(COLOURS), strict=False)]


def _curve(history: "pd.DataFrame", name: str, colour: str) -> _Curve:
    """Returns the curve of a column; ``history`` has only rows in which it is finite."""
    smoothed = None
    if len(history) >= _SMOOTHING_MINIMUM:
        window = round(len(history) * _WINDOW_FRACTION)
        smoothed = history[name].rolling(window, center=True, min_periods=1).mean().to_numpy(np.float64)
    return _Curve(
        name=name,
        colour=colour,
        values=history[name].to_numpy(np.float64),
        smoothed=smoothed,
        progress=history[list(PROGRESS_COLUMNS)].to_numpy(np.int64),
    )


def _lines(curve: _Curve, *, shows_progress: bool) -> "list[Scatter]":
    """Returns the lines of a curve with hover labels for the value and optionally the training progress."""
    from plotly.graph_objects import Scatter

    value = ".1%" if curve.is_accuracy else ".4g"
    progress = "<br>epoch %{customdata[1]:,}, %{customdata[2]:,} examples seen" if shows_progress else ""
    main = curve.values if curve.smoothed is None else curve.smoothed
    kept = np.arange(len(main)) if curve.smoothed is None else _evenly(len(main), _SMOOTHED_POINTS)
    line = Scatter(
        x=curve.progress[kept, 0],
        y=main[kept].astype(np.float32),
        customdata=np.column_stack([curve.values[kept], curve.progress[kept, 1:]]),
        name=curve.title,
        legendgroup=curve.name,
        mode="lines",
        line={"color": curve.colour, "width": 2},
        hovertemplate=f"%{{y:{value}}}{progress}<extra>{curve.title}</extra>",
    )
    if curve.smoothed is None:
        return [line]
    logged = _extremes(curve.values)
    line.hovertemplate = (
        f"%{{y:{value}}} averaged, %{{customdata[0]:{value}}} logged{progress}<extra>{curve.title}</extra>"
    )
    thin = Scatter(
        x=curve.progress[logged, 0],
        y=curve.values[logged].astype(np.float32),
        name=f"{curve.title}, as logged",
        legendgroup=curve.name,
        showlegend=False,
        mode="lines",
        line={"color": curve.colour, "width": 1},
        opacity=0.3,
        hoverinfo="skip",
    )
    return [thin, line]


def _evenly(points: int, kept: int) -> NDArray[np.intp]:
    """Returns at most ``kept`` evenly spaced indices, including the first and the last."""
    return np.linspace(0, points - 1, min(points, kept)).round().astype(np.intp)


def _extremes(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Returns at most ``MAXIMUM_POINTS`` indices: both ends, and the minimum and maximum of each interval."""
    if len(values) <= MAXIMUM_POINTS:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), MAXIMUM_POINTS // 2, dtype=np.intp)
    ends = [0, len(values) - 1]
    intervals = list(pairwise(edges))
    lowest = [start + values[start:end].argmin() for start, end in intervals]
    highest = [start + values[start:end].argmax() for start, end in intervals]
    return np.unique(np.array([*ends, *lowest, *highest], dtype=np.intp))


def _arrange(figure: "Figure", title: str, panels: int) -> None:
    """Sets the common layout of all panels."""
    figure.update_xaxes(tickformat=",", hoverformat=",", showspikes=True, spikethickness=1, spikecolor="#999999")
    figure.update_xaxes({"title": "Training step"}, row=panels)
    arrange(figure, title)
