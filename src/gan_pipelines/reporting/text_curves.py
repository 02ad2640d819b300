"""Interactive chart of quality and diversity of a language model over the temperature."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from gan_pipelines.reporting.chart import COLOURS, arrange

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_METRICS = {
    "self_bleu": "Self-BLEU",
    "distinct_2": "Distinct bigrams",
    "novelty_4": "Novel 4-grams",
    "exact_copy_fraction": "Exact copies",
    "eos_rate": "EOS rate",
}


def quality_diversity_curves(rows: Sequence[Mapping[str, Any]]) -> "Figure":
    """Returns a chart of each metric over the temperature, with dotted lines for held-out headlines.

    Caccia et al., "Language GANs Falling Short", 2020.

    Args:
        rows: ``temperature`` (None for held-out headlines) and the metrics, values in [0, 1].
    """
    from plotly.graph_objects import Figure, Scatter

    generated_rows = [row for row in rows if row["temperature"] is not None]
    heldout_rows = [row for row in rows if row["temperature"] is None]
    temperatures = [row["temperature"] for row in generated_rows]
    figure = Figure()
    for (metric, title), colour in zip(_METRICS.items(), cycle(COLOURS), strict=False):
        line = {"color": colour, "width": 2}
        values = [row[metric] for row in generated_rows]
        figure.add_trace(Scatter(x=temperatures, y=values, name=title, legendgroup=metric, line=line))
        for row in heldout_rows if temperatures else ():
            level = [row[metric]] * 2
            figure.add_trace(
                Scatter(
                    x=[temperatures[0], temperatures[-1]],
                    y=level,
                    name=f"{title}, held-out",
                    legendgroup=metric,
                    showlegend=False,
                    mode="lines",
                    line={**line, "dash": "dot"},
                )
            )
    arrange(figure, "Generated headlines (held-out dotted)")
    figure.update_xaxes({"title": "Temperature"})
    figure.update_yaxes({"title": "Fraction", "tickformat": ".0%", "range": [-0.02, 1.02]})
    return figure
