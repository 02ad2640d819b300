"""What is special to each format."""

import json

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError, Version
from PIL import Image

from gan_pipelines import pixels
from gan_pipelines.datasets import reports
from gan_pipelines.datasets.arrays import ArraysDataset, ImageSetDataset
from gan_pipelines.datasets.pictures import AnimationDataset, PictureDataset
from gan_pipelines.datasets.reports import JSONReportDataset, TableDataset
from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet
from tests.datasets.cases import CASES, NAMES, facts, noise


@pytest.fixture
def path(tmp_path):
    return lambda name: str(tmp_path / name)


def test_arrays_of_every_shape_and_kind_come_back(path):
    arrays = {
        "scalar": np.array(3.5),
        "empty": np.zeros((0, 4), np.float16),
        "text": np.array(["ä", "bcd"]),
        "flags": np.array([True, False]),
        "big_endian": np.arange(3, dtype=">i4"),
        "strided": np.arange(24).reshape(4, 6)[::2, 1::2],
    }
    dataset = ArraysDataset(filepath=path("x.npz"))
    dataset.save(arrays)
    loaded = dataset.load()
    assert list(loaded) == sorted(arrays)
    assert facts(loaded) == facts({name: arrays[name] for name in loaded})


def test_arrays_bytes_depend_on_neither_order_nor_memory_layout(path):
    array = noise(1, 5, 6)
    for name, arrays in {"1": {"a": array, "b": array}, "2": {"b": np.asfortranarray(array), "a": array}}.items():
        ArraysDataset(filepath=path(f"{name}.npz")).save(arrays)
    assert open_bytes(path("1.npz")) == open_bytes(path("2.npz"))


def test_compressed_arrays_are_smaller_and_equal(path):
    arrays = {"zeros": np.zeros((100, 100))}
    for name in ("plain", "compressed"):
        dataset = ArraysDataset(filepath=path(f"{name}.npz"), compressed=name == "compressed")
        dataset.save(arrays)
        assert facts(dataset.load()) == facts(arrays)
    assert len(open_bytes(path("compressed.npz"))) * 10 < len(open_bytes(path("plain.npz")))


@pytest.mark.parametrize("value", [np.array([{}], dtype=object), np.zeros(2, [("a", object)]), [1, 2]])
def test_what_would_have_to_be_pickled_is_not_saved(value, path):
    with pytest.raises(DatasetError, match="'bad' is"):
        ArraysDataset(filepath=path("x.npz")).save({"good": np.zeros(1), "bad": value})


def test_what_would_have_to_be_unpickled_is_not_loaded(path, monkeypatch):
    monkeypatch.setattr(
        ArraysDataset, "_write", lambda _, file, __: np.savez(file, allow_pickle=True, a=np.array([{}]))
    )
    dataset = ArraysDataset(filepath=path("x.npz"))
    dataset.save({"a": np.zeros(1)})
    with pytest.raises(DatasetError, match=r"cannot be read as \.npz"):
        dataset.load()


@pytest.mark.parametrize(
    "images",
    [
        ImageSet(noise(1, 2, 4, 4, 3)),
        ImageSet(noise(1, 2, 4, 4, 1).astype(np.float32), np.array([0, 1]), ("one", "zwölf")),
        ImageSet(noise(1, 2, 4, 4, 1), is_heldout=np.array([True, False])),
        ImageSet(noise(1, 2, 4, 4, 3), captions=(("a", "zwölf\n🍅 \ud800"), ("x" * 5000,))),
        ImageSet(
            noise(1, 2, 4, 4, 3),
            attributes=np.array([[0, 1], [2, 0]]),
            attribute_names=(("colour", ("green", "red", "blüe")), ("size", ("small", "large"))),
        ),
        ImageSet(noise(1, 0, 4, 4, 3), captions=()),
    ],
)
def test_image_sets_come_back_with_what_is_absent(images, path):
    dataset = ImageSetDataset(filepath=path("x.npz"))
    dataset.save(images)
    loaded = dataset.load()
    assert facts(loaded) == facts(images)
    assert all(type(name) is str for name in loaded.class_names)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("versioned", [False, True])
