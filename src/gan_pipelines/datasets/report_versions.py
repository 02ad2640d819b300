"""Dataset of all versions of a report."""

import logging
from glob import escape
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from gan_pipelines.datasets.reports import JSONReportDataset
from gan_pipelines.errors import UserError

logger = logging.getLogger(__name__)


class ReportVersionsDataset(AbstractDataset[NoReturn, dict[str, dict[str, Any]]]):
    """All stored versions of a report by version, the oldest first.

    Unfinished runs have no report, and versions can be deleted at any time. Incremental runs compare the whole folder.

    Args:
        filepath: Path of the versioned report, which is a folder with a name that ends in ``.json``.
        most: Maximum number of reports; older ones are skipped with a warning.
        metadata: Metadata for Kedro plugins.

    Raises:
        UserError: If ``most`` is less than 1.
    """

    def __init__(self, *, filepath: str, most: int = 1000, metadata: dict[str, Any] | None = None) -> None:
        if most < 1:
            raise UserError(f"{filepath}: most is {most}; at least 1 is required.")
        self._folder = Path(filepath)
        self._most = most
        self.metadata = metadata

    def load(self) -> dict[str, dict[str, Any]]:
        """Verifies the SHA-256 of each report and reads it.

        Raises:
            UserError: If a report is damaged, not written by this project or not in this format.
        """
        files = self._files()
        if len(files) > self._most:
            logger.warning(
                "%s has %s versions; reading the newest %s.", self._folder, f"{len(files):,}", f"{self._most:,}"
            )
        return {file.parent.name: JSONReportDataset(filepath=str(file)).load() for file in files[-self._most :]}

    def save(self, data: NoReturn) -> None:
        """Raises a `DatasetError`: each run saves its report with the versioned dataset."""
        raise DatasetError(
            f"{self._folder} is written version by version with the versioned dataset; found data to save: {data!r}"
        )

    def _exists(self) -> bool:
        return bool(self._files())

    def _files(self) -> list[Path]:
        """Returns the files of all versions, sorted by time; Kedro's version names are timestamps."""
        return sorted(self._folder.glob(f"*/{escape(self._folder.name)}"), key=lambda file: file.parent.name)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._folder), "most": self._most}
