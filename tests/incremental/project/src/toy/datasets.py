"""Datasets of the project's own."""

import json
import time
import zipfile
from pathlib import Path

from kedro.io import AbstractDataset


class ArchiveDataset(AbstractDataset):
    """Writes the date into its file, as Keras does."""

    def __init__(self, filepath, credentials=None, metadata=None):
        self._path = Path(filepath)
        self._credentials = credentials
        self.metadata = metadata

    def load(self):
        with zipfile.ZipFile(self._path) as archive:
            return json.loads(archive.read("weights.json"))

    def save(self, data):
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(self._path, "w") as archive:
            archive.writestr("metadata.json", json.dumps({"keras_version": "3", "date_saved": time.time_ns()}))
            archive.writestr("weights.json", json.dumps(data))

    def _describe(self):
        return {"filepath": str(self._path)}


class TextDataset(AbstractDataset):
    """Reads a file as text."""

    def __init__(self, filepath):
        self._path = Path(filepath)

    def load(self):
        return self._path.read_text("utf8")

    def save(self, data):
        self._path.write_text(data, "utf8")

    def _describe(self):
        return {"filepath": str(self._path)}


class RemoteDataset(AbstractDataset):
    """Loads what no file holds."""

    def __init__(self, address, metadata=None):
        self._address = address
        self.metadata = metadata

    def load(self):
        return {"from": self._address}

    def save(self, data):
        raise NotImplementedError

    def _describe(self):
        return {"address": self._address}
