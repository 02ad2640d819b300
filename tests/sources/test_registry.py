import json
import subprocess
import sys
import typing
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.sources import (
    CaptionedImagesParameters,
    DomainImagesParameters,
    ImagesParameters,
    PairedImagesParameters,
    UpscalingImagesParameters,
    read_images,
)
from gan_pipelines.sources.registry import SOURCES


def test_parameters_name_each_source() -> None:
    schemas = (
        *(ImagesParameters, PairedImagesParameters, DomainImagesParameters, UpscalingImagesParameters),
        CaptionedImagesParameters,
    )
    named = [typing.get_args(schema.model_fields["source"].annotation) for schema in schemas]
    assert set(SOURCES) == set().union(*named)


def test_limit_takes_a_seeded_subset_in_order() -> None:
    everything, _ = read_images(ImagesParameters())
    some, report = read_images(ImagesParameters(limit=100, seed=5))
    again, _ = read_images(ImagesParameters(limit=100, seed=5))
    other, _ = read_images(ImagesParameters(limit=100, seed=6))
    np.testing.assert_array_equal(some.pixels, again.pixels)
    assert not np.array_equal(some.pixels, other.pixels)
    position = {image.tobytes(): index for index, image in enumerate(everything.pixels)}
    indices = [position[image.tobytes()] for image in some.pixels]
    assert indices == sorted(set(indices))
    assert (report["images"], report["available"], sum(report["classes"].values())) == (100, 1797, 100)


def test_limit_above_the_count_is_noted() -> None:
    images, report = read_images(ImagesParameters(limit=5000))
    assert len(images) == 1797
    assert report["notes"] == ["images.limit is 5000, but the source has only 1797 images."]


def test_report_is_json() -> None:
    _, report = read_images(ImagesParameters(limit=10))
    assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"source": "image_folder"}, "'image_folder' needs `path`"),
        ({"source": "digits", "path": "x"}, "reads no files, but `path` is 'x'"),
    ],
)
def test_combinations_without_sense_are_refused(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ImagesParameters.model_validate(parameters)


@pytest.mark.slow
def test_importing_sources_stays_light(tmp_path: Path) -> None:
    code = "import gan_pipelines.sources, sys; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, timeout=60
    ).stdout.split()
    assert not {"tensorflow", "keras", "kedro", "sklearn"} & set(printed)