def test_images_on_the_disk_stay_there(path, compressed, versioned, monkeypatch):
    monkeypatch.setattr(pixels, "_CHUNK_BYTES", 100)  # two images at a time
    version = Version(None, "2026-01-01") if versioned else None
    images = ImageSet(StoredPixels(noise(1, 5, 4, 4, 3)), np.arange(5), ("a", "b", "c", "d", "e"), np.arange(5) > 3)
    dataset = ImageSetDataset(filepath=path("x.npz"), compressed=compressed, version=version)
    dataset.save(images)
    loaded = dataset.load()
    assert facts(loaded) == facts(images)
    assert isinstance(loaded.pixels.mapped, np.memmap)
    file = path("x.npz/2026-01-01/x.npz" if versioned else "x.npz")
    assert loaded.pixels.mapped.filename == file
    with np.load(file) as archive:
        np.testing.assert_array_equal(archive["stored_pixels"], images.pixels.mapped)


def test_no_images_on_the_disk_come_back(path):
    dataset = ImageSetDataset(filepath=path("x.npz"))
    dataset.save(ImageSet(StoredPixels(noise(1, 0, 4, 4, 3))))
    assert dataset.load().pixels.shape == (0, 4, 4, 3)


def test_images_that_are_mapped_survive_a_new_save(path):
    dataset = ImageSetDataset(filepath=path("x.npz"))
    first, second = (ImageSet(StoredPixels(noise(seed, 5, 4, 4, 3))) for seed in (1, 2))
    dataset.save(first)
    loaded = dataset.load()
    dataset.save(second)
    assert (facts(loaded), facts(dataset.load())) == (facts(first), facts(second))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pictures_lose_nothing(mode, path):
    picture = Image.fromarray(noise(1, 9, 11, 4)).convert(mode)
    dataset = PictureDataset(filepath=path("x.png"))
    dataset.save(picture)
    assert facts(dataset.load()) == facts(picture)


