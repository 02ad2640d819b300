import itertools
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.sources import ImageSet, ImagesParameters, PairedImagesParameters, read_images, split_images
from gan_pipelines.sources.fruit.label_map import CALYX_COLOUR, SKIN_COLOURS, draw_label_map
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.synthetic_fruit import draw_fruit, fruit_scene
from tests.sources.pictures import array, noise, reasons, save, save_noise

SIDE = 16
SQUARE, JOINED = (SIDE, SIDE), (2 * SIDE, SIDE)


def read(root: Path, **others: object) -> tuple[ImageSet, dict]:
    return read_images(PairedImagesParameters.model_validate({"path": str(root), "size": SIDE, **others}))


def test_default_pairs_are_label_maps_and_pictures_of_one_scene() -> None:
    images, report = read_images(PairedImagesParameters(limit=3, seed=5))
    assert images.pixels.shape == images.partners.shape == (3, 64, 64, 3)
    for picture, labels, position in zip(images.pixels, images.partners, seeded_subset(400, 3, 5), strict=True):
        np.testing.assert_array_equal(picture, draw_picture(fruit_scene(int(position)), 64))
        np.testing.assert_array_equal(labels, draw_label_map(fruit_scene(int(position)), 64))
    np.testing.assert_array_equal(draw_picture(fruit_scene(1), 32), draw_fruit(2, 32, 0)[1])
    assert report["pairs"] == {"count": 3, "size": 64, "channels": 3, "direction": "a_to_b"}
    assert (report["available"], report["heldout_by_source"]) == (400, None)
    assert json.loads(json.dumps(report)) == report


def test_directions_exchange_the_pictures() -> None:
    forth, _ = read_images(PairedImagesParameters(limit=2, size=16))
    back, report = read_images(PairedImagesParameters(limit=2, size=16, direction="b_to_a"))
    np.testing.assert_array_equal(forth.pixels, back.partners)
    np.testing.assert_array_equal(forth.partners, back.pixels)
    assert report["pairs"]["direction"] == "b_to_a"


def test_gray_is_for_both_pictures() -> None:
    images, _ = read_images(PairedImagesParameters(limit=2, size=16, colour="gray"))
    assert images.pixels.shape == images.partners.shape == (2, 16, 16, 1)


@pytest.mark.parametrize("position", range(6))
def test_label_maps_are_flat_and_show_what_the_picture_shows(position: int) -> None:
    scene = fruit_scene(position)
    labels, picture = draw_label_map(scene, 48), draw_picture(scene, 48).astype(float)
    colours = np.unique(labels.reshape(-1, 3), axis=0)
    is_body = np.any([(labels == colour).all(axis=-1) for colour in SKIN_COLOURS], axis=0)
    is_calyx = (labels == CALYX_COLOUR).all(axis=-1)
    assert len(colours) <= 6
    assert 0.15 < is_body.mean() < 0.6
    assert 5 < is_calyx.sum() < is_body.sum()
    # Red to yellow skin has little blue; the calyx is green; the backdrop is pale.
    assert (picture[is_body][:, 0] > picture[is_body][:, 2]).mean() > 0.97
    assert (picture[is_calyx][:, 1] > picture[is_calyx][:, 2]).mean() > 0.9
    is_behind = ~is_body & ~is_calyx
    assert np.ptp(picture[is_behind], axis=-1).mean() < 0.4 * np.ptp(picture[is_body], axis=-1).mean()
    behind = {tuple(colour) for colour in labels[is_behind].tolist()}
    assert behind == {tuple(np.rint(255 * np.sqrt(linear))) for linear in (scene.backdrop.wall, scene.backdrop.table)}
    assert np.abs(picture[is_behind] - labels[is_behind]).mean() < 40


@pytest.mark.parametrize(("ripeness", "stage"), [(0.1, 0), (0.5, 1), (0.9, 2)])
def test_skin_is_labelled_by_its_ripeness(ripeness: float, stage: int) -> None:
    scene = fruit_scene(3)
    labels = draw_label_map(replace(scene, fruit=replace(scene.fruit, ripeness=ripeness, shoulder=0.0)), 48)
    areas = [int((labels == colour).all(axis=-1).sum()) for colour in SKIN_COLOURS]
    assert areas[stage] == sum(areas) > 100


