"""CSV files of the user, read in one pass; errors name the line."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from gan_pipelines.errors import UserError
from gan_pipelines.sources.folder_listing import printable

MAXIMUM_LINE = 2**20
"""Maximum number of characters of a line; Python's CSV parser limits a field to 131,072."""

CHUNK_BYTES = 2**20

_FIELD = re.compile(r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n][^,\r\n]*+)?(?:,|\r\n|\r|\n)')


class CsvFile:
    """Single-pass reader of a CSV file that tracks line numbers for error messages.

    Args:
        path: A regular file.
        encoding: Text encoding of the file.
        change_encoding: What the user does about a file in another encoding, as part of a sentence.
    """

    def __init__(self, path: Path, encoding: str, change_encoding: str) -> None:
        self._path = path
        self._encoding = encoding
        self._change_encoding = change_encoding
        self._lines_read = 0
        self._pending = ""
        self._record: list[str] = []

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yields the header and then each row, with the number of its first line; a blank line yields no fields.

        Raises:
            UserError: If the file cannot be read, is empty, is not in this encoding, or contains a NUL character,
                unbalanced quotes, a field or line that is too long, or a row with more or fewer fields than the header.
        """
        header: list[str] = []
        for row in self._rows():
            if header and row and len(row) != len(header):
                self.raise_error(
                    f"line {self._record_start:,} has {len(row):,} fields, but the header has {len(header):,}",
                    "Separate fields by commas, and put a field that contains a comma in double quotes.",
                )
            if header or row:
                header = header or row
                yield self._record_start, row
        if not header:
            self.raise_error("the file is empty", "Add a header line with the column names and at least one row.")

    def raise_error(self, found: str, remedy: str) -> NoReturn:
        """Raises a ``UserError`` that names the file."""
        raise UserError(f"{printable(str(self._path))}: {found}. {remedy}")

    @property
    def _record_start(self) -> int:
        return self._lines_read - len(self._record) + 1

    def _rows(self) -> Iterator[list[str]]:
        try:
            for row in csv.reader(self._lines(), strict=True):
                yield row
                self._record.clear()
        except csv.Error as error:
            self._raise_parsing_error(error)
        except OSError as error:
            self.raise_error(f"the file cannot be read ({error.strerror})", "Check its permissions.")

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
                    self.raise_error(
                        f"line {self._line_number_after(text[: text.index(chr(0))]):,} has a NUL character",
                        f"The file is damaged or not text in '{self._encoding}'. Replace it with an intact copy, or "
                        f"{self._change_encoding}.",
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
        self.raise_error(
            f"line {line:,} is not text in '{self._encoding}': {found}",
            f"{self._change_encoding[0].upper()}{self._change_encoding[1:]}.",
        )

    def _raise_parsing_error(self, error: csv.Error) -> NoReturn:
        """Raises a ``UserError`` with the line on which the field starts that the parser could not read."""
        text, position = "".join(self._record), 0
        while position < len(text) and (match := _FIELD.match(text, position)):
            position = match.end()
        line = min(self._record_start + len(_split(text[:position] + "?")) - 1, self._lines_read)
        if "field larger than" in str(error) and line == self._lines_read:
            self._raise_length_error(line, f"a field of more than {csv.field_size_limit():,} characters")
        self.raise_error(
            f"the quotes of the field that starts on line {line:,} are unbalanced",
            "End a quoted field with a double quote before the next comma or the end of the line, and write a double "
            "quote inside it twice.",
        )

    def _raise_length_error(self, line: int, found: str) -> NoReturn:
        self.raise_error(f"line {line:,} has {found}", "Shorten or remove it, or replace the file with an intact copy.")


def _split(text: str) -> list[str]:
    r"""Splits a text into lines that keep their ends; only ``\n``, ``\r`` and ``\r\n`` end a line."""
    return io.StringIO(text, newline="").readlines()
