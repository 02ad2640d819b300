"""Common colours and layout of all charts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colour-blind safe palette (Okabe and Ito, "Color Universal Design", 2008)."""


def arrange(figure: "Figure", title: str) -> None:
    """Sets title, legend, margins and a hover label for all lines."""
    figure.update_layout(
        title={"text": title, "x": 0, "xref": "paper"},
        template="plotly_white",
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 70, "r": 30, "t": 100, "b": 60},
    )
