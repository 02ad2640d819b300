"""Datasets of reports, plots and tables with previews in kedro-viz."""

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
"""Maximum size of a file: 256 MiB, a table of several million rows."""


class JSONReportDataset(AtomicFileDataset[dict[str, Any]]):
    """Report as JSON; the order of the keys is preserved.

    Args:
        filepath: Path that ends in ``.json``.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
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
        unsupported = next(_unsupported_values(data, ""), None)
        if unsupported is not None:
            raise ValueError(
                f"{unsupported}; allowed: text, finite numbers, booleans, None, lists, and mappings with text as keys."
            )
        path.write_text(json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n", "utf8")

    def _read(self, path: Path) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(_bounded_text(path))
        return report


class PlotDataset(AtomicFileDataset["Figure"]):
    """Plotly figure as JSON, interactive in kedro-viz.

    Args:
        filepath: Path that ends in ``.json``.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
    """

    SUFFIX: ClassVar[str] = ".json"

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)

    def preview(self) -> PlotlyPreview:
        """Returns the figure as JSON for Plotly.js."""
        return PlotlyPreview(json.loads(_bounded_text(self._verified_path())))

    def _write(self, path: Path, data: "Figure") -> None:
        # Sorted, because Plotly changes the order of the keys when it loads a figure.
        figure = json.loads(data.to_json(engine="json"))
        path.write_text(json.dumps(figure, sort_keys=True, ensure_ascii=False) + "\n", "utf8")

    def _read(self, path: Path) -> "Figure":
        from plotly.io import from_json

        return from_json(_bounded_text(path), engine="json")


class TableDataset(AtomicFileDataset["pd.DataFrame"]):
    """Table as CSV without its index; floats are read as float64 with exactly the saved values.

    Args:
        filepath: Path that ends in ``.csv``.
        text_columns: Columns that are read as text even if all values are numeric.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.
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
        """Returns the first rows.

        Args:
            nrows: Number of rows, set in ``preview_args``.
        """
        return TablePreview(self._read_rows(self._verified_path(), nrows).to_dict(orient="split"))

    def _write(self, path: Path, data: "pd.DataFrame") -> None:
        floats = data.select_dtypes(["float16", "float32"]).columns
        data.astype(dict.fromkeys(floats, "float64")).to_csv(path, index=False, encoding="utf8", lineterminator="\n")

    def _read(self, path: Path) -> "pd.DataFrame":
        return self._read_rows(path)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "text_columns": self._text_columns}

    def _read_rows(self, path: Path, rows: int | None = None) -> "pd.DataFrame":
        """Returns a table; only empty cells are missing values, so the text "NA" is read as text."""
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
            "stage that makes it, with less frequent logging."
        )


def _unsupported_values(value: object, path: str) -> Iterator[str]:
    """Yields a description of each value that JSON cannot represent or not load unchanged, with its path."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if not isinstance(key, str):
                yield f"{path or 'the report'} has the key {key!r}"
            yield from _unsupported_values(entry, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from _unsupported_values(entry, f"{path}[{index}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{path} is {value}"
    elif value is not None and not isinstance(value, str | int | float):
        yield f"{path} is of type {type(value).__name__}"
