import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.sources import ImagesParameters, read_images
from gan_pipelines.sources.mnist import FASHION_NAMES

from .conftest import IdxWriter, mnist_arrays


def parameters(path: Path, **others: object) -> ImagesParameters:
    return ImagesParameters.model_validate({"source": "mnist", "path": str(path)} | others)


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_all_layouts_of_idx_files_are_found(write_idx: IdxWriter, dotted: bool, compressed: bool) -> None:
    arrays = mnist_arrays()
    images, report = read_images(parameters(write_idx(arrays, dotted=dotted, compressed=compressed)))
    np.testing.assert_array_equal(images.pixels[:6, ..., 0], arrays["x_train"])
    np.testing.assert_array_equal(images.pixels[6:, ..., 0], arrays["x_test"])
    assert images.labels is not None
    assert images.labels.tolist() == [0, 1, 2, 3, 4, 5, 3, 2, 1, 0]
    assert images.is_heldout is not None
    assert images.is_heldout.tolist() == [False] * 6 + [True] * 4
    assert report["heldout_by_source"] == 4


@pytest.mark.parametrize(("source", "name"), [("mnist", "mnist.npz"), ("fashion_mnist", "fashion-mnist.npz")])
@pytest.mark.parametrize("by_file", [False, True])
def test_archive_is_found_in_its_folder_or_given_itself(tmp_path: Path, source: str, name: str, by_file: bool) -> None:
    arrays = mnist_arrays()
    np.savez_compressed(tmp_path / name, **arrays)
    images, _ = read_images(parameters(tmp_path / name if by_file else tmp_path, source=source))
    np.testing.assert_array_equal(images.pixels[:6, ..., 0], arrays["x_train"])
    assert images.class_names[0] == ("0" if source == "mnist" else "T-shirt/top")


def test_ten_kinds_of_clothing() -> None:
    assert len(set(FASHION_NAMES)) == 10


def test_other_size_and_colour(write_idx: IdxWriter) -> None:
    arrays = mnist_arrays() | {"x_train": np.full((6, 28, 28), 77, dtype=np.uint8)}
    images, _ = read_images(parameters(write_idx(arrays), size=32, colour="rgb"))
    assert images.pixels.shape == (10, 32, 32, 3)
    assert (images.pixels[:6] == 77).all()


def test_missing_files_are_listed_beside_those_found(write_idx: IdxWriter) -> None:
    arrays = mnist_arrays()
    del arrays["y_test"]
    folder = write_idx(arrays)
    with pytest.raises(UserError, match="lacks 1 of the four") as caught:
        read_images(parameters(folder))
    message = str(caught.value)
    assert "t10k-labels-idx1-ubyte.gz or t10k-labels-idx1-ubyte or t10k-labels.idx1-ubyte.gz" in message
    assert "mnist.npz" in message
    assert "Found: t10k-images-idx3-ubyte.gz, train-images" in message


def test_path_that_is_nothing_or_no_archive(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="found nothing at"):
        read_images(parameters(tmp_path / "absent"))
    (tmp_path / "digits.zip").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"found a file that is not an \.npz archive"):
        read_images(parameters(tmp_path / "digits.zip"))


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"y_train": np.zeros(7, dtype=np.uint8)}, "contains 6 images, but .*train-labels.* 7 labels"),
        ({"y_test": np.array([0, 1, 200, 201], dtype=np.uint8)}, "t10k-labels.*: label 200 at position 2 is outside"),
        ({"x_test": np.zeros((4, 28, 30), dtype=np.uint8)}, "t10k-images.*: contains images of 30x28 pixels; they"),
        ({"x_test": np.zeros((4, 32, 32), dtype=np.uint8)}, "both must have the same size"),
    ],
)  # fmt: skip
def test_files_that_do_not_fit_together(write_idx: IdxWriter, replaced: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_images(parameters(write_idx(mnist_arrays() | replaced)))


def test_swapped_files(write_idx: IdxWriter) -> None:
    folder = write_idx(mnist_arrays())
    images, labels = folder / "train-images-idx3-ubyte.gz", folder / "train-labels-idx1-ubyte.gz"
    images.rename(folder / "aside")
    labels.rename(images)
    (folder / "aside").rename(labels)
    with pytest.raises(UserError, match=r"train-images-idx3-ubyte\.gz: contains labels, expected images"):
        read_images(parameters(folder))


def test_negative_label_of_an_archive(tmp_path: Path) -> None:
    np.savez(tmp_path / "mnist.npz", **(mnist_arrays() | {"y_train": np.full(6, -1)}))
    with pytest.raises(UserError, match="y_train: label -1 at position 0"):
        read_images(parameters(tmp_path))


@pytest.mark.slow
def test_failed_download_tells_how_to_give_files(tmp_path: Path) -> None:
    code = (
        "from gan_pipelines.errors import UserError\n"
        "from gan_pipelines.sources import ImagesParameters, read_images\n"
        "try:\n"
        "    read_images(ImagesParameters(source='fashion_mnist'))\n"
        "except UserError as error:\n"
        "    print(error)\n"
    )
    nowhere = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "no_proxy": ""}
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | nowhere | {"KERAS_HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "Keras could not download 'fashion_mnist'" in finished.stdout
    assert "Set images.path to a folder with the four IDX files or" in finished.stdout
