"""User headlines from one CSV file or all CSV files of a folder; errors name the line."""

import codecs
import csv
import difflib
import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gan_pipelines.errors import UserError
from gan_pipelines.sources.folder_listing import printable
from gan_pipelines.sources.reading import FileProblem

MAXIMUM_BYTES = 2**30
"""Maximum total size of all files: 1 GiB."""

MAXIMUM_LINE = 2**20
"""Maximum number of characters of a line; Python's CSV parser limits a field to 131,072."""

CHUNK_BYTES = 2**20
LISTED_FILES = 100
LISTED_COLUMNS = 30
LONGEST_NAME = 60
NO_HEADLINE = "Unknown"

_FIELD = re.compile(r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n][^,\r\n]*+)?(?:,|\r\n|\r|\n)')


@dataclass(frozen=True)
class HeadlineReading:
    """Headlines as read from the files, before cleaning.

    Args:
        headlines: In the order of files and rows, including duplicates.
        report: Plain JSON values: ``files`` (number of files read), ``skipped`` (``count`` of other entries of the
            folder, and the first ``files`` with reasons), ``rows``, ``empty`` and ``unknown`` (rows dropped because
            their headline is empty or "Unknown"), and ``duplicates`` (headlines that also occur in an earlier row).
    """

    headlines: tuple[str, ...]
    report: dict[str, Any]


def read_headline_files(path: Path, column: str, encoding: str) -> HeadlineReading:
    """Reads one column of CSV files: comma-separated, with a header line, quoted as in RFC 4180 (Shafranovich, 2005).

    The ``*.csv`` files of a folder are read in the order of their names in Unicode's composed form (NFC). Links to
    files outside the folder, hidden files, pipes, other files and sub-folders are skipped. A byte order mark is
    removed.

    Args:
        path: A file or folder.
        column: Name of the column with the headlines.
        encoding: Any text encoding of Python.

    Raises:
        UserError: If the path does not exist or has no CSV file; the files exceed 1 GiB in total; a file cannot be
            read, is empty, has only a header, lacks the column, is not in this encoding, or contains a NUL character,
            unbalanced quotes, a field or line that is too long, or a row with more or fewer fields than the header; or
            no row has a headline.
    """
    root = path.expanduser()
    try:
        files, skipped = _csv_files(root)
        _check_size(files, root)
    except OSError as error:
        raise UserError(f"headlines.text.path: {root} cannot be accessed: {error.strerror}.") from error
    texts = [headline for file in files for headline in _CsvFile(file, encoding).column(column)]
    headlines = tuple(text for text in texts if text.strip() not in ("", NO_HEADLINE))
    if not headlines:
        raise UserError(
            f"headlines.text.path: none of the {len(texts):,} rows of {root} has a headline in the column '{column}': "
            f'all are empty or "{NO_HEADLINE}". Check headlines.text.column.'
        )
    unknown = sum(text.strip() == NO_HEADLINE for text in texts)
    report = {
        "files": len(files),
        "skipped": {"count": len(skipped), "files": [problem._asdict() for problem in skipped[:LISTED_FILES]]},
        "rows": len(texts),
        "empty": len(texts) - len(headlines) - unknown,
        "unknown": unknown,
        "duplicates": len(headlines) - len(set(headlines)),
    }
    return HeadlineReading(headlines=headlines, report=report)


def _csv_files(root: Path) -> tuple[list[Path], list[FileProblem]]:
    """Returns the files to read and the skipped entries, both ordered by name; opens nothing."""
    if root.is_file():
        return [root], []
    if not root.is_dir():
        found = "neither a file nor a folder" if root.exists() else "nothing"
        raise UserError(f"headlines.text.path: found {found} at {root}; expected a CSV file or a folder of CSV files.")
    entries = sorted(root.iterdir(), key=lambda entry: (printable(entry.name), os.fsencode(entry)))
    reasons = [(entry, _reason_to_skip(entry, root.resolve())) for entry in entries]
    files = [entry for entry, reason in reasons if reason is None]
    if not files:
        raise UserError(
            f"headlines.text.path: none of the {len(entries):,} entries of the folder {root} is a CSV file. Add files "
            "whose names end in .csv."
        )
    return files, [FileProblem(printable(entry.name), reason) for entry, reason in reasons if reason is not None]


def _reason_to_skip(entry: Path, root: Path) -> str | None:
    """Returns the reason to skip an entry of a folder, or None."""
    if entry.name.startswith("."):
        return "hidden"
    if entry.suffix.lower() != ".csv":
        return "no .csv suffix"
    try:
        target = entry.resolve(strict=True)
    except (OSError, RuntimeError):
        return "broken or cyclic link"
    if not target.is_relative_to(root):
        return "link to a file outside the folder"
    # Opening a pipe would block forever.
    return None if stat.S_ISREG(target.stat().st_mode) else "not a regular file"


def _check_size(files: list[Path], root: Path) -> None:
    total = sum(file.stat().st_size for file in files)
    if total > MAXIMUM_BYTES:
        raise UserError(
            f"headlines.text.path: the CSV files of {root} have {total:,} bytes; at most {MAXIMUM_BYTES:,} are "
            "allowed. Use fewer files, or copy the column with the headlines to a separate file."
        )


