"""What of a pipeline runs after what, to look at and to hover over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import cycle, islice, pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Step = tuple[str, Sequence[str], Sequence[str]]
"""A step's name, what it takes and what it makes, by the names in the catalog."""

_Point = tuple[str, int]
"""A step at its own layer; at a layer below it, the place where lines from it pass."""

_SWEEPS = 30  # positions of the project's own pipelines settle within these
_PASSING_WIDTH = 0.3  # of the width of a step
_COLUMN, _ROW, _BORDER = 150, 78, 40  # pixels
_HALF_BOX = 0.21  # half the height of a box, in rows
_INK, _LINE, _BOX, _FRAME = "#333333", "#999999", "#EAF3FA", "#0072B2"


@dataclass(frozen=True)
class _Layout:
    """Where everything stands.

    Args:
        depths: The layer of each step, from 0.
        places: The column of each point, in widths of a step.
        links: Which points lines join, each with one in the next layer.
    """

    depths: Mapping[str, int]
    places: Mapping[_Point, float]
    links: Sequence[tuple[_Point, _Point]]


def pipeline_graph(steps: Iterable[Step]) -> "Figure":
    """Returns a pipeline's steps as boxes, each below all those whose results it takes.

    Hovering over a box tells what the step takes and makes. The layout is that of Sugiyama, Tagawa and Toda, "Methods
    for Visual Understanding of Hierarchical System Structures", 1981: layers, then columns near the neighbours'.

    Args:
        steps: In any order. Names with dots are shown without what they all begin with.

    Raises:
        ValueError: There is no step, two have one name or make the same, or some take each other's results in a circle.
    """
    from plotly.graph_objects import Figure, Scatter

    known = list(steps)
    layout = _layout(known)
    entered = list(dict.fromkeys(end for _, end in layout.links if _is_step(end, layout)))
    arrows = Scatter(
        x=[layout.places[point] for point in entered],
        y=[point[1] - _HALF_BOX - 0.04 for point in entered],
        mode="markers",
        marker={"symbol": "triangle-down", "size": 9, "color": _LINE},
        hoverinfo="skip",
    )
    figure = Figure(arrows)
    figure.update_layout(
        shapes=[_line(link, layout) for link in layout.links],
        annotations=[_box(step, layout, _common_beginning(known)) for step in known],
    )
    _arrange(figure, layout)
    return figure


def _layout(steps: Sequence[Step]) -> _Layout:
    """Returns where steps and lines stand."""
    makers = {made: name for name, _, makes in steps for made in makes}
    if not steps or len({name for name, _, _ in steps}) < len(steps) or len(makers) < sum(len(s[2]) for s in steps):
        raise ValueError("A graph takes at least one step, each with a name and results of its own.")
    sources = {name: list(dict.fromkeys(makers[i] for i in takes if i in makers)) for name, takes, _ in steps}
    depths: dict[str, int] = {}
    for name in TopologicalSorter(sources).static_order():
        depths[name] = 1 + max((depths[source] for source in sources[name]), default=-1)
    links = _links(sources, depths)
    points = dict.fromkeys([*depths.items(), *(point for link in links for point in link)])
    rows = [[point for point in points if point[1] == layer] for layer in range(max(depths.values()) + 1)]
    return _Layout(depths, _places(rows, links, depths), links)


def _links(sources: Mapping[str, Sequence[str]], depths: Mapping[str, int]) -> list[tuple[_Point, _Point]]:
    """Returns lines from layer to layer; those from one step run together as long as they can."""
    links: dict[tuple[_Point, _Point], None] = {}
    for target, those in sources.items():
        for source in those:
            way = [(source, layer) for layer in range(depths[source], depths[target])]
            links |= dict.fromkeys(zip(way, [*way[1:], (target, depths[target])], strict=True))
    return list(links)


