"""A table in a Plotly figure that its reader sorts by buttons: Plotly's own tables cannot be sorted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Table

Row = Mapping[str, Any]

ROW_PIXELS = 42
"""The height of a row with two lines of text, and of the heading."""

_FONT = {"size": 11}  # its colour is the figure's own, which kedro-viz chooses to suit a light or a dark page
_LINE = {"color": "rgba(128, 128, 128, 0.4)"}
_BUTTON = {"bgcolor": "#DDDDDD", "bordercolor": "#BBBBBB", "font": {"color": "#333333", "size": 10}}
_OPACITY = 0.18  # dark letters on white and light ones on black stay readable


@dataclass(frozen=True)
class Column:
    """A column.

    Args:
        title: Its heading.
        width: Relative to the other columns.
        text: What it shows of a row.
    """

    title: str
    width: float
    text: Callable[[Row], str]


@dataclass(frozen=True)
class Order:
    """An order in which a button puts the rows.

    Args:
        title: What the button says.
        key: The row's entry that decides; rows without it come last.
        largest_first: Whether the largest comes on top.
        within_groups: Whether groups stay together, since entries of different ones do not compare.
    """

    title: str
    key: str
    largest_first: bool = False
    within_groups: bool = False


@dataclass(frozen=True)
class SortableTable:
    """Rows in coloured groups.

    Args:
        rows: As they stand at first.
        columns: From left to right.
        orders: One for each button, behind the one for the order in which the rows stand at first.
        first_order: What that one says.
        group: The entry that says which group a row belongs to.
        colours: By group, such as ``#0072B2``.
    """

    rows: Sequence[Row]
    columns: Sequence[Column]
    orders: Sequence[Order]
    first_order: str
    group: str
    colours: Mapping[str | None, str]

    def trace(self) -> "Table":
        """Returns the table in its first order."""
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
        """Returns the row of buttons that sorts the figure's trace of this number, without its place."""
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
        known = [row for row in self.rows if row[order.key] is not None]
        rows = sorted(known, key=lambda row: row[order.key], reverse=order.largest_first)
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
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {_OPACITY})"