def test_skin_around_the_stem_may_be_less_ripe() -> None:
    scene = fruit_scene(3)
    labels = draw_label_map(replace(scene, fruit=replace(scene.fruit, ripeness=0.7, shoulder=0.5)), 48)
    assert all((labels == colour).all(axis=-1).any() for colour in SKIN_COLOURS[1:])


def joined_folder(root: Path) -> Path:
    return save_noise(root, ["test/1.png", "train/2.png", "train/3.png", "val/4.png", "val/5.png"], JOINED)


def test_pictures_side_by_side_are_divided_and_the_test_is_held_out(tmp_path: Path) -> None:
    images, report = read(joined_folder(tmp_path))
    both = np.stack([array(path) for path in sorted(tmp_path.rglob("*.png"), key=lambda path: path.parts[-2:])])
    np.testing.assert_array_equal(images.partners, both[:, :, :SIDE])
    np.testing.assert_array_equal(images.pixels, both[:, :, SIDE:])
    assert images.is_heldout is not None
    assert images.is_heldout.tolist() == [True, False, False, False, False]
    assert (report["available"], report["heldout_by_source"], report["pairs"]["count"]) == (5, 1, 5)


@pytest.mark.parametrize(
    ("removed", "heldout"),
    [
        (("test",), [False, False, True, True]),
        (("val", "test"), None),
        (("train", "val"), None),
        (("train",), [True, False, False]),
    ],
)
def test_parts_that_are_missing(tmp_path: Path, removed: tuple[str, ...], heldout: list[bool] | None) -> None:
    joined_folder(tmp_path)
    for part in removed:
        shutil.rmtree(tmp_path / part)
    is_heldout = read(tmp_path)[0].is_heldout
    assert (None if is_heldout is None else is_heldout.tolist()) == heldout


def test_a_flat_folder_has_no_split(tmp_path: Path) -> None:
    images, _ = read(save_noise(tmp_path, ["b.png", "a.png", "a.bmp"], JOINED))
    np.testing.assert_array_equal(images.pixels[1], array(tmp_path / "a.png")[:, SIDE:])
    assert len(images) == 3
    assert images.is_heldout is None


@pytest.mark.parametrize(
    ("a", "b", "heldout"),
    [
        (["A/1.png", "A/2.png"], ["B/1.png", "B/2.bmp"], None),
        (["a/x/1.png", "a/x/2.png"], ["b/x/1.png", "b/x/2.png"], None),
        (["A/test/1.png", "A/train/1.png"], ["B/test/1.png", "B/train/1.png"], [True, False]),
        (["testA/1.png", "trainA/1.png"], ["testB/1.png", "trainB/1.png"], [True, False]),
        (["test/A/x/1.png", "train/A/1.png"], ["test/B/x/1.png", "train/B/1.bmp"], [True, False]),
    ],
    ids=["folders", "deeper", "parts below", "parts", "parts above"],
)
def test_files_of_equal_names_are_pairs(tmp_path: Path, a: list[str], b: list[str], heldout: list[bool] | None) -> None:
    save_noise(tmp_path, [*a, *b], SQUARE)
    images, _ = read(tmp_path)
    assert images.partners is not None
    np.testing.assert_array_equal(images.partners, [array(tmp_path / name) for name in a])
    np.testing.assert_array_equal(images.pixels, [array(tmp_path / name) for name in b])
    assert (None if images.is_heldout is None else images.is_heldout.tolist()) == heldout


def test_order_depends_on_names_alone(tmp_path: Path) -> None:
    names = [f"{folder}/{number}.png" for folder, number in itertools.product("AB", range(5))]
    save_noise(tmp_path / "first", names, SQUARE)
    for name in reversed(names):
        save(tmp_path / "second" / name, Image.open(tmp_path / "first" / name))
    first, second = (read(tmp_path / folder)[0] for folder in ("first", "second"))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    np.testing.assert_array_equal(first.partners, second.partners)