class _CsvFile:
    """Single-pass reader of a CSV file that tracks line numbers for error messages.

    Args:
        path: A regular file.
        encoding: Text encoding of the file.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._encoding = encoding
        self._lines_read = 0
        self._pending = ""
        self._record: list[str] = []

    def column(self, name: str) -> Iterator[str]:
        """Yields the fields of a column; a blank line yields an empty field."""
        rows = self._rows()
        header = next((row for row in rows if row), None)
        if header is None:
            self._raise_error("the file is empty", "Add a header line with the column names and at least one row.")
        position = self._position(header, name)
        count = 0
        for row in rows:
            count += 1
            if len(row) == len(header):
                yield row[position]
            elif not row:
                yield ""
            else:
                self._raise_error(
                    f"line {self._record_start:,} has {len(row):,} fields, but the header has {len(header):,}",
                    "Separate fields by commas, and put a field that contains a comma in double quotes.",
                )
        if not count:
            self._raise_error("the file has a header and no rows", "Add headlines, or remove the file.")

    @property
    def _record_start(self) -> int:
        return self._lines_read - len(self._record) + 1

    def _position(self, header: list[str], name: str) -> int:
        if name not in header:
            columns = [printable(column[:LONGEST_NAME]) for column in header[:LISTED_COLUMNS]]
            nearest = difflib.get_close_matches(name, columns, n=1)
            self._raise_error(
                f"line {self._record_start:,}, the header, has no column '{name}'",
                f"{f'Did you mean {nearest[0]!r}? ' if nearest else ''}Set headlines.text.column to one of the columns "
                f"found: {', '.join(columns)}{', …' if len(header) > LISTED_COLUMNS else ''}.",
            )
        return header.index(name)

    def _rows(self) -> Iterator[list[str]]:
        try:
            for row in csv.reader(self._lines(), strict=True):
                yield row
                self._record.clear()
        except csv.Error as error:
            self._raise_parsing_error(error)
        except OSError as error:
            self._raise_error(f"the file cannot be read ({error.strerror})", "Check its permissions.")

    def _lines(self) -> Iterator[str]:
        for text in self._decoded_chunks():
            lines = _split(self._pending + text)
            # The last line may continue in the next chunk.
            pending = lines.pop() if lines else ""
            for line in lines:
                self._lines_read += 1
                self._record.append(line)
                yield line
            self._pending = pending
            if len(pending) > MAXIMUM_LINE:
                self._raise_length_error(self._lines_read + 1, f"a line of more than {MAXIMUM_LINE:,} characters")
        if self._pending:
            self._lines_read += 1
            self._record.append(self._pending)
            yield self._pending

    def _decoded_chunks(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._encoding)()
        with self._path.open("rb") as stream:
            chunk = None
            while chunk != b"":
                chunk = stream.read(CHUNK_BYTES)
                state = decoder.getstate()
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeError as error:
                    decoder.setstate(state)
                    self._raise_decoding_error(error, decoder, chunk)
                text = text if self._lines_read or self._pending else text.removeprefix("\ufeff")
                if "\0" in text:
                    self._raise_error(
                        f"line {self._line_number_after(text[: text.index(chr(0))]):,} has a NUL character",
                        "The file is damaged or not text in this encoding. Replace it with an intact copy, or change "
                        f"headlines.text.encoding, now '{self._encoding}', to its encoding, such as 'utf-16'.",
                    )
                yield text

    def _line_number_after(self, text: str) -> int:
        """Returns the line number of the character that follows ``text``, which is not split into lines yet."""
        return self._lines_read + len(_split(self._pending + text + "?"))

    def _raise_decoding_error(self, error: UnicodeError, decoder: codecs.IncrementalDecoder, chunk: bytes) -> NoReturn:
        """Raises a ``UserError`` with the line of the first bytes that cannot be decoded.

        Args:
            error: Exception of the decoder.
            decoder: In its state before the chunk.
            chunk: Bytes passed to the decoder.
        """
        line, found = self._line_number_after(""), str(error)
        if isinstance(error, UnicodeDecodeError):
            # ``error.object`` starts with the bytes that the decoder kept from the previous chunk.
            kept = len(error.object) - len(chunk)
            line = self._line_number_after(decoder.decode(chunk[: max(error.start - kept, 0)]))
            found = f"the byte 0x{error.object[error.start]:02x} ({error.reason})"
        self._raise_error(
            f"line {line:,} is not text in '{self._encoding}': {found}",
            "Set headlines.text.encoding to the encoding of the file, such as 'cp1252', 'latin-1' or 'utf-16'.",
        )

    def _raise_parsing_error(self, error: csv.Error) -> NoReturn:
        """Raises a ``UserError`` with the line on which the field starts that the parser could not read."""
        text, position = "".join(self._record), 0
        while position < len(text) and (match := _FIELD.match(text, position)):
            position = match.end()
        line = min(self._record_start + len(_split(text[:position] + "?")) - 1, self._lines_read)
        if "field larger than" in str(error) and line == self._lines_read:
            self._raise_length_error(line, f"a field of more than {csv.field_size_limit():,} characters")
        self._raise_error(
            f"the quotes of the field that starts on line {line:,} are unbalanced",
            "End a quoted field with a double quote before the next comma or the end of the line, and write a double "
            "quote inside it twice.",
        )

    def _raise_length_error(self, line: int, found: str) -> NoReturn:
        self._raise_error(
            f"line {line:,} has {found}", "Shorten or remove it, or replace the file with an intact copy."
        )

    def _raise_error(self, found: str, remedy: str) -> NoReturn:
        raise UserError(f"{printable(str(self._path))}: {found}. {remedy}")


def _split(text: str) -> list[str]:
    r"""Splits a text into lines that keep their ends; only ``\n``, ``\r`` and ``\r\n`` end a line."""
    return io.StringIO(text, newline="").readlines()
