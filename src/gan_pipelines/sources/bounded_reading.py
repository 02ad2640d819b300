"""Reading streams whose length an untrusted header claims: bounded in memory, one message per kind of damage."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from gan_pipelines.errors import UserError

MAXIMUM_BYTES = 2**29
"""No array of a source file may be larger: 512 MiB, some ten times MNIST."""

CHUNK_BYTES = 2**20


class ByteStream(Protocol):
    """Anything that reads bytes."""

    def read(self, size: int, /) -> bytes:
        """Reads at most ``size`` bytes; none at the end."""


def read_exactly(stream: ByteStream, expected: int, file: str) -> bytearray:
    """Reads what a header announced, and checks that nothing follows.

    Memory grows with what is really there: a header cannot make it allocate, nor can a stream without end.

    Args:
        stream: Positioned behind the header.
        expected: Bytes announced.
        file: Name for messages.

    Raises:
        UserError: The announced size is above ``MAXIMUM_BYTES``, or the stream holds fewer or more bytes.
    """
    if expected > MAXIMUM_BYTES:
        raise UserError(
            f"{file}: its header announces {expected:,} bytes; at most {MAXIMUM_BYTES:,} are read. "
            "The file is damaged or not what its name says: get it again."
        )
    payload = bytearray()
    # One byte beyond the end is asked for: it tells a longer stream, and makes gzip and zip check their checksums.
    while chunk := stream.read(min(CHUNK_BYTES, expected + 1 - len(payload))):
        payload += chunk
        if len(payload) > expected:
            raise UserError(f"{file}: it goes on after the {expected:,} bytes that its header announces: get it again.")
    if len(payload) < expected:
        raise UserError(
            f"{file}: it ends after {len(payload):,} of the {expected:,} bytes that its header announces: the file "
            "is truncated or damaged. Get it again."
        )
    return payload


@contextmanager
def damage_as_user_error(file: str) -> Iterator[None]:
    """Turns whatever a broken file makes its parser raise into a ``UserError`` that names the file."""
    try:
        yield
    except UserError:
        raise
    except EOFError as error:
        raise UserError(f"{file}: the compressed data end early: the file is truncated. Get it again.") from error
    except (gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
        raise UserError(f"{file}: the compressed data are damaged ({error}). Get the file again.") from error
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror or error}).") from error
    except Exception as error:
        raise UserError(f"{file}: cannot be read ({error}). Get the file again.") from error
