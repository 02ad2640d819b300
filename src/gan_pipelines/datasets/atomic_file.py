"""The base of every catalog entry that is one file: saved atomically, verified on load, versioned on request."""

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
    """A local file that holds its old or its new content whole, wherever a save is interrupted.

    Kedro wraps what goes wrong in a ``DatasetError`` that keeps the message, with the ``UserError`` as its cause. Every
    class defines its own ``__init__``, even where it adds nothing, because Kedro shows a catalog by its arguments.

    Args:
        filepath: The file; missing folders are made.
        version: Set by Kedro for ``versioned: true``.
        metadata: For plugins; not used here.

    Raises:
        UserError: The path is not local, or ends in another suffix than the format's.
    """

    SUFFIX: ClassVar[str]
    """Of the format's files."""

    COMPANIONS: ClassVar[tuple[str, ...]] = (".sha256",)
    """What is added to a file's name to get those of the files that belong to it; read by incremental runs."""

    PLACE: ClassVar[str] = "name"
    """What of its place the files hold: the record beside a file holds its name, but no folder above it.

    Read by incremental runs, which restore a file only where that is the same.
    """

    def __init__(
        self, *, filepath: str, version: Version | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        protocol, path = get_protocol_and_path(filepath)
        if protocol != "file":
            raise UserError(
                f"{filepath}: {type(self).__name__} writes local files only, because nothing else replaces a file "
                "atomically. Give a path on a disk, and copy the file from there."
            )
        if PurePosixPath(path).suffix != self.SUFFIX:
            raise UserError(f"{filepath}: {type(self).__name__} writes {self.SUFFIX} files; end the name so.")
        super().__init__(PurePosixPath(path), version, glob_function=self._find_versions)
        self.metadata = metadata

    def load(self) -> Content:
        """Reads the file after its SHA-256 was found to be the recorded one.

        Raises:
            UserError: It is missing, damaged, not written by this project, or not in this format.
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
        """Writes the file whole or not at all.

        Raises:
            UserError: The disk is full, the folder is read-only, or the like.
        """
        write_verified(Path(self._get_save_path()), lambda temporary: self._write(temporary, data))

    @abstractmethod
    def _write(self, path: Path, data: Content) -> None:
        """Writes equal data as equal bytes."""

    @abstractmethod
    def _read(self, path: Path) -> Content:
        """Reads what was written."""

    def _verified_path(self) -> Path:
        path = Path(self._get_load_path())
        verify(path)
        return path

    def _exists(self) -> bool:
        return Path(self._get_load_path()).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}

    def _find_versions(self, _pattern: str) -> list[str]:
        """Returns the versions' files; Kedro's pattern does not escape brackets in the names of folders."""
        return [str(path) for path in Path(self._filepath).glob(f"*/{escape(self._filepath.name)}")]
