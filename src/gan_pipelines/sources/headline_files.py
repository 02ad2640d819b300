"""User headlines from one CSV file or all CSV files of a folder; errors name the line."""

import difflib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_pipelines.errors import UserError
from gan_pipelines.sources.csv_file import CsvFile
from gan_pipelines.sources.folder_listing import printable
from gan_pipelines.sources.reading import FileProblem

MAXIMUM_BYTES = 2**30
"""Maximum total size of all files: 1 GiB."""

LISTED_FILES = 100
LISTED_COLUMNS = 30
LONGEST_NAME = 60
NO_HEADLINE = "Unknown"
CHANGE_ENCODING = (
    "change headlines.text.encoding, now '{}', to the encoding of the file, such as 'cp1252', 'latin-1' or 'utf-16'"
)


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
    texts = [headline for file in files for headline in _column(file, encoding, column)]
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


def _column(path: Path, encoding: str, name: str) -> Iterator[str]:
    """Yields the fields of a column; a blank line yields an empty field."""
    file = CsvFile(path, encoding, CHANGE_ENCODING.format(encoding))
    records = file.records()
    line, header = next(records)
    if name not in header:
        columns = [printable(column[:LONGEST_NAME]) for column in header[:LISTED_COLUMNS]]
        nearest = difflib.get_close_matches(name, columns, n=1)
        file.raise_error(
            f"line {line:,}, the header, has no column '{name}'",
            f"{f'Did you mean {nearest[0]!r}? ' if nearest else ''}Set headlines.text.column to one of the columns "
            f"found: {', '.join(columns)}{', …' if len(header) > LISTED_COLUMNS else ''}.",
        )
    position, count = header.index(name), 0
    for _, row in records:
        count += 1
        yield row[position] if row else ""
    if not count:
        file.raise_error("the file has a header and no rows", "Add headlines, or remove the file.")
