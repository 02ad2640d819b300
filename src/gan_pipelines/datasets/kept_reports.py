"""Every kept version of a report as one catalog entry."""

import logging
from glob import escape
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from gan_pipelines.datasets.reports import JSONReportDataset
from gan_pipelines.errors import UserError

logger = logging.getLogger(__name__)


class KeptReportsDataset(AbstractDataset[NoReturn, dict[str, dict[str, Any]]]):
    """The reports of all runs that are still there, by version, the oldest first.

    Its folder is the path of a versioned report. A run that did not come to its end left no report there; a version may
    be deleted at any time. Incremental runs compare everything below the folder.

    Args:
        filepath: That of the versioned report; it ends in ``.json``.
        most: How many are read, the newest first; what is older is left out, and the log says so.
        metadata: For plugins; not used here.

    Raises:
        UserError: ``most`` is less than one.
    """

    def __init__(self, *, filepath: str, most: int = 1000, metadata: dict[str, Any] | None = None) -> None:
        if most < 1:
            raise UserError(f"{filepath}: most is {most}; at least 1 report has to be read.")
        self._folder = Path(filepath)
        self._most = most
        self.metadata = metadata

    def load(self) -> dict[str, dict[str, Any]]:
        """Reads the reports, each after its SHA-256 was found to be the recorded one.

        Raises:
            UserError: One is damaged, was not written by this project, or is no report.
        """
        files = self._files()
        if len(files) > self._most:
            logger.warning(
                "%s holds %s versions; only the newest %s are read.", self._folder, f"{len(files):,}", f"{self._most:,}"
            )
        return {file.parent.name: JSONReportDataset(filepath=str(file)).load() for file in files[-self._most :]}

    def save(self, data: NoReturn) -> None:
        """Refuses: each run saves a report of its own, under the name of the versioned entry."""
        raise DatasetError(f"{self._folder} is written version by version, not as a whole: {data!r}")

    def _exists(self) -> bool:
        return bool(self._files())

    def _files(self) -> list[Path]:
        """Returns the reports' files; Kedro's versions are times, so names rise with them."""
        return sorted(self._folder.glob(f"*/{escape(self._folder.name)}"), key=lambda file: file.parent.name)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._folder), "most": self._most}