def test_limit_reads_a_seeded_subset_of_whole_pairs(tmp_path: Path) -> None:
    save_noise(tmp_path, [f"{folder}/{number}.png" for folder, number in itertools.product("AB", range(9))], SQUARE)
    images, report = read(tmp_path, limit=4, seed=3)
    for picture, partner, number in zip(images.pixels, images.partners, seeded_subset(9, 4, 3), strict=True):
        np.testing.assert_array_equal(picture, array(tmp_path / f"B/{number}.png"))
        np.testing.assert_array_equal(partner, array(tmp_path / f"A/{number}.png"))
    assert (report["images"], report["available"]) == (4, 9)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["A/1.png", "B/1.png", "C/1.png"], "A, B, C"),
        (["train/1.png", "A/1.png"], "A, train"),
        (["1.png", "train/1.png"], "the folder itself, train"),
        (["A/1.png", "B/1.png", "1.png"], "A, B, the folder itself"),
        (["trainA/1.png", "B/1.png"], "B, trainA"),
        (["photos/1.png"], "photos"),
        (["train/1.png", "train/A/1.png", "train/B/1.png"], "train"),
    ],
)
def test_other_layouts_are_refused_with_those_that_are_read(tmp_path: Path, names: list[str], found: str) -> None:
    save_noise(tmp_path, names, JOINED)
    with pytest.raises(
        UserError, match=rf"images\.path: .* image files in: {found}\. .*side by side.*trainA, trainB.*images\.pairs_by"
    ):
        read(tmp_path)


def test_single_photos_are_told_how_they_can_be_used(tmp_path: Path) -> None:
    save_noise(tmp_path, ["1.png", "2.png"], (20, 16))
    with pytest.raises(
        UserError, match=r"No image is left: .* images\.source=image_folder and images\.pairs_by to edges"
    ):
        read(tmp_path)
    save(tmp_path / "panorama.png", noise(JOINED, 0))
    with pytest.raises(UserError, match=r"images\.max_bad_fraction.* images\.pairs_by to edges, gray or hole\."):
        read(tmp_path)


def test_a_test_part_without_usable_files_is_named(tmp_path: Path) -> None:
    save_noise(tmp_path, ["train/1.png", "train/2.png"], JOINED)
    save(tmp_path / "test/1.png", noise(SQUARE, 1))
    with pytest.raises(
        UserError,
        match=r"images\.path: no image in test in .* 1 of 1 files were read and rejected\. test/1\.png: 16x16",
    ) as error:
        read(tmp_path, max_bad_fraction=0.5)
    assert "heldout_fraction" not in str(error.value)


@pytest.mark.parametrize(
    ("fraction", "notes"),
    [(0.2, []), (0.5, ["images.heldout_fraction, 0.5, is unused: the images in test are held out."])],
)
def test_a_fraction_that_is_unused_is_noted(tmp_path: Path, fraction: float, notes: list[str]) -> None:
    _, report = read(joined_folder(tmp_path), heldout_fraction=fraction)
    assert report["notes"] == notes


BAD_PAIRS = {
    "no B": ({"A/bad.png": SQUARE}, "A/bad.png", r"no file of this name shows B\. Add it"),
    "no A": ({"B/bad.png": SQUARE}, "B/bad.png", r"no file of this name shows A\. Add it"),
    "two of a name": (
        {"A/bad.png": SQUARE, "A/bad.bmp": SQUARE, "B/bad.png": SQUARE},
        "A/bad.bmp",
        r"2 files of this name show A: A/bad\.bmp, A/bad\.png\. Keep one",
    ),
    "unequal sizes": (
        {"A/bad.png": SQUARE, "B/bad.png": (20, 20)},
        "A/bad.png",
        r"A has 16x16 pixels, B 20x20\. Crop or resize one",
    ),
    "not square": (
        {"A/bad.png": (20, 16), "B/bad.png": (20, 16)},
        "A/bad.png",
        r"A and B have 20x16 pixels; pairs are square\. Crop both alike",
    ),
    "too small": ({"A/bad.png": (7, 7), "B/bad.png": (7, 7)}, "A/bad.png", r"7x7 pixels; each side needs at least 8"),
}


