"""Pictures that a command writes for the user."""

import secrets
from contextlib import suppress
from pathlib import Path

from PIL.Image import Image

from gan_pipelines.disk import flush_to_disk
from gan_pipelines.errors import UserError


def write_picture(path: Path, picture: Image) -> None:
    """Writes a PNG file, whole or not at all; makes its folder.

    Raises:
        UserError: If it cannot be written.
    """
    temporary = path.with_name(f".tmp-{secrets.token_hex(4)}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(temporary, format="PNG")
        flush_to_disk(temporary)
        temporary.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}. Free disk space or change --output, then run the "
            "same command again."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
