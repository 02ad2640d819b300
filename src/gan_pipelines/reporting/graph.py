"""Interactive graph of the nodes of a pipeline and their dependencies."""

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
"""Name, inputs and outputs of a node; inputs and outputs are names in the catalog."""

_Point = tuple[str, int]
"""A node at its own layer; in lower layers, a dummy point of the edges that start at the node."""

_ITERATIONS = 30  # enough for the project's pipelines to converge
_DUMMY_WIDTH = 0.3  # as a fraction of the width of a node
_COLUMN, _ROW, _BORDER = 150, 78, 40  # pixels
_HALF_BOX = 0.21  # half the height of a box, in rows
_TEXT, _LINE, _BOX, _FRAME = "#333333", "#999999", "#EAF3FA", "#0072B2"


@dataclass(frozen=True)
class _Layout:
    """Layered layout of the graph.

    Args:
        depths: Layer of each node, from 0.
        places: Horizontal position of each point, in widths of a node.
        links: Edge segments, each from a point to one in the next layer.
    """

    depths: Mapping[str, int]
    places: Mapping[_Point, float]
    links: Sequence[tuple[_Point, _Point]]


def pipeline_graph(steps: Iterable[Step]) -> "Figure":
    """Returns a layered graph of the nodes, each below all nodes that it depends on.

    The hover label of a node lists its inputs and outputs. Layout: Sugiyama, Tagawa and Toda, "Methods for Visual
    Understanding of Hierarchical System Structures", 1981: layers first, then positions near those of the neighbours.

    Args:
        steps: Nodes in any order. A namespace common to all is not shown.

    Raises:
        ValueError: If there is no node, two nodes have the same name or output, or the dependencies have a cycle.
    """
    from plotly.graph_objects import Figure, Scatter

    nodes = list(steps)
    layout = _layout(nodes)
    targets = list(dict.fromkeys(end for _, end in layout.links if _is_step(end, layout)))
    arrows = Scatter(
        x=[layout.places[point] for point in targets],
        y=[point[1] - _HALF_BOX - 0.04 for point in targets],
        mode="markers",
        marker={"symbol": "triangle-down", "size": 9, "color": _LINE},
        hoverinfo="skip",
    )
    figure = Figure(arrows)
    figure.update_layout(
        shapes=[_line(link, layout) for link in layout.links],
        annotations=[_box(step, layout, _common_namespace(nodes)) for step in nodes],
    )
    _arrange(figure, layout)
    return figure


def _layout(steps: Sequence[Step]) -> _Layout:
    """Returns the layout of nodes and edges."""
    makers = {made: name for name, _, outputs in steps for made in outputs}
    if not steps or len({name for name, _, _ in steps}) < len(steps) or len(makers) < sum(len(s[2]) for s in steps):
        raise ValueError("A graph requires at least one node, with unique names and unique outputs.")
    sources = {name: list(dict.fromkeys(makers[i] for i in inputs if i in makers)) for name, inputs, _ in steps}
    depths: dict[str, int] = {}
    for name in TopologicalSorter(sources).static_order():
        depths[name] = 1 + max((depths[source] for source in sources[name]), default=-1)
    links = _links(sources, depths)
    points = dict.fromkeys([*depths.items(), *(point for link in links for point in link)])
    rows = [[point for point in points if point[1] == layer] for layer in range(max(depths.values()) + 1)]
    return _Layout(depths, _places(rows, links, depths), links)


def _links(sources: Mapping[str, Sequence[str]], depths: Mapping[str, int]) -> list[tuple[_Point, _Point]]:
    """Returns edge segments between adjacent layers; edges from the same node share segments."""
    links: dict[tuple[_Point, _Point], None] = {}
    for target, target_sources in sources.items():
        for source in target_sources:
            chain = [(source, layer) for layer in range(depths[source], depths[target])]
            links |= dict.fromkeys(zip(chain, [*chain[1:], (target, depths[target])], strict=True))
    return list(links)


def _places(
    rows: Sequence[Sequence[_Point]], links: Sequence[tuple[_Point, _Point]], depths: Mapping[str, int]
) -> dict[_Point, float]:
    """Returns the horizontal position of each point, near those of its neighbours."""
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    both = {point: above[point] + below[point] for row in rows for point in row}
    widths = {point: 1.0 if depths[point[0]] == point[1] else _DUMMY_WIDTH for point in both}
    places = {point: float(column) for row in rows for column, point in enumerate(row)}
    for neighbours, order in islice(cycle(((above, 1), (below, -1), (both, 1))), _ITERATIONS):
        for row in rows[::order]:
            desired = {
                point: fmean(places[other] for other in neighbours[point]) if neighbours[point] else places[point]
                for point in row
            }
            places |= _spread(desired, widths)
    return {point: round(place, 3) for point, place in places.items()}


def _spread(desired: Mapping[_Point, float], widths: Mapping[_Point, float]) -> dict[_Point, float]:
    """Returns positions without overlap, with the order and the mean of the desired ones."""
    order = sorted(desired, key=lambda point: (desired[point], point))
    spread = {order[0]: desired[order[0]]}
    for left, point in pairwise(order):
        spread[point] = max(desired[point], spread[left] + (widths[left] + widths[point]) / 2)
    shift = fmean(desired[point] - spread[point] for point in order)
    return {point: place + shift for point, place in spread.items()}


def _is_step(point: _Point, layout: _Layout) -> bool:
    return layout.depths[point[0]] == point[1]


def _line(link: tuple[_Point, _Point], layout: _Layout) -> dict[str, Any]:
    """Returns a Bézier curve with vertical ends that ends at the top of the target box."""
    (x0, y0), (x1, y1) = ((layout.places[point], point[1]) for point in link)
    bottom = y1 - _HALF_BOX * _is_step(link[1], layout)
    middle = (y0 + bottom) / 2
    return {
        "type": "path",
        "path": f"M {x0},{y0} C {x0},{middle:.3f} {x1},{middle:.3f} {x1},{bottom:.3f}",
        "line": {"color": _LINE, "width": 1.5},
        "layer": "below",
    }


def _common_namespace(steps: Sequence[Step]) -> str:
    """Returns the common outermost namespace of all nodes with a trailing dot, or an empty string."""
    namespaces = {name.partition(".")[0] for name, _, _ in steps}
    return f"{namespaces.pop()}." if len(namespaces) == 1 and all("." in name for name, _, _ in steps) else ""


def _box(step: Step, layout: _Layout, namespace: str) -> dict[str, Any]:
    name, inputs, outputs = step
    lists = [f"<b>{title}</b><br>{'<br>'.join(of)}" for title, of in (("inputs", inputs), ("outputs", outputs)) if of]
    return {
        "x": layout.places[name, layout.depths[name]],
        "y": layout.depths[name],
        "text": name.removeprefix(namespace).replace(".", "<br>").replace("_", " "),
        "hovertext": "<br>".join(lists),
        "hoverlabel": {"bgcolor": "white", "font": {"color": _TEXT}},
        "showarrow": False,
        "font": {"size": 12, "color": _TEXT},
        "bgcolor": _BOX,
        "bordercolor": _FRAME,
        "borderpad": 5,
    }


def _arrange(figure: "Figure", layout: _Layout) -> None:
    """Sets ranges and size of the figure, without axes."""
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
