"""Reports, plots and tables that kedro-viz shows."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kedro.io import Version
from kedro_datasets._typing import JSONPreview, PlotlyPreview, TablePreview

from gan_pipelines.datasets.atomic_file import AtomicFileDataset
from gan_pipelines.errors import UserError

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

MAXIMUM_BYTES = 2**28
"""No report, plot or table is read that is larger: 256 MiB, a table of some million rows."""


class JSONReportDataset(AtomicFileDataset[dict[str, Any]]):
    """A report as JSON, in the order in which its keys were written.

    Args:
        filepath: Ends in ``.json``.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    SUFFIX: ClassVar[str] = ".json"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def preview(self) -> JSONPreview:
        """Returns the text of the file."""
        return JSONPreview(_bounded_text(self._verified_path()))

    def _write(self, path: Path, data: dict[str, Any]) -> None:
        unfit = next(_unfit_values(data, ""), None)
        if unfit is not None:
            raise ValueError(
                f"{unfit}; a report takes text, finite numbers, booleans, None, lists, and mappings with text as keys."
            )
        path.write_text(json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n", "utf8")

    def _read(self, path: Path) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(_bounded_text(path))
        return report


class PlotDataset(AtomicFileDataset["Figure"]):
    """A Plotly figure as Plotly's JSON; kedro-viz shows it with zoom and hover.

    Args:
        filepath: Ends in ``.json``.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    SUFFIX: ClassVar[str] = ".json"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def preview(self) -> PlotlyPreview:
        """Returns the figure as Plotly's JavaScript takes it."""
        return PlotlyPreview(json.loads(_bounded_text(self._verified_path())))

    def _write(self, path: Path, data: "Figure") -> None:
        # Plotly keeps its keys in an order that changes when a figure is loaded.
        figure = json.loads(data.to_json(engine="json"))
        path.write_text(json.dumps(figure, sort_keys=True, ensure_ascii=False) + "\n", "utf8")

    def _read(self, path: Path) -> "Figure":
        from plotly.io import from_json

        return from_json(_bounded_text(path), engine="json")


class TableDataset(AtomicFileDataset["pd.DataFrame"]):
    """A table as CSV without its index; every float is read back with the same value, in double precision.

    Args:
        filepath: Ends in ``.csv``.
        text_columns: Columns that are read as text, even if all of it looks like numbers.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.
    """

    SUFFIX: ClassVar[str] = ".csv"

    def __init__(
        self,
        *,
        filepath: str,
        text_columns: list[str] | None = None,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)
        self._text_columns = text_columns or []

    def preview(self, nrows: int = 10) -> TablePreview:
        """Returns the first rows as kedro-viz draws them.

        Args:
            nrows: How many; Kedro's name for it in ``preview_args``.
        """
        return TablePreview(self._read_rows(self._verified_path(), nrows).to_dict(orient="split"))

    def _write(self, path: Path, data: "pd.DataFrame") -> None:
        short = data.select_dtypes(["float16", "float32"]).columns
        data.astype(dict.fromkeys(short, "float64")).to_csv(path, index=False, encoding="utf8", lineterminator="\n")

    def _read(self, path: Path) -> "pd.DataFrame":
        return self._read_rows(path)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "text_columns": self._text_columns}

    def _read_rows(self, path: Path, rows: int | None = None) -> "pd.DataFrame":
        """Returns a table; only nothing at all stands for a missing value, so a text "NA" stays a text."""
        import pandas as pd

        _check_size(path)
        return pd.read_csv(
            path,
            nrows=rows,
            dtype=dict.fromkeys(self._text_columns, "object"),
            float_precision="round_trip",
            keep_default_na=False,
            na_values=[""],
            encoding="utf8",
        )


def _bounded_text(path: Path) -> str:
    _check_size(path)
    return path.read_text("utf8")


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > MAXIMUM_BYTES:
        raise UserError(
            f"{path} has {size:,} bytes; at most {MAXIMUM_BYTES:,} are read. Delete it and run again the pipeline "
            "stage that makes it, so that it logs less."
        )


def _unfit_values(value: object, path: str) -> Iterator[str]:
    """Tells every value below this one that JSON cannot hold or would not give back, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if not isinstance(key, str):
                yield f"{path or 'the report'} has the key {key!r}"
            yield from _unfit_values(entry, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from _unfit_values(entry, f"{path}[{index}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{path} is {value}"
    elif value is not None and not isinstance(value, str | int | float):
        yield f"{path} is of type {type(value).__name__}"