@pytest.mark.parametrize("case", BAD_PAIRS)
def test_files_that_make_no_pair_are_one_message_each(tmp_path: Path, case: str) -> None:
    sizes, name, message = BAD_PAIRS[case]
    save_noise(tmp_path, ["A/good.png", "B/good.png"], SQUARE)
    for number, (file, size) in enumerate(sizes.items()):
        save(tmp_path / file, noise(size, number))
    with pytest.raises(UserError, match=rf"1 of 2 pairs in .*{name}: {message}.*images\.max_bad_fraction"):
        read(tmp_path)
    images, report = read(tmp_path, max_bad_fraction=0.5)
    assert (len(images), len(images.partners)) == (1, 1)
    np.testing.assert_array_equal(images.pixels[0], array(tmp_path / "B/good.png"))
    assert list(reasons(report["rejected"])) == [name]


@pytest.mark.parametrize("size", [(31, 16), (33, 16), (30, 16), (16, 16), (16, 32), (34, 16)])
def test_pictures_that_do_not_show_two_squares_are_rejected(tmp_path: Path, size: tuple[int, int]) -> None:
    save(tmp_path / "1.png", noise(size, 0))
    with pytest.raises(UserError, match=rf"1\.png: {size[0]}x{size[1]} pixels; .*twice as wide as high\. Crop both"):
        read(tmp_path)


@pytest.mark.parametrize(("modes", "gray"), [(("L", "RGB"), "A"), (("RGB", "L"), "B")])
def test_gray_beside_colour_needs_a_decision(tmp_path: Path, modes: tuple[str, str], gray: str) -> None:
    for folder, mode in zip("AB", modes, strict=True):
        save(tmp_path / folder / "1.png", noise(SQUARE, 1, mode))
    with pytest.raises(UserError, match=rf"A/1\.png: {gray} is gray, . has colours\. Set images\.colour"):
        read(tmp_path)
    for colour, channels in (("rgb", 3), ("gray", 1)):
        images, _ = read(tmp_path, colour=colour)
        assert images.pixels.shape == images.partners.shape == (1, SIDE, SIDE, channels)


def test_two_gray_pictures_are_a_pair(tmp_path: Path) -> None:
    images, _ = read(save_noise(tmp_path, ["A/1.png", "B/1.png"], SQUARE, "L"))
    assert images.pixels.shape == (1, SIDE, SIDE, 3)


@pytest.mark.parametrize("mode", ["RGB", "P", "L"])
def test_label_maps_are_shrunk_without_rims_of_other_colours(tmp_path: Path, mode: str) -> None:
    labels = np.full((96, 96, 3), 60, np.uint8)
    labels[:, 40:] = 180
    picture = Image.fromarray(labels)
    save(tmp_path / "A/1.png", picture.quantize(4) if mode == "P" else picture.convert(mode))
    save(tmp_path / "B/1.png", noise((96, 96), 1, "L" if mode == "L" else "RGB"))
    images, _ = read(tmp_path)
    assert images.partners is not None
    values = np.unique(images.partners)
    assert (values.min(), values.max()) == (60, 180)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_photos_are_shrunk_by_the_filter_of_other_sources(tmp_path: Path, mode: str) -> None:
    for folder in "AB":
        save(tmp_path / folder / "1.png", noise((96, 96), 1, mode))
    single = ImagesParameters(source="image_folder", path=str(tmp_path / "A"), size=SIDE)
    np.testing.assert_array_equal(read(tmp_path)[0].pixels, read_images(single)[0].pixels)


def test_enlarged_pictures_are_noted_once(tmp_path: Path) -> None:
    _, report = read(save_noise(tmp_path, ["1.png"], JOINED), size=32)
    assert report["notes"] == ["1 images: smaller than images.size; enlarged (1.png)."]