def gradient(moment: int) -> np.ndarray:
    rows, columns = np.mgrid[0:64, 0:64]
    return np.stack([rows * 3, columns * 3, np.full((64, 64), moment // 4 * 100)], axis=-1).astype(np.uint8)


def test_animations_in_colour_keep_frames_and_come_near_their_colours(path):
    frames = [Image.fromarray(np.roll(gradient(moment), moment, axis=1)) for moment in range(8)]
    dataset = AnimationDataset(filepath=path("x.gif"))
    dataset.save(frames)
    loaded = dataset.load()
    assert len(loaded) == len(frames)
    for original, frame in zip(frames, loaded, strict=True):
        assert frame.mode == "RGB"
        # Dithering trades the colour of a pixel for that of its neighbourhood.
        shrunk = [np.asarray(picture.reduce(8), np.float64) for picture in (original, frame)]
        assert np.abs(shrunk[0] - shrunk[1]).mean() < 6


def test_few_colours_are_kept_exactly(path):
    frames = [Image.fromarray(noise(seed, 8, 8, 3) // 128 * 255) for seed in range(3)]
    dataset = AnimationDataset(filepath=path("x.gif"))
    dataset.save(frames)
    assert facts(dataset.load()) == facts(frames)


def test_animations_loop_and_rest_on_the_last_frame(path):
    AnimationDataset(filepath=path("x.gif"), milliseconds=120).save([Image.new("L", (4, 4), gray) for gray in range(3)])
    with Image.open(path("x.gif")) as animation:
        durations = []
        for index in range(animation.n_frames):
            animation.seek(index)
            durations.append(animation.info["duration"])
        assert durations[:2] == [120, 120]
        assert durations[2] > 500
        assert animation.info["loop"] == 0


def test_one_frame_is_an_animation_too(path):
    dataset = AnimationDataset(filepath=path("x.gif"))
    dataset.save([Image.new("L", (4, 4), 7)])
    assert facts(dataset.load()) == facts([Image.new("L", (4, 4), 7)])


@pytest.mark.parametrize("frames", [[], [Image.new("L", (4, 4)), Image.new("L", (5, 4))]])
def test_animations_need_frames_of_one_size(frames, path):
    with pytest.raises(DatasetError, match="one size"):
        AnimationDataset(filepath=path("x.gif")).save(frames)


@pytest.mark.parametrize("milliseconds", [0, 10, 125, 9_000, 100.0 + 1e-9, "100"])
def test_times_that_a_gif_cannot_hold_are_refused(milliseconds, path):
    with pytest.raises(UserError, match="multiple of 10"):
        AnimationDataset(filepath=path("x.gif"), milliseconds=milliseconds)


def test_reports_keep_order_and_exact_numbers(path):
    report = {"z": [0.1, 1e-300, 2**60, -0.0], "a": {"ü": None, "b": True}, "empty": {}}
    dataset = JSONReportDataset(filepath=path("x.json"))
    dataset.save(report)
    loaded = dataset.load()
    assert loaded == report
    assert list(loaded) == ["z", "a", "empty"]
    assert '\n  "a": {\n    "ü": null' in open_bytes(path("x.json")).decode("utf8")


@pytest.mark.parametrize(
    ("report", "where"),
    [
        ({"scores": {"distance": [1.0, float("nan")]}}, r"scores\.distance\[1\] is nan"),
        ({"a": float("-inf")}, "a is -inf"),
        ({"a": {"b": np.float32(1)}}, r"a\.b is of type float32"),
        ({"a": {1: 2}}, "a has the key 1"),
    ],
)
def test_what_json_cannot_hold_is_named(report, where, path):
    with pytest.raises(DatasetError, match=where):
        JSONReportDataset(filepath=path("x.json")).save(report)


def test_tables_keep_every_bit_of_every_float(path):
    bits = np.random.Generator(np.random.Philox(1)).integers(0, 2**64, 20_000, np.uint64)
    table = pd.DataFrame(
        {
            "any": np.concatenate([bits.view(np.float64), [np.inf, -np.inf, -0.0, 5e-324, np.nan]]),
            "whole": np.arange(20_005, dtype=np.float64),
            "short": np.arange(20_005, dtype=np.float32) / 3,
            "count": np.arange(20_005),
        }
    )
    dataset = TableDataset(filepath=path("x.csv"))
    dataset.save(table)
    loaded = dataset.load()
    for name in ("any", "whole", "short"):
        expected, found = table[name].to_numpy(np.float64), loaded[name].to_numpy()
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(np.signbit(found)[~np.isnan(found)], np.signbit(expected)[~np.isnan(expected)])
    assert loaded["count"].dtype == np.int64


def test_texts_that_look_like_missing_values_stay_texts(path):
    dataset = TableDataset(filepath=path("x.csv"))
    dataset.save(pd.DataFrame({"text": ["NA", "nan", "None", 'a,"b"\nc', "é"]}))
    assert list(dataset.load()["text"]) == ["NA", "nan", "None", 'a,"b"\nc', "é"]


@pytest.mark.parametrize(
    ("kind", "content"), [(JSONReportDataset, {"a": "x" * 50}), (TableDataset, pd.DataFrame({"a": range(50)}))]
)
def test_reports_too_large_are_not_read(kind, content, path, monkeypatch):
    dataset = kind(filepath=path(f"x{kind.SUFFIX}"))
    dataset.save(content)
    monkeypatch.setattr(reports, "MAXIMUM_BYTES", 40)
    with pytest.raises(DatasetError, match="at most 40 are read"):
        dataset.load()


def test_a_report_is_plain_json(path):
    JSONReportDataset(filepath=path("x.json")).save({"a": (1, 2)})
    assert json.loads(open_bytes(path("x.json"))) == {"a": [1, 2]}


def open_bytes(path: str) -> bytes:
    with open(path, "rb") as stream:  # noqa: PTH123  catalogs hold paths as text
        return stream.read()


def test_a_column_of_text_stays_text_whatever_it_looks_like(path):
    table = pd.DataFrame({"headline": ["007", "1e5", "NA"], "step": [1, 2, 3]})
    dataset = TableDataset(filepath=path("x.csv"), text_columns=["headline"])
    dataset.save(table)
    loaded = dataset.load()
    assert loaded["headline"].tolist() == ["007", "1e5", "NA"]
    assert loaded["step"].tolist() == [1, 2, 3]
    assert dataset.preview()["data"][0][0] == "007"


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_files_hold_of_their_place_what_incremental_runs_are_told(case, tmp_path):
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two" / "below"):
        case.dataset(folder).save(case.old)
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]
    assert case.kind.PLACE == "name"
