"""Chart of the scores of a generator during training."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gan_pipelines.reporting.chart import COLOURS, arrange

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter

_RAREST_CLASS_TITLE = "Rarest class"


def score_curves(report: Mapping[str, Any]) -> "Figure":
    """Returns a chart of the distance, with its best step marked, and of the class coverage over the training steps.

    Args:
        report: Result of ``snapshots_report``. Without scores, the chart shows the deviation of the pixels.
    """
    from plotly.subplots import make_subplots

    panels = _panels(report)
    figure = make_subplots(rows=len(panels), shared_xaxes=True, vertical_spacing=0.07)
    for row, ((title, values), colour) in enumerate(zip(panels.items(), COLOURS, strict=False), start=1):
        figure.add_trace(_line(report["snapshots"], values, title, colour), row=row, col=1)
        figure.update_yaxes({"title": title, "rangemode": "tozero"}, row=row)
        if title == _RAREST_CLASS_TITLE:
            figure.update_yaxes(tickformat=".0%", row=row)
    best = report["best"]
    if best["distance"] is not None:
        figure.add_vline(x=best["step"], line={"dash": "dot", "color": "#777777"})
        text = f"best: step {best['step']:,} "
        figure.add_annotation(x=best["step"], y=1, yref="y domain", xanchor="right", text=text, showarrow=False)
    figure.update_xaxes({"title": "Training step", "tickformat": ","}, row=len(panels))
    images = report["conditions"]["generated_images"]
    arrange(figure, f"Scores over the training: {images:,} generated images at each step, against training images")
    return figure


def _panels(report: Mapping[str, Any]) -> dict[str, Sequence[float]]:
    snapshots = report["snapshots"]
    panels: dict[str, Sequence[float]] = {}
    if snapshots[0]["distance"] is not None:
        title = "Distance"
        panels[title] = [snapshot["distance"] for snapshot in snapshots]
    if any(snapshot["smallest_fraction"] for snapshot in snapshots):
        panels[_RAREST_CLASS_TITLE] = [snapshot["smallest_fraction"] for snapshot in snapshots]
    elif snapshots[0]["covered_classes"] is not None:  # with many classes, few images always miss one
        panels["Classes drawn"] = [snapshot["covered_classes"] for snapshot in snapshots]
    return panels or {"Deviation": [snapshot["largest_pixel_deviation"] for snapshot in snapshots]}


def _line(snapshots: Sequence[Mapping[str, Any]], values: Sequence[float], title: str, colour: str) -> "Scatter":
    from plotly.graph_objects import Scatter

    return Scatter(
        x=[snapshot["step"] for snapshot in snapshots],
        y=list(values),
        customdata=[snapshot["epoch"] for snapshot in snapshots],
        name=title,
        mode="lines+markers",
        line={"color": colour, "width": 2},
        hovertemplate="%{y:.4g} at epoch %{customdata:.1f}<extra></extra>",
        showlegend=False,
    )
