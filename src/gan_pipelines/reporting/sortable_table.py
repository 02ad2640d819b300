"""Table in a Plotly figure with sort buttons, since Plotly tables cannot be sorted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Table

Row = Mapping[str, Any]

ROW_PIXELS = 42
"""Height of the header and of a row with two lines of text, in pixels."""

_FONT = {"size": 11}  # no colour: kedro-viz sets it for its light or dark theme
_LINE = {"color": "rgba(128, 128, 128, 0.4)"}
_BUTTON = {"bgcolor": "#DDDDDD", "bordercolor": "#BBBBBB", "font": {"color": "#333333", "size": 10}}
_OPACITY = 0.18  # readable in a light and in a dark theme


@dataclass(frozen=True)
class Column:
    """Column of the table.

    Args:
        title: Title in the header.
        width: Width relative to the other columns.
        text: Function that formats the cell of a row.
    """

    title: str
    width: float
    text: Callable[[Row], str]


@dataclass(frozen=True)
class Order:
    """Sort order of a button.

    Args:
        title: Label of the button.
        key: Entry to sort by; rows without it are last.
        largest_first: Whether to sort in descending order.
        within_groups: Whether to sort within groups only, for entries that are not comparable between groups.
    """

    title: str
    key: str
    largest_first: bool = False
    within_groups: bool = False


@dataclass(frozen=True)
class SortableTable:
    """Table with rows in coloured groups.

    Args:
        rows: Rows in their initial order.
        columns: Columns from left to right.
        orders: Sort orders, one for each button after the button of the initial order.
        first_order: Label of the button of the initial order.
        group: Entry with the group of a row.
        colours: Colours by group, such as ``#0072B2``.
    """

    rows: Sequence[Row]
    columns: Sequence[Column]
    orders: Sequence[Order]
    first_order: str
    group: str
    colours: Mapping[str | None, str]

    def trace(self) -> "Table":
        """Returns the table in its initial order."""
        from plotly.graph_objects import Table

        return Table(
            columnwidth=[column.width for column in self.columns],
            header={
                "values": [f"<b>{column.title}</b>" for column in self.columns],
                "align": "left",
                "height": ROW_PIXELS,
                "font": _FONT,
                "line": _LINE,
                "fill": {"color": "rgba(128, 128, 128, 0.25)"},
            },
            cells={
                "values": self._cells(self.rows),
                "align": "left",
                "height": ROW_PIXELS,
                "font": _FONT,
                "line": _LINE,
                "fill": {"color": [self._tints(self.rows)]},
            },
        )

    def buttons(self, trace: int) -> dict[str, Any]:
        """Returns the sort buttons for the table with this trace index, without their position."""
        orders = {self.first_order: self.rows, **{order.title: self._sorted(order) for order in self.orders}}
        buttons = [
            {
                "label": title,
                "method": "restyle",
                "args": [{"cells.values": [self._cells(rows)], "cells.fill.color": [[self._tints(rows)]]}, [trace]],
            }
            for title, rows in orders.items()
        ]
        return {"type": "buttons", "direction": "right", "buttons": buttons, **_BUTTON}

    def _sorted(self, order: Order) -> list[Row]:
        complete = [row for row in self.rows if row[order.key] is not None]
        rows = sorted(complete, key=lambda row: row[order.key], reverse=order.largest_first)
        rows += [row for row in self.rows if row[order.key] is None]
        if order.within_groups:
            places = {group: place for place, group in enumerate(dict.fromkeys(row[self.group] for row in self.rows))}
            rows.sort(key=lambda row: places[row[self.group]])
        return rows

    def _cells(self, rows: Sequence[Row]) -> list[list[str]]:
        return [[column.text(row) for row in rows] for column in self.columns]

    def _tints(self, rows: Sequence[Row]) -> list[str]:
        tints = {group: _tint(colour) for group, colour in self.colours.items()}
        return [tints[row[self.group]] for row in rows]


def _tint(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {_OPACITY})"
