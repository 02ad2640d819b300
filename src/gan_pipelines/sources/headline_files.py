"""The user's own headlines: one CSV file, or all CSV files of a folder; what is wrong in them is told line by line."""

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
"""All files together may be no larger: 1 GiB."""

MAXIMUM_LINE = 2**20
"""Characters of a line; a field of Python's CSV parser may have 131,072."""

CHUNK_BYTES = 2**20
LISTED_FILES = 100
LISTED_COLUMNS = 30
LONGEST_NAME = 60
NO_HEADLINE = "Unknown"

_FIELD = re.compile(r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n][^,\r\n]*+)?(?:,|\r\n|\r|\n)')


@dataclass(frozen=True)
class HeadlineReading:
    """Headlines as they stand in the files.

    Args:
        headlines: In the order of the files and their rows, repeats included.
        report: Plain JSON values: ``files`` (how many were read), ``skipped`` (``count`` of what else lies in the
            folder, and the first ``files`` with reasons), ``rows``, ``empty`` and ``unknown`` (rows dropped because
            they have no headline, or "Unknown"), and ``duplicates`` (headlines that stand in an earlier row as well).
    """

    headlines: tuple[str, ...]
    report: dict[str, Any]


def read_headline_files(path: Path, column: str, encoding: str) -> HeadlineReading:
    """Reads one column of CSV files: comma-separated, with a header line, quoted as in RFC 4180 (Shafranovich, 2005).

    Of a folder, the ``*.csv`` files in it are read, ordered by name in Unicode's composed form; links that lead out of
    it, hidden files, pipes, other files and sub-folders are skipped. A byte order mark is no part of the text.

    Args:
        path: A file or folder.
        column: Name of the column that holds the headlines.
        encoding: Any text encoding that Python knows.

    Raises:
        UserError: There is no such path or no CSV file, the files are larger than 1 GiB together, or one cannot be
            read, is empty or has a header only, has no such column, is not in this encoding, or has a NUL character,
            unbalanced quotes, an overlong field or line, or a row with more or fewer fields than the header; or no
            row has a headline.
    """
    root = path.expanduser()
    try:
        files, skipped = _csv_files(root)
        _check_size(files, root)
    except OSError as error:
        raise UserError(f"headlines.text.path: {root} cannot be looked at: {error.strerror}.") from error
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
    """Returns the files to read and what else lies beside them, each in the order of its name. Opens nothing."""
    if root.is_file():
        return [root], []
    if not root.is_dir():
        found = "something that is neither" if root.exists() else "nothing"
        raise UserError(f"headlines.text.path: found {found} at {root}; needed is a CSV file or a folder of them.")
    entries = sorted(root.iterdir(), key=lambda entry: (printable(entry.name), os.fsencode(entry)))
    reasons = [(entry, _reason_to_skip(entry, root.resolve())) for entry in entries]
    files = [entry for entry, reason in reasons if reason is None]
    if not files:
        raise UserError(
            f"headlines.text.path: none of the {len(entries):,} entries of the folder {root} is a CSV file. Put files "
            "there whose names end in .csv."
        )
    return files, [FileProblem(printable(entry.name), reason) for entry, reason in reasons if reason is not None]


def _reason_to_skip(entry: Path, root: Path) -> str | None:
    """Returns why an entry of a folder is not read, or None."""
    if entry.name.startswith("."):
        return "hidden"
    if entry.suffix.lower() != ".csv":
        return "not named as a CSV file"
    try:
        target = entry.resolve(strict=True)
    except (OSError, RuntimeError):
        return "broken link or loop of links"
    if not target.is_relative_to(root):
        return "link out of the folder"
    # Opening a pipe would wait for ever.
    return None if stat.S_ISREG(target.stat().st_mode) else "not a regular file"


def _check_size(files: list[Path], root: Path) -> None:
    total = sum(file.stat().st_size for file in files)
    if total > MAXIMUM_BYTES:
        raise UserError(
            f"headlines.text.path: the CSV files of {root} have {total:,} bytes; at most {MAXIMUM_BYTES:,} are read. "
            "Give fewer of them, or copy the column that holds the headlines into a file of its own."
        )


