"""The leaderboard to look at: the best runs as bars, and below them a table of all runs that can be sorted."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from gan_pipelines.reporting.chart import COLOURS
from gan_pipelines.reporting.leaderboard import MEASURES, Measure
from gan_pipelines.reporting.leaderboard_panel import LABEL, Panel, moment, number, whole
from gan_pipelines.reporting.sortable_table import ROW_PIXELS, Column, Order, Row, SortableTable

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

_MOST_PANELS = 3
_MOST_BARS = 8
_MOST_ROWS = 200  # each order in which the table can be sorted is a copy of it

_NO_JUDGE = "#999999"
_BAR_PIXELS, _HEADING_PIXELS, _BETWEEN_PIXELS, _MOST_TABLE_PIXELS = 40, 46, 90, 480
_WIDER_THAN_ANY_PAGE = 10_000  # pixels; keeps buttons that a small preview cuts off from pushing all else aside
_GAP = 0.05  # between panels, as a share of the width


def _rank(row: Row) -> str:
    rank = "-" if row["rank"] is None else f"{row['rank']:.0f}"
    return rank if row["judge"] is None else f"{row['judge']} {rank}"


def _two(first: str, second: str) -> Callable[[Row], str]:
    """Returns what shows two entries, one below the other."""
    return lambda row: f"{number(row[first])}<br>{number(row[second])}"


def _distance(row: Row) -> str:
    return _two("frechet_distance", "times_floor")(row) if row["refused"] is None else "refused"


def _classes(row: Row) -> str:
    return "-" if row["classes"] is None else f"{whole(row['covered_classes'])} of<br>{whole(row['classes'])}"


def _copies(row: Row) -> str:
    if row["exact_copies"]:
        return f"{whole(row['exact_copies'])} exact"
    return {None: "-", True: "suspected", False: "no"}[row["suspicious"]]


def _images(row: Row) -> str:
    return whole(row["images"]) + ("<br>few" if row["low_n"] else "")


_COLUMNS = (
    Column("Rank", 46, _rank),
    Column("Model<br>Architecture", 124, lambda row: f"{row['model']}<br>{row['architecture']}"),
    Column("Run", 80, lambda row: moment(row).replace(" ", "<br>")),
    Column("Fréchet distance<br>Times floor", 112, _distance),
    Column("Kernel<br>distance", 70, lambda row: number(row["kernel_distance"])),
    Column("Classifier<br>score", 72, lambda row: number(row["classifier_score"])),
    Column("Precision<br>Recall", 70, _two("precision", "recall")),
    Column("Density<br>Coverage", 72, _two("density", "coverage")),
    Column("Classes", 62, _classes),
    Column("Copies", 74, _copies),
    Column("Images<br>compared", 72, _images),
    Column("Generator<br>parameters", 80, lambda row: whole(row["generator_parameters"])),
    Column("Steps<br>Seconds", 66, lambda row: f"{whole(row['steps'])}<br>{whole(row['seconds'])}"),
)


def leaderboard_chart(table: "pd.DataFrame") -> "Figure":
    """Returns a panel of bars for each judge, and below them the table of all runs with buttons that sort it.

    The panels have axes of their own, since scores of different judges do not compare; in the table, judges differ in
    colour, and sorting by a score keeps the runs of each together. A Fréchet distance is drawn from its floor, what
    real images get, on a logarithmic axis: the length of a bar says how many times the floor it is.

    Args:
        table: Of ``leaderboard_table``, as it comes or as it was read from CSV.
    """
    from plotly.graph_objects import Figure

    rows = _rows(table)
    colours = _colours(rows)
    panels = _panels(rows, colours)
    shown = SortableTable(_best(rows), _COLUMNS, _orders(rows[0]["ranked_by"]), "Rank", "judge", colours)
    # The table comes first, so that its number is known to the buttons.
    figure = Figure([shown.trace(), *(trace for panel in panels for trace in panel.traces())])
    figure.update_layout(
        title={"text": _title(MEASURES[rows[0]["ranked_by"]], len(shown.rows), len(rows)), "x": 0, "xref": "paper"},
        template="plotly_white",
        hovermode="closest",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
        margin={"l": 30, "r": 30, "t": 80, "b": 30},
        minreducedwidth=_WIDER_THAN_ANY_PAGE,
    )
    _arrange(figure, panels, shown)
    return figure


def _rows(table: "pd.DataFrame") -> list[Row]:
    """Returns the rows with None for what is missing."""
    columns = [str(column) for column in table.columns]
    values = table.astype(object).where(table.notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in values.itertuples(index=False)]


def _best(rows: Sequence[Row]) -> list[Row]:
    """Returns as many rows as the table takes, those of the best ranks with any judge, in their order."""
    places = sorted(range(len(rows)), key=lambda place: rows[place]["rank"] or math.inf)
    return [rows[place] for place in sorted(places[:_MOST_ROWS])]


def _colours(rows: Sequence[Row]) -> dict[str | None, str]:
    """Returns a colour for each judge, and gray for runs without."""
    judges = dict.fromkeys(row["judge"] for row in rows if row["judge"] is not None)
    return {None: _NO_JUDGE, **{judge: COLOURS[place % len(COLOURS)] for place, judge in enumerate(judges)}}


def _panels(rows: Sequence[Row], colours: Mapping[str | None, str]) -> list[Panel]:
    """Returns a panel for each of the first judges."""
    ranked: dict[str, list[Row]] = {}
    for row in rows:
        if row["rank"] is not None:
            ranked.setdefault(row["judge"], []).append(row)
    shown = dict(islice(ranked.items(), _MOST_PANELS))
    slots = max((min(len(runs), _MOST_BARS) for runs in shown.values()), default=0)
    return [
        Panel(runs[:_MOST_BARS], len(runs), MEASURES[runs[0]["ranked_by"]], slots, place + 2, colours[judge])
        for place, (judge, runs) in enumerate(shown.items())
    ]


def _arrange(figure: "Figure", panels: Sequence[Panel], table: SortableTable) -> None:
    """Gives each part its room: in shares, since kedro-viz has a height of its own."""
    bar_pixels = _BAR_PIXELS * max((panel.slots for panel in panels), default=0)
    table_pixels = min(_MOST_TABLE_PIXELS, ROW_PIXELS * (len(table.rows) + 1) + 4)
    pixels = _HEADING_PIXELS + bar_pixels + _BETWEEN_PIXELS + table_pixels
    middle, top = table_pixels / pixels, 1 - _HEADING_PIXELS / pixels
    corner = {"xref": "paper", "x": 0, "yref": "paper", "y": middle}
    figure.update_layout(
        height=pixels + 110,
        updatemenus=[table.buttons(0) | {"x": 0.05, "xanchor": "left", "y": middle, "yanchor": "bottom"}],
        annotations=[{"text": "Sort by", **corner, "yshift": 8, **LABEL}],
    )
    figure.update_traces({"domain": {"x": [0, 1], "y": [0, middle]}}, {"type": "table"})
    for place, panel in enumerate(panels):
        left, right = place / len(panels), (place + 1) / len(panels) - _GAP * (place + 1 < len(panels))
        figure.update_layout(panel.axes(left, right, top - bar_pixels / pixels, top))
        for annotation in panel.annotations(left, top):
            figure.add_annotation(annotation)


def _title(measure: Measure, shown: int, runs: int) -> str:
    """Returns the heading, with what has to be known of it."""
    better = "less" if measure.less_is_better else "more"
    left_out = f" The table has the best {shown:,} of {runs:,} runs, leaderboard.csv all." if shown < runs else ""
    note = f"Scores of different judges (A, B, …) do not compare.{left_out}"
    return f"Leaderboard by {measure.title}: {better} is better<br><sub>{note}</sub>"


def _orders(ranked_by: str) -> list[Order]:
    """Returns what the table can be sorted by, but for the rank itself."""
    return [order for order in _ORDERS if order.key != ranked_by]


_ORDERS = (
    *(
        Order(title, key, largest_first=not measure.less_is_better, within_groups=True)
        for (key, measure), title in zip(
            MEASURES.items(),
            ("Fréchet", "Kernel", "Classifier", "Precision", "Recall", "Density", "Coverage"),
            strict=True,
        )
    ),
    Order("Classes", "covered_classes", largest_first=True, within_groups=True),
    Order("Copies", "suspicious", largest_first=True),
    Order("Newest", "version", largest_first=True),
    Order("Model", "model"),
    Order("Parameters", "generator_parameters"),
    Order("Steps", "steps"),
    Order("Seconds", "seconds"),
)