def test_pairs_above_the_limit_of_memory_are_refused(tmp_path: Path) -> None:
    save_noise(tmp_path, ["1.png"], JOINED)
    both = 2 * SIDE * SIDE * 3 * 4 / 2**30
    with pytest.raises(UserError, match=r"images\.memory_limit: .*held in memory\. Reduce images\.limit"):
        read(tmp_path, memory_limit=0.9 * both)
    assert len(read(tmp_path, memory_limit=0.9 * both, storage="memory")[0]) == 1
    assert len(read(tmp_path, memory_limit=1.1 * both)[0]) == 1


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="found nothing at"):
        read(tmp_path / "absent")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"storage": "disk"}, "`storage` is 'disk', but the pairs"),
        ({"pairs_by": "edges"}, "`pairs_by` is 'edges', but the source 'pairs' has pairs"),
        ({"source": "digits"}, "'digits' has single images; set `pairs_by`"),
        (
            {"source": "digits", "pairs_by": "edges", "direction": "b_to_a"},
            "only the source 'pairs' has two directions",
        ),
        ({"source": "digits", "pairs_by": "gray"}, "nothing to translate"),
        ({"source": "digits", "pairs_by": "gray", "colour": "rgb"}, "nothing to translate"),
        ({"source": "digits", "pairs_by": "edges", "path": "x"}, "'mnist', 'fashion_mnist', 'image_folder' or 'pairs'"),
        ({"source": "image_folder", "path": "x", "colour": "gray", "pairs_by": "gray"}, "nothing to translate"),
        ({"source": "image_folder", "pairs_by": "edges"}, "'image_folder' needs `path`"),
        ({"source": "stacked", "pairs_by": "edges"}, "Input should be 'pairs'"),
        ({"source": "domains"}, "Input should be 'pairs'"),
    ],
)
def test_combinations_without_sense_are_refused(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        PairedImagesParameters.model_validate(parameters)


def pairs(targets: list[int], sources: list[int], heldout: list[bool] | None = None) -> ImageSet:
    pixels, partners = (
        np.array(values, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 1), dtype=np.uint8)
        for values in (targets, sources)
    )
    return ImageSet(pixels, partners=partners, is_heldout=None if heldout is None else np.array(heldout))


def values(images: ImageSet) -> list[tuple[int, int]]:
    assert images.partners is not None
    return list(zip(images.pixels[:, 0, 0, 0].tolist(), images.partners[:, 0, 0, 0].tolist(), strict=True))


def test_pairs_are_equal_only_if_both_pictures_are() -> None:
    heldout = [False, False, False, False, True]
    train, _, report = split_images(pairs([1, 1, 1, 2, 9], [101, 102, 101, 101, 109], heldout), 0.5, 0)
    assert values(train) == [(1, 101), (1, 102), (2, 101)]
    assert report["duplicates_removed"] == {"train": 1, "heldout": 0, "across": 0}


def test_no_picture_of_a_pair_is_on_both_sides() -> None:
    images = pairs([1, 2, 3, 4, 5, 1], [101, 102, 103, 104, 1, 102], [False, False, False, False, False, True])
    train, heldout, report = split_images(images, 0.5, 0)
    assert (values(train), values(heldout)) == ([(3, 103), (4, 104)], [(1, 102)])
    assert report["duplicates_removed"] == {"train": 0, "heldout": 0, "across": 3}


def test_a_seeded_split_lets_no_target_cross_either() -> None:
    images = pairs([number // 3 for number in range(60)], list(range(100, 160)))
    train, heldout, report = split_images(images, 0.1, 0)
    assert {target for target, _ in values(train)}.isdisjoint(target for target, _ in values(heldout))
    assert len(train) + len(heldout) + report["duplicates_removed"]["across"] == 60
    assert (len(heldout), report["duplicates_removed"]["train"]) == (6, 0)


def test_pairs_stay_together() -> None:
    images = pairs(list(range(20)), list(range(100, 120)))
    for side in split_images(images, 0.3, 4)[:2]:
        assert all(source == target + 100 for target, source in values(side))
