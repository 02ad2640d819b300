"""Captions as they stand in files: tables, text files of one picture each, and COCO's JSON. No picture is opened."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any, NamedTuple

from gan_pipelines.errors import UserError
from gan_pipelines.sources.bounded_reading import parser_errors_as_user_errors
from gan_pipelines.sources.csv_file import CsvFile
from gan_pipelines.sources.folder_listing import printable

MAXIMUM_BYTES = 2**28
"""Maximum size of a table or JSON file: 256 MiB, about three times COCO's captions."""
MAXIMUM_TEXT_BYTES = 2**22
"""Maximum size of the text file of one picture, and of lists such as that of the birds' boxes, which has 0.8 MB."""
NAME_COLUMNS, TEXT_COLUMNS = ("file_name", "image"), ("caption", "text")
_SAVE_AS_UTF8 = "save the file as text in UTF-8"
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Caption(NamedTuple):
    """One wording of a picture's caption.

    Args:
        picture: Printable path of the picture, as the file of captions names it.
        text: Without line breaks or repeated spaces; not empty.
        file: Printable path of the file of captions.
        where: The place in that file, such as "line 3".
    """

    picture: str
    text: str
    file: str
    where: str


def read_table(path: Path, below: str = "") -> Iterator[Caption]:
    """Yields the captions of a CSV file with a column ``file_name`` or ``image``, and ``caption`` or ``text``.

    Further columns are ignored. A picture may have several lines.

    Args:
        path: A regular file.
        below: Folder that the file's paths start from, relative to the pictures' folder.

    Raises:
        UserError: If the file is too large or damaged, not in UTF-8, or lacks a column; or if a line has no picture, an
            empty caption, or a path out of the folder.
    """
    check_size(path, MAXIMUM_BYTES)
    file, shown = CsvFile(path, "utf-8", _SAVE_AS_UTF8), printable(str(path))
    records = file.records()
    line, header = next(records)
    columns = columns_of(header)
    if columns is None:
        file.raise_error(
            f"line {line:,}, the header, is {','.join(map(printable, header))[:100]!r}",
            f"Captions need one column {' or '.join(NAME_COLUMNS)}, and one {' or '.join(TEXT_COLUMNS)}, such as "
            "'file_name,caption'. Rename the columns.",
        )
    name, text = columns
    for number, row in records:
        if row:
            picture = f"{below}/{row[name]}" if below and row[name].strip() else row[name]
            yield _caption(picture, row[text], shown, f"line {number:,}")


def columns_of(header: list[str]) -> tuple[int, int] | None:
    """Returns the positions of the pictures' and the captions' column; None if there is not one of each."""
    names = [header.index(column) for column in NAME_COLUMNS if column in header]
    texts = [header.index(column) for column in TEXT_COLUMNS if column in header]
    return (names[0], texts[0]) if len(names) == len(texts) == 1 else None


def header_of(path: Path) -> list[str]:
    """Returns the header of a CSV file.

    Raises:
        UserError: If it cannot be read.
    """
    return next(CsvFile(path, "utf-8", _SAVE_AS_UTF8).records())[1]


def read_text(path: Path, picture: str) -> Iterator[Caption]:
    """Yields the captions of a text file of one picture: one a line; blank lines are ignored.

    Raises:
        UserError: If the file is too large, not in UTF-8, or has no caption.
    """
    shown, lines = printable(str(path)), lines_of(path)
    if not any(line.strip() for line in lines):
        raise UserError(f"{shown}: the caption is empty. Write at least one line about the picture.")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _caption(picture, line, shown, f"line {number:,}")


def lines_of(path: Path) -> list[str]:
    """Returns the lines of a small text file without their ends.

    Raises:
        UserError: If the file is too large, cannot be read, or is not in UTF-8.
    """
    return _LINE_END.split(_decoded(path, MAXIMUM_TEXT_BYTES))


