"""Losses and accuracies over a training, to look at and to hover over."""

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
"""The columns of a history that say how far training was; all others are curves."""

MAXIMUM_POINTS = 2_000
"""Points of a line: more than a screen has columns of pixels to show, few enough for a small report."""

_SMOOTHED_FROM = 150
"""With fewer points than this, a curve is read without help."""

_SMOOTHED_POINTS = 500
"""Points of a smoothed line, which has no spikes to lose."""

_WINDOW_SHARE = 0.03
"""Share of a curve over which the smoothed line averages."""


@dataclass(frozen=True, eq=False)
class _Curve:
    """One quantity of a history, where it was logged and is finite.

    Args:
        name: The column.
        colour: Of its lines.
        values: ``(points,)``, as logged.
        smoothed: ``(points,)``, a centred moving average; None where there are few points.
        progress: ``(points, 3)``: step, epoch and examples seen.
    """

    name: str
    colour: str
    values: NDArray[np.float64]
    smoothed: NDArray[np.float64] | None
    progress: NDArray[np.int64]

    @property
    def title(self) -> str:
        """Returns the name as people write it."""
        return self.name.replace("_", " ").capitalize()

    @property
    def is_accuracy(self) -> bool:
        """Returns whether the values are shares in [0, 1]."""
        return self.name.endswith("accuracy")


def loss_curves(history: "pd.DataFrame", title: str = "Training") -> "Figure":
    """Returns the curves of a training: the losses, and below them the accuracies where there are any.

    Long curves are drawn twice, thin as logged and thick as a moving average. The thin line keeps its extremes when it
    is thinned out to ``MAXIMUM_POINTS``, so that a single spike stays in sight.

    Args:
        history: One row per logged step, with the columns ``step``, ``epoch``, ``examples_seen`` and one per quantity.
            Names that end in ``accuracy`` hold shares in [0, 1]; all others are drawn with the losses. Missing and
            infinite values are left out.
        title: The heading.

    Raises:
        ValueError: A column of progress is missing, or no other column holds a value.
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
            figure.add_traces(_lines(curve, tells_progress=curve is panel[-1]), rows=row, cols=1)
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
            f"A history takes the columns {', '.join(PROGRESS_COLUMNS)} and at least one with values; "
            f"found {', '.join(map(str, history.columns)) or 'none'} in {len(history):,} rows."
        )
    return [_curve(history[finite[name]], name, colour) for name, colour in zip(logged, cycle(COLOURS), strict=False)]


def _curve(history: "pd.DataFrame", name: str, colour: str) -> _Curve:
    """Returns one curve of the rows in which it is finite."""
    smoothed = None
    if len(history) >= _SMOOTHED_FROM:
        window = round(len(history) * _WINDOW_SHARE)
        smoothed = history[name].rolling(window, center=True, min_periods=1).mean().to_numpy(np.float64)
    return _Curve(
        name=name,
        colour=colour,
        values=history[name].to_numpy(np.float64),
        smoothed=smoothed,
        progress=history[list(PROGRESS_COLUMNS)].to_numpy(np.int64),
    )


def _lines(curve: _Curve, *, tells_progress: bool) -> "list[Scatter]":
    """Returns the lines of a curve; hovering over it shows its value, and how far training was where it tells that."""
    from plotly.graph_objects import Scatter

    value = ".1%" if curve.is_accuracy else ".4g"
    progress = "<br>epoch %{customdata[1]:,}, %{customdata[2]:,} examples seen" if tells_progress else ""
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
    """Returns at most so many positions, evenly over all points and with both ends."""
    return np.linspace(0, points - 1, min(points, kept)).round().astype(np.intp)


def _extremes(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Returns at most ``MAXIMUM_POINTS`` positions: the ends, and the lowest and the highest value of each stretch."""
    if len(values) <= MAXIMUM_POINTS:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), MAXIMUM_POINTS // 2, dtype=np.intp)
    ends = [0, len(values) - 1]
    stretches = list(pairwise(edges))
    lowest = [start + values[start:end].argmin() for start, end in stretches]
    highest = [start + values[start:end].argmax() for start, end in stretches]
    return np.unique(np.array([*ends, *lowest, *highest], dtype=np.intp))


def _arrange(figure: "Figure", title: str, panels: int) -> None:
    """Sets what all panels share."""
    figure.update_xaxes(tickformat=",", hoverformat=",", showspikes=True, spikethickness=1, spikecolor="#999999")
    figure.update_xaxes({"title": "Training step"}, row=panels)
    arrange(figure, title)
