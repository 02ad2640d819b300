"""What a language model gives up for diversity, to look at and to hover over."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from gan_pipelines.reporting.chart import COLOURS, arrange

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MEASURES = {
    "self_bleu": "Self-BLEU",
    "distinct_2": "Distinct bigrams",
    "novelty_4": "Novel 4-grams",
    "exact_copy_share": "Exact copies",
    "ends_properly": "Ends properly",
}


def quality_diversity_curves(rows: Sequence[Mapping[str, Any]]) -> "Figure":
    """Returns a line for each measure over the temperature, and a dotted one for what held-out headlines get.

    Caccia et al., "Language GANs Falling Short", 2020.

    Args:
        rows: ``temperature`` (None for held-out headlines) and the measures, shares in [0, 1].
    """
    from plotly.graph_objects import Figure, Scatter

    written = [row for row in rows if row["temperature"] is not None]
    people = [row for row in rows if row["temperature"] is None]
    temperatures = [row["temperature"] for row in written]
    figure = Figure()
    for (measure, title), colour in zip(_MEASURES.items(), cycle(COLOURS), strict=False):
        line = {"color": colour, "width": 2}
        values = [row[measure] for row in written]
        figure.add_trace(Scatter(x=temperatures, y=values, name=title, legendgroup=measure, line=line))
        for row in people if temperatures else ():
            level = [row[measure]] * 2
            figure.add_trace(
                Scatter(
                    x=[temperatures[0], temperatures[-1]],
                    y=level,
                    name=f"{title}, people's",
                    legendgroup=measure,
                    showlegend=False,
                    mode="lines",
                    line={**line, "dash": "dot"},
                )
            )
    arrange(figure, "Generated headlines (people's dotted)")
    figure.update_xaxes({"title": "Temperature"})
    figure.update_yaxes({"title": "Share", "tickformat": ".0%", "range": [-0.02, 1.02]})
    return figure
