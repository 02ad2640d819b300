"""Chart of the leaderboard: bars of the best runs, and a sortable table of all runs."""

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

_MAXIMUM_PANELS = 3
_MAXIMUM_BARS = 8
_MAXIMUM_ROWS = 200  # the figure contains a copy of the table for each sort order

_NO_GROUP_COLOUR = "#999999"
_BAR_PIXELS, _HEADING_PIXELS, _SPACING_PIXELS, _MAXIMUM_TABLE_PIXELS = 40, 46, 90, 480
_MINIMUM_REDUCED_WIDTH = 10_000  # pixels; prevents wide buttons from shrinking the plot area in small previews
_GAP = 0.05  # between panels, as a fraction of the width


def _rank(row: Row) -> str:
    rank = "-" if row["rank"] is None else f"{row['rank']:.0f}"
    return rank if row["group"] is None else f"{row['group']} {rank}"


def _two_lines(first: str, second: str) -> Callable[[Row], str]:
    """Returns a function that formats two entries on two lines."""
    return lambda row: f"{number(row[first])}<br>{number(row[second])}"


def _distance(row: Row) -> str:
    return _two_lines("frechet_distance", "ratio_to_real")(row) if row["refused"] is None else "refused"


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
    Column("Fréchet distance<br>Ratio to real", 112, _distance),
    Column("Kernel distance<br>Sliced Wasserstein", 116, _two_lines("kernel_distance", "sliced_wasserstein")),
    Column("Classifier<br>score", 72, lambda row: number(row["classifier_score"])),
    Column("Precision<br>Recall", 70, _two_lines("precision", "recall")),
    Column("Density<br>Coverage", 72, _two_lines("density", "coverage")),
    Column("Classes", 62, _classes),
    Column("Copies", 74, _copies),
    Column("Images<br>compared", 72, _images),
    Column("Generator<br>parameters", 80, lambda row: whole(row["generator_parameters"])),
    Column("Steps<br>Seconds", 66, lambda row: f"{whole(row['steps'])}<br>{whole(row['seconds'])}"),
)

_COLUMN_OF_TRANSLATORS = Column("PSNR, dB<br>SSIM", 70, _two_lines("psnr", "ssim"))


def leaderboard_chart(table: "pd.DataFrame") -> "Figure":
    """Returns a figure with a panel of bars for each of the first groups, and a sortable table of all runs.

    Scores of different groups are not comparable: each panel has its own axes, groups have different colours in the
    table, and sorting by a score does not mix groups. Bars of Fréchet distances start at the distance of real images on
    a logarithmic axis, so that their length shows the ratio of the two.

    Args:
        table: Result of ``leaderboard_table``, also after reading it from CSV.
    """
    from plotly.graph_objects import Figure

    rows = _rows(table)
    colours = _colours(rows)
    panels = _panels(rows, colours)
    shown = SortableTable(_best(rows), _columns(rows), _orders(rows), "Rank", "group", colours)
    # The buttons refer to the table by its trace index, 0.
    figure = Figure([shown.trace(), *(trace for panel in panels for trace in panel.traces())])
    figure.update_layout(
        title={"text": _title(MEASURES[rows[0]["ranked_by"]], len(shown.rows), len(rows)), "x": 0, "xref": "paper"},
        template="plotly_white",
        hovermode="closest",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
        margin={"l": 30, "r": 30, "t": 80, "b": 30},
        minreducedwidth=_MINIMUM_REDUCED_WIDTH,
    )
    _arrange(figure, panels, shown)
    return figure


def _rows(table: "pd.DataFrame") -> list[Row]:
    """Returns the rows with None for missing values."""
    columns = [str(column) for column in table.columns]
    values = table.astype(object).where(table.notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in values.itertuples(index=False)]


def _best(rows: Sequence[Row]) -> list[Row]:
    """Returns at most `_MAXIMUM_ROWS` rows, those with the best ranks in all groups, in their order."""
    places = sorted(range(len(rows)), key=lambda place: rows[place]["rank"] or math.inf)
    return [rows[place] for place in sorted(places[:_MAXIMUM_ROWS])]


def _colours(rows: Sequence[Row]) -> dict[str | None, str]:
    """Returns the colour of each group, and gray for runs without a group."""
    groups = dict.fromkeys(row["group"] for row in rows if row["group"] is not None)
    return {None: _NO_GROUP_COLOUR, **{group: COLOURS[place % len(COLOURS)] for place, group in enumerate(groups)}}


def _panels(rows: Sequence[Row], colours: Mapping[str | None, str]) -> list[Panel]:
    """Returns the panels of the first groups."""
    ranked: dict[str, list[Row]] = {}
    for row in rows:
        if row["rank"] is not None:
            ranked.setdefault(row["group"], []).append(row)
    shown = dict(islice(ranked.items(), _MAXIMUM_PANELS))
    slots = max((min(len(runs), _MAXIMUM_BARS) for runs in shown.values()), default=0)
    return [
        Panel(runs[:_MAXIMUM_BARS], len(runs), MEASURES[runs[0]["ranked_by"]], slots, place + 2, colours[group])
        for place, (group, runs) in enumerate(shown.items())
    ]


def _arrange(figure: "Figure", panels: Sequence[Panel], table: SortableTable) -> None:
    """Sets the positions of table and panels as fractions, since kedro-viz overrides the height."""
    bar_pixels = _BAR_PIXELS * max((panel.slots for panel in panels), default=0)
    table_pixels = min(_MAXIMUM_TABLE_PIXELS, ROW_PIXELS * (len(table.rows) + 1) + 4)
    pixels = _HEADING_PIXELS + bar_pixels + _SPACING_PIXELS + table_pixels
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
    """Returns the title with a note on groups and omitted runs."""
    better = "less" if measure.lower_is_better else "more"
    left_out = f" The table has the best {shown:,} of {runs:,} runs, leaderboard.csv all." if shown < runs else ""
    note = f"Scores of different groups (A, B, …) do not compare.{left_out}"
    return f"Leaderboard by {measure.title}: {better} is better<br><sub>{note}</sub>"


def _has_translators(rows: Sequence[Row]) -> bool:
    return any(row["task"] is not None for row in rows)


def _columns(rows: Sequence[Row]) -> list[Column]:
    """Returns the columns of the table, with that of translators if there are any."""
    return [*_COLUMNS[:4], *([_COLUMN_OF_TRANSLATORS] if _has_translators(rows) else []), *_COLUMNS[4:]]


def _orders(rows: Sequence[Row]) -> list[Order]:
    """Returns the sort orders, without that of the score that ranks the runs and those of scores that do not compare.

    A group of translators that is ranked by a score of translations may contain different feature networks.
    """
    of_translations = {str(key) for key, measure in MEASURES.items() if measure.is_of_translations}
    ranked_by, omitted = rows[0]["ranked_by"], set[str]()
    if not _has_translators(rows):
        omitted = of_translations
    elif ranked_by in of_translations:
        omitted = {order.key for order in _ORDERS if order.within_groups} - of_translations
    return [order for order in _ORDERS if order.key not in {ranked_by, *omitted}]


_ORDERS = (
    *(
        Order(title, key, largest_first=not measure.lower_is_better, within_groups=True)
        for (key, measure), title in zip(
            MEASURES.items(),
            (
                *("Fréchet", "Kernel", "Wasserstein", "Classifier", "Precision", "Recall", "Density", "Coverage"),
                *("PSNR", "SSIM"),
            ),
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