class _CsvFile:
    """One pass through a CSV file, which knows where it is.

    Args:
        path: A regular file.
        encoding: Of its text.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._encoding = encoding
        self._lines_read = 0
        self._pending = ""
        self._record: list[str] = []

    def column(self, name: str) -> Iterator[str]:
        """Yields the fields of a column; a blank line is a row whose fields are empty."""
        rows = self._rows()
        header = next((row for row in rows if row), None)
        if header is None:
            self._refuse("the file is empty", "It needs a line with the names of the columns, and rows below it.")
        position = self._position(header, name)
        count = 0
        for row in rows:
            count += 1
            if len(row) == len(header):
                yield row[position]
            elif not row:
                yield ""
            else:
                self._refuse(
                    f"line {self._record_start:,} has {len(row):,} fields, but the header has {len(header):,}",
                    "Fields are separated by commas; a field that holds a comma itself stands in double quotes.",
                )
        if not count:
            self._refuse("the file has a header and no rows below it", "Add headlines, or remove the file.")

    @property
    def _record_start(self) -> int:
        return self._lines_read - len(self._record) + 1

    def _position(self, header: list[str], name: str) -> int:
        if name not in header:
            columns = [printable(column[:LONGEST_NAME]) for column in header[:LISTED_COLUMNS]]
            nearest = difflib.get_close_matches(name, columns, n=1)
            self._refuse(
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
            self._refuse_record(error)
        except OSError as error:
            self._refuse(f"the file cannot be read ({error.strerror})", "Check that it is yours to read.")

    def _lines(self) -> Iterator[str]:
        for text in self._decoded():
            lines = _split(self._pending + text)
            # The last one may go on in the next chunk.
            pending = lines.pop() if lines else ""
            for line in lines:
                self._lines_read += 1
                self._record.append(line)
                yield line
            self._pending = pending
            if len(pending) > MAXIMUM_LINE:
                self._refuse_overlong(self._lines_read + 1, f"a line of more than {MAXIMUM_LINE:,} characters")
        if self._pending:
            self._lines_read += 1
            self._record.append(self._pending)
            yield self._pending

    def _decoded(self) -> Iterator[str]:
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
                    self._refuse_bytes(error, decoder, chunk)
                text = text if self._lines_read or self._pending else text.removeprefix("\ufeff")
                if "\0" in text:
                    self._refuse(
                        f"line {self._line_behind(text[: text.index(chr(0))]):,} has a NUL character",
                        "The file is damaged or no text in this encoding: get it again, or set "
                        f"headlines.text.encoding, which is '{self._encoding}', to its own, such as 'utf-16'.",
                    )
                yield text

    def _line_behind(self, text: str) -> int:
        """Returns the number of the line on which stands what follows this text, itself not yet split into lines."""
        return self._lines_read + len(_split(self._pending + text + "?"))

    def _refuse_bytes(self, error: UnicodeError, decoder: codecs.IncrementalDecoder, chunk: bytes) -> NoReturn:
        """Ends with the line of the first bytes that cannot be decoded.

        Args:
            error: What the decoder raised.
            decoder: In the state before the chunk.
            chunk: What it was given.
        """
        line, found = self._line_behind(""), str(error)
        if isinstance(error, UnicodeDecodeError):
            # What the decoder had kept of the chunk before stands at the start of the bytes that it reports.
            kept = len(error.object) - len(chunk)
            line = self._line_behind(decoder.decode(chunk[: max(error.start - kept, 0)]))
            found = f"the byte 0x{error.object[error.start]:02x} ({error.reason})"
        self._refuse(
            f"line {line:,} is not text in '{self._encoding}': {found}",
            "Set headlines.text.encoding to the encoding of the file, such as 'cp1252', 'latin-1' or 'utf-16'.",
        )

    def _refuse_record(self, error: csv.Error) -> NoReturn:
        """Ends with the line on which the field starts that the parser could not read."""
        text, position = "".join(self._record), 0
        while position < len(text) and (match := _FIELD.match(text, position)):
            position = match.end()
        line = min(self._record_start + len(_split(text[:position] + "?")) - 1, self._lines_read)
        if "field larger than" in str(error) and line == self._lines_read:
            self._refuse_overlong(line, f"a field of more than {csv.field_size_limit():,} characters")
        self._refuse(
            f"the quotes of the field that starts on line {line:,} are unbalanced",
            "A quoted field ends with a double quote before the next comma or the end of the line; a double quote "
            "inside it is written twice.",
        )

    def _refuse_overlong(self, line: int, found: str) -> NoReturn:
        self._refuse(
            f"line {line:,} has {found}", "No headline is that long: shorten or remove it, or get the file again."
        )

    def _refuse(self, found: str, remedy: str) -> NoReturn:
        raise UserError(f"{printable(str(self._path))}: {found}. {remedy}")


def _split(text: str) -> list[str]:
    r"""Returns the lines of a text with their ends, which are ``\n``, ``\r`` and ``\r\n`` and no others."""
    return io.StringIO(text, newline="").readlines()
