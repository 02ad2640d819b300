"""Chart of the scores of a translator during training."""

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

from gan_pipelines.reporting.chart import COLOURS, arrange

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_TITLES = {"psnr": "PSNR in dB", "ssim": "SSIM"}


def translation_curves(report: Mapping[str, Any]) -> "Figure":
    """Returns a panel for each score, with a line for each direction and a dashed one for its best simple method.

    Args:
        report: ``steps`` and ``epochs``; ``pictures``, the number of scored pictures; and ``curves``: the result of
            ``score_progress`` by the title of a direction.
    """
    from plotly.graph_objects import Scatter
    from plotly.subplots import make_subplots

    curves = report["curves"]
    measures = list(next(iter(curves.values())))
    figure = make_subplots(rows=len(measures), shared_xaxes=True, vertical_spacing=0.07)
    for row, measure in enumerate(measures, start=1):
        for (title, scores), colour in zip(curves.items(), cycle(COLOURS)):
            values, baselines = scores[measure]["values"], scores[measure]["baselines"]
            line = Scatter(
                x=report["steps"],
                y=values,
                customdata=report["epochs"],
                name=title,
                legendgroup=title,
                showlegend=row == 1,
                mode="lines+markers",
                line={"color": colour, "width": 2},
                hovertemplate=f"%{{y:.4g}} at epoch %{{customdata:.1f}}<extra>{title}</extra>",
            )
            figure.add_trace(line, row=row, col=1)
            if baselines:
                best = max(baselines, key=lambda name: baselines[name])
                text = best.replace("_", " ") + (f", {title}" if len(curves) > 1 else "")
                style = {"dash": "dot", "color": colour, "width": 1}
                figure.add_hline(y=baselines[best], line=style, annotation_text=text, row=row, col=1)
        figure.update_yaxes({"title": _TITLES[measure]}, row=row)
    figure.update_xaxes({"title": "Training step", "tickformat": ","}, row=len(measures))
    count = report["pictures"]
    arrange(figure, f"{count:,} held-out pictures over the training")
    return figure
