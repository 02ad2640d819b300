"""Small folders of pictures with captions."""

import json
from pathlib import Path

import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.sources import CaptionedImagesParameters, ImageSet, read_images
from tests.sources.pictures import save_noise

SIDE = 16


def parameters(root: Path, captions: Path | None = None, **others: object) -> CaptionedImagesParameters:
    defaults: dict = {"source": "image_folder", "path": str(root), "size": SIDE}
    section = {} if captions is None else {"captions": {"path": str(captions)}}
    return CaptionedImagesParameters.model_validate(defaults | section | others)


def read(root: Path, captions: Path | None = None, **others: object) -> tuple[ImageSet, dict]:
    return read_images(parameters(root, captions, **others))


def pictures(root: Path, *names: str) -> Path:
    return save_noise(root, names, (SIDE, SIDE))


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(root: Path, captions: Path | None = None) -> str:
    with pytest.raises(UserError) as caught:
        read(root, captions)
    return str(caught.value)


def coco(images: dict[int, str], captions: list[tuple[int, str]]) -> str:
    return json.dumps(
        {
            "info": {"year": 2017},
            "images": [{"id": number, "file_name": name, "height": 16} for number, name in images.items()],
            "annotations": [
                {"id": position, "image_id": number, "caption": text}
                for position, (number, text) in enumerate(captions)
            ],
        }
    )


def birds(tmp_path: Path, boxes: str) -> Path:
    pictures(tmp_path, "CUB/images/a/1.png", "CUB/images/b/2 x.png")
    for name in ("a/1", "b/2 x"):
        write(tmp_path / f"text_c10/{name}.txt", "a bird\n")
    write(tmp_path / "CUB/images.txt", "1 a/1.png\n2 b/2 x.png\n")
    return write(tmp_path / "CUB/bounding_boxes.txt", boxes)