def read_coco(path: Path) -> Iterator[Caption]:
    """Yields the captions of a JSON file as in COCO (Chen et al., "Microsoft COCO Captions", 2015).

    Raises:
        UserError: If the file is too large, is not in UTF-8 or no JSON, or lacks ``images`` with ``id`` and
            ``file_name`` or ``annotations`` with ``image_id`` and ``caption``; or if a caption is empty, belongs to no
            image, or a path leaves the folder.
    """
    shown = printable(str(path))
    content = _parsed(path)
    names: dict[int, str] = {}
    for where, (number, name) in _entries(content, "images", ("id", "file_name"), shown):
        if number in names:
            raise UserError(f"{shown}: {where} has the id {number}, as an image before it. Give each its own.")
        names[number] = name
    for where, (number, text) in _entries(content, "annotations", ("image_id", "caption"), shown):
        if number not in names:
            raise UserError(
                f"{shown}: {where} is a caption without picture: its image_id is {number}, but `images` has no such "
                "id. Add the image, or remove the annotation."
            )
        yield _caption(names[number], text, shown, where)


def check_size(path: Path, maximum: int) -> None:
    """Checks that a file is a regular one of at most this many bytes.

    Raises:
        UserError: If it is not, or cannot be accessed.
    """
    shown = printable(str(path))
    with parser_errors_as_user_errors(shown):
        if not path.is_file():  # opening a pipe would block forever
            raise UserError(f"{shown}: not a regular file. Replace it with one.")
        if (size := path.stat().st_size) > maximum:
            raise UserError(f"{shown}: {size:,} bytes; at most {maximum:,} are allowed. Use fewer or shorter captions.")


def _entries(content: object, key: str, fields: tuple[str, str], shown: str) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yields the place, and the number and the text in these fields, of each entry of a list in COCO's JSON."""
    entries = content.get(key) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise UserError(
            f"{shown}: no list `{key}`. Captions in JSON have the lists `images` and `annotations`, as COCO's "
            "captions_train2017.json. Set images.captions.path to such a file."
        )
    for position, entry in enumerate(entries):
        values: list[Any] = [entry.get(field) for field in fields] if isinstance(entry, dict) else [None, None]
        if type(values[0]) is not int or not isinstance(values[1], str):
            raise UserError(
                f"{shown}: {key}[{position}] lacks a whole number `{fields[0]}` or a text `{fields[1]}`. Repair it, or "
                "set images.captions.path to a file with captions."
            )
        yield f"{key}[{position}]", (values[0], values[1])


def _parsed(path: Path) -> object:
    shown, text = printable(str(path)), _decoded(path, MAXIMUM_BYTES)
    with parser_errors_as_user_errors(shown):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise UserError(
                f"{shown}: line {error.lineno:,} is not JSON: {error.msg} at column {error.colno:,}. Replace the file "
                "with an intact copy."
            ) from error


def _decoded(path: Path, maximum: int) -> str:
    shown = printable(str(path))
    check_size(path, maximum)
    with parser_errors_as_user_errors(shown), path.open("rb") as stream:
        content = stream.read(maximum)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.split(content[: error.start].decode("latin-1")))
        raise UserError(
            f"{shown}: line {line:,} is not text in 'utf-8': the byte 0x{error.object[error.start]:02x} "
            f"({error.reason}). {_SAVE_AS_UTF8.capitalize().replace('utf', 'UTF')}."
        ) from error
    if "\0" in text:
        line = len(_LINE_END.split(text[: text.index("\0")]))
        raise UserError(f"{shown}: line {line:,} has a NUL character. Replace the file with an intact copy.")
    return text


def _caption(picture: str, text: str, file: str, where: str) -> Caption:
    """Checks and cleans one caption and the path of its picture."""
    if not picture.strip():
        raise UserError(f"{file}: {where} names no picture. Write its path, or remove the line.")
    if not (words := text.split()):
        raise UserError(f"{file}: {where}: the caption is empty. Write one, or remove it and its picture.")
    if _SURROGATE.search(text):
        raise UserError(f"{file}: {where}: the caption has one half of a surrogate pair. Write that character anew.")
    if _ABSOLUTE.match(picture) or ".." in re.split(r"[/\\]", picture):
        raise UserError(
            f"{file}: {where}: the path {printable(picture)!r} leaves the folder. Name pictures by their path below "
            "the folder, such as 'photos/1.jpg'."
        )
    return Caption(printable(normpath(picture)), " ".join(words), file, where)