def _places(
    rows: Sequence[Sequence[_Point]], links: Sequence[tuple[_Point, _Point]], depths: Mapping[str, int]
) -> dict[_Point, float]:
    """Returns a column for each point, near those of the points that it is joined with."""
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    both = {point: above[point] + below[point] for row in rows for point in row}
    widths = {point: 1.0 if depths[point[0]] == point[1] else _PASSING_WIDTH for point in both}
    places = {point: float(column) for row in rows for column, point in enumerate(row)}
    for neighbours, order in islice(cycle(((above, 1), (below, -1), (both, 1))), _SWEEPS):
        for row in rows[::order]:
            wanted = {
                point: fmean(places[other] for other in neighbours[point]) if neighbours[point] else places[point]
                for point in row
            }
            places |= _spread(wanted, widths)
    return {point: round(place, 3) for point, place in places.items()}


def _spread(wanted: Mapping[_Point, float], widths: Mapping[_Point, float]) -> dict[_Point, float]:
    """Returns columns in the wanted order, on the average where they were wanted, without overlap."""
    order = sorted(wanted, key=lambda point: (wanted[point], point))
    spread = {order[0]: wanted[order[0]]}
    for left, point in pairwise(order):
        spread[point] = max(wanted[point], spread[left] + (widths[left] + widths[point]) / 2)
    shift = fmean(wanted[point] - spread[point] for point in order)
    return {point: place + shift for point, place in spread.items()}


def _is_step(point: _Point, layout: _Layout) -> bool:
    return layout.depths[point[0]] == point[1]


def _line(link: tuple[_Point, _Point], layout: _Layout) -> dict[str, Any]:
    """Returns a curve that leaves and arrives upright, and ends above the box that it leads to."""
    (x0, y0), (x1, y1) = ((layout.places[point], point[1]) for point in link)
    bottom = y1 - _HALF_BOX * _is_step(link[1], layout)
    middle = (y0 + bottom) / 2
    return {
        "type": "path",
        "path": f"M {x0},{y0} C {x0},{middle:.3f} {x1},{middle:.3f} {x1},{bottom:.3f}",
        "line": {"color": _LINE, "width": 1.5},
        "layer": "below",
    }


def _common_beginning(steps: Sequence[Step]) -> str:
    """Returns the outermost namespace of all steps with its dot, or nothing."""
    namespaces = {name.partition(".")[0] for name, _, _ in steps}
    return f"{namespaces.pop()}." if len(namespaces) == 1 and all("." in name for name, _, _ in steps) else ""


def _box(step: Step, layout: _Layout, beginning: str) -> dict[str, Any]:
    name, takes, makes = step
    lists = [f"<b>{title}</b><br>{'<br>'.join(of)}" for title, of in (("takes", takes), ("makes", makes)) if of]
    return {
        "x": layout.places[name, layout.depths[name]],
        "y": layout.depths[name],
        "text": name.removeprefix(beginning).replace(".", "<br>").replace("_", " "),
        "hovertext": "<br>".join(lists),
        "hoverlabel": {"bgcolor": "white", "font": {"color": _INK}},
        "showarrow": False,
        "font": {"size": 12, "color": _INK},
        "bgcolor": _BOX,
        "bordercolor": _FRAME,
        "borderpad": 5,
    }


def _arrange(figure: "Figure", layout: _Layout) -> None:
    """Gives every step its room, without axes."""
    columns = layout.places.values()
    low, high, last = min(columns) - 0.5, max(columns) + 0.5, max(layout.depths.values()) + 0.5
    figure.update_xaxes(range=[low, high], visible=False, fixedrange=True)
    figure.update_yaxes(range=[last, -0.5], visible=False, fixedrange=True)
    figure.update_layout(
        width=max(2, high - low) * _COLUMN + 2 * _BORDER,
        height=(last + 0.5) * _ROW + 2 * _BORDER,
        template="plotly_white",
        showlegend=False,
        margin=dict.fromkeys("lrtb", _BORDER),
    )
