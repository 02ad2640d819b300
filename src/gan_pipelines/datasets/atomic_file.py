"""Base class of all single-file datasets: atomic save, verified load, optional versions."""

from abc import abstractmethod
from glob import escape
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Generic, TypeVar

from kedro.io import AbstractVersionedDataset, Version
from kedro.io.core import get_protocol_and_path

from gan_pipelines.datasets.verified_file import verify, write_verified
from gan_pipelines.errors import UserError

Content = TypeVar("Content")


class AtomicFileDataset(AbstractVersionedDataset[Content, Content], Generic[Content]):
    """Local file that has its complete old or new content even if a save is interrupted.

    Kedro wraps errors in a ``DatasetError`` with the same message and the ``UserError`` as its cause. Every subclass
    defines its own ``__init__``, even without additional arguments, because Kedro reads its signature to print a
    catalog.

    Args:
        filepath: Path of the file; missing folders are created.
        version: Set by Kedro for ``versioned: true``.
        metadata: Metadata for Kedro plugins.

    Raises:
        UserError: If the path is not local or has another suffix than `SUFFIX`.
    """

    SUFFIX: ClassVar[str]
    """Suffix of the files."""

    COMPANIONS: ClassVar[tuple[str, ...]] = (".sha256",)
    """Suffixes that are appended to the file name for its companion files; read by incremental runs."""

    PLACE: ClassVar[str] = "name"
    """Part of the path that the files contain: the ``.sha256`` record contains the file name, but no folder.

    Read by incremental runs, which restore a file only to a path with the same part.
    """

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        protocol, path = get_protocol_and_path(filepath)
        if protocol != "file":
            raise UserError(
                f"{filepath}: {type(self).__name__} writes local files only, because remote storage does not support "
                "atomic renames. Use a local path and copy the file from there."
            )
        if PurePosixPath(path).suffix != self.SUFFIX:
            raise UserError(
                f"{filepath}: {type(self).__name__} writes {self.SUFFIX} files. Change the suffix to {self.SUFFIX}."
            )
        super().__init__(PurePosixPath(path), version, glob_function=self._find_versions)
        self.metadata = metadata

    def load(self) -> Content:
        """Verifies the SHA-256 of the file and reads it.

        Raises:
            UserError: If the file is missing, damaged, not written by this project or not in this format.
        """
        path = self._verified_path()
        try:
            return self._read(path)
        except UserError:
            raise
        except Exception as error:
            raise UserError(
                f"{path} cannot be read as {self.SUFFIX}: {error}. Delete it and run again the pipeline stage that "
                "makes it."
            ) from error

    def save(self, data: Content) -> None:
        """Writes the file atomically.

        Raises:
            UserError: If the file cannot be written, for example because the disk is full or the folder read-only.
        """
        write_verified(Path(self._get_save_path()), lambda temporary: self._write(temporary, data))

    @abstractmethod
    def _write(self, path: Path, data: Content) -> None:
        """Writes the file; equal data must give equal bytes."""

    @abstractmethod
    def _read(self, path: Path) -> Content:
        """Reads a file written by `_write`."""

    def _verified_path(self) -> Path:
        path = Path(self._get_load_path())
        verify(path)
        return path

    def _exists(self) -> bool:
        return Path(self._get_load_path()).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}

    def _find_versions(self, _pattern: str) -> list[str]:
        """Returns the files of all versions; Kedro's pattern does not escape brackets in folder names."""
        return [str(path) for path in Path(self._filepath).glob(f"*/{escape(self._filepath.name)}")]
