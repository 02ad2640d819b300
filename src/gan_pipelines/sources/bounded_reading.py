"""Size-checked reading of files with untrusted headers: bounded memory, one message per kind of damage."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from gan_pipelines.errors import UserError

MAXIMUM_BYTES = 2**29
"""Maximum size of one array in a source file: 512 MiB, about ten times MNIST."""

CHUNK_BYTES = 2**20


class ByteStream(Protocol):
    """Readable binary stream."""

    def read(self, size: int, /) -> bytes:
        """Reads at most ``size`` bytes; returns no bytes at the end of the stream."""


def read_exactly(stream: ByteStream, expected: int, file: str) -> bytearray:
    """Reads the number of bytes that a header declares, and checks that the stream ends there.

    Memory grows with the bytes actually read, so neither a wrong header nor an endless stream can exhaust it.

    Args:
        stream: Positioned after the header.
        expected: Number of bytes that the header declares.
        file: Name for error messages.

    Raises:
        UserError: If the declared size exceeds ``MAXIMUM_BYTES``, or the stream has fewer or more bytes.
    """
    if expected > MAXIMUM_BYTES:
        raise UserError(
            f"{file}: the header declares {expected:,} bytes; at most {MAXIMUM_BYTES:,} are allowed. The file is "
            "damaged or of another type. Replace it with an intact copy."
        )
    payload = bytearray()
    # Requesting one byte more detects a longer stream, and makes gzip and zip verify their checksums.
    while chunk := stream.read(min(CHUNK_BYTES, expected + 1 - len(payload))):
        payload += chunk
        if len(payload) > expected:
            raise UserError(
                f"{file}: the data continue after the {expected:,} bytes that the header declares. "
                "Replace the file with an intact copy."
            )
    if len(payload) < expected:
        raise UserError(
            f"{file}: the data end after {len(payload):,} of the {expected:,} bytes that the header declares: the file "
            "is truncated or damaged. Replace it with an intact copy."
        )
    return payload


@contextmanager
def parser_errors_as_user_errors(file: str) -> Iterator[None]:
    """Converts any exception that a parser raises on a damaged file to a ``UserError`` that names the file."""
    try:
        yield
    except UserError:
        raise
    except EOFError as error:
        raise UserError(
            f"{file}: the compressed data end early: the file is truncated. Replace it with an intact copy."
        ) from error
    except (gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
        raise UserError(
            f"{file}: the compressed data are damaged ({error}). Replace the file with an intact copy."
        ) from error
    except OSError as error:
        raise UserError(
            f"{file}: cannot be read ({error.strerror or error}). Check the file and its permissions."
        ) from error
    except Exception as error:
        raise UserError(f"{file}: cannot be read ({error}). Replace the file with an intact copy.") from error
