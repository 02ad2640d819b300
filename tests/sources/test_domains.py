import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources import DomainImagesParameters, ImageSet, PairedImagesParameters, read_images, split_images
from gan_pipelines.sources.domains import drawn_scene
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.seeded_choice import seeded_subset
from tests.sources.pictures import array, noise, reasons, save, save_noise

SIDE = 16
SQUARE, JOINED = (SIDE, SIDE), (2 * SIDE, SIDE)


def read(root: Path, **others: object) -> tuple[ImageSet, dict]:
    return read_images(DomainImagesParameters.model_validate({"path": str(root), "size": SIDE, **others}))


def bytes_of(pixels: object) -> list[bytes]:
    return [picture.tobytes() for picture in np.asarray(pixels)]


def test_default_domains_are_ripe_and_green_fruit() -> None:
    images, report = read_images(DomainImagesParameters(limit=9, seed=2))
    assert images.pixels.shape == images.partners.shape == (8, 64, 64, 3)
    assert images.labels.tolist() == [0] * 4 + [1] * 4
    assert images.class_names == ("ripe", "green")
    middle = slice(24, 40)
    red, green, _ = np.moveaxis(images.pixels[:, middle, middle].mean(axis=(1, 2)), -1, 0)
    assert (red[:4] > 1.2 * green[:4]).all()
    assert (green[4:] > 0.9 * red[4:]).all()
    assert report["pairs"] == {"count": 8, "size": 64, "channels": 3}
    assert (report["available"], report["classes"]) == (800, {"ripe": 4, "green": 4})
    assert json.loads(json.dumps(report)) == report


def test_the_partner_of_drawn_fruit_is_its_scene_in_the_other_domain() -> None:
    images, _ = read_images(DomainImagesParameters(limit=8))
    pixels, partners = images.pixels.astype(float), images.partners.astype(float)
    rim = np.ones((64, 64), dtype=bool)
    rim[4:-4, 4:-4] = False
    assert np.abs(pixels - partners)[:, rim].max() <= 2  # the backdrop, but for light from the fruit
    assert (np.abs(pixels - partners)[:, 24:40, 24:40].mean(axis=(1, 2, 3)) > 20).all()
    red, green, _ = np.moveaxis(partners[:, 24:40, 24:40].mean(axis=(1, 2)), -1, 0)
    assert (green[:4] > 0.9 * red[:4]).all()
    assert (red[4:] > 1.2 * green[4:]).all()


def test_no_scene_is_in_both_domains() -> None:
    images, _ = read_images(DomainImagesParameters(limit=40, size=16))
    ripe, as_ripe = images.pixels[:20].astype(float), images.partners[20:].astype(float)
    distances = np.abs(ripe[:, None] - as_ripe).mean(axis=(2, 3, 4))
    assert distances.min() > 3


def test_a_limit_takes_a_seeded_subset_of_each_collection() -> None:
    images, _ = read_images(DomainImagesParameters(limit=6, size=16, seed=1))
    positions = seeded_subset(400, 3, 1).tolist()
    scenes = [drawn_scene(domain, position) for domain in ("ripe", "green") for position in positions]
    np.testing.assert_array_equal(images.pixels, [draw_picture(scene, 16) for scene in scenes])
    mirrored = [replace(scene, fruit=replace(scene.fruit, ripeness=1 - scene.fruit.ripeness)) for scene in scenes]
    np.testing.assert_array_equal(images.partners, [draw_picture(scene, 16) for scene in mirrored])


def test_parts_and_domains_are_read_from_the_names_of_folders(tmp_path: Path) -> None:
    names = ["testA/1.png", "testB/1.png", "trainA/1.png", "trainA/2.png", "trainA/deep/3.png", "trainB/1.png"]
    images, report = read(save_noise(tmp_path, names, SQUARE))
    order = ["testA/1.png", "trainA/1.png", "trainA/2.png", "trainA/deep/3.png", "testB/1.png", "trainB/1.png"]
    np.testing.assert_array_equal(images.pixels, [array(tmp_path / name) for name in order])
    assert images.labels.tolist() == [0, 0, 0, 0, 1, 1]
    assert images.is_heldout.tolist() == [True, False, False, False, True, False]
    assert images.class_names == ("A", "B")
    assert images.partners is None
    assert "pairs" not in report
    assert (report["classes"], report["heldout_by_source"]) == ({"A": 4, "B": 2}, 2)
    assert report["notes"] == ["Of images that are not square, the central square is used."]


@pytest.mark.parametrize(
    ("names", "heldout"),
    [
        (["test/A/1.png", "train/A/1.png", "test/B/1.png", "train/B/x/1.png"], [True, False, True, False]),
        (["A/Test/1.png", "A/Train/1.png", "B/Test/1.png", "B/Train/x/1.png"], [True, False, True, False]),
        (["A/train/1.png", "A/val/1.png", "B/train/1.png", "B/val/1.png"], [False, True, False, True]),
    ],
)
def test_parts_may_be_folders_of_their_own(tmp_path: Path, names: list[str], heldout: list[bool]) -> None:
    images, _ = read(save_noise(tmp_path, names, SQUARE))
    np.testing.assert_array_equal(images.pixels, [array(tmp_path / name) for name in names])
    assert images.class_names == ("A", "B")
    assert images.labels.tolist() == [0, 0, 1, 1]
    assert images.is_heldout.tolist() == heldout


@pytest.mark.parametrize(
    ("names", "class_names"),
    [
        (["zebras/1.png", "horses/1.png"], ("horses", "zebras")),
        (["trainA/1.png", "trainB/1.png"], ("A", "B")),
        (["trains/1.png", "planes/1.png"], ("planes", "trains")),
        (["train_summer/1.png", "train_winter/1.png"], ("summer", "winter")),
    ],
)
def test_without_test_folders_the_source_has_no_split(tmp_path: Path, names: list[str], class_names: tuple) -> None:
    images, _ = read(save_noise(tmp_path, names, SQUARE))
    assert images.class_names == class_names
    assert images.labels.tolist() == [0, 1]
    assert images.is_heldout is None


def test_the_seed_splits_each_domain(tmp_path: Path) -> None:
    names = [f"a/{number}.png" for number in range(20)] + [f"b/{number}.png" for number in range(10)]
    train, heldout, report = split_images(read(save_noise(tmp_path, names, SQUARE))[0], 0.2, 0)
    assert np.bincount(heldout.labels).tolist() == [4, 2]
    assert np.bincount(train.labels).tolist() == [16, 8]
    assert report["is_stratified"]


@pytest.mark.parametrize(("limit", "shares"), [(4, (2, 2)), (6, (4, 2)), (60, (9, 2))])
def test_a_limit_is_shared_by_the_domains(tmp_path: Path, limit: int, shares: tuple[int, int]) -> None:
    counts = {"a": 9, "b": 2}
    names = [f"{folder}/{number}.png" for folder, count in counts.items() for number in range(count)]
    images, report = read(save_noise(tmp_path, names, SQUARE), limit=limit, seed=3)
    chosen = [
        f"{folder}/{number}.png"
        for (folder, count), share in zip(counts.items(), shares, strict=True)
        for number in seeded_subset(count, share, 3)
    ]
    np.testing.assert_array_equal(images.pixels, [array(tmp_path / name) for name in chosen])
    assert (report["images"], report["available"]) == (sum(shares), 11)
    assert ("images.limit is 60, but the source has only 11 images." in report["notes"]) == (limit == 60)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a/1.png"], "folders for 1 domains: a"),
        (["a/1.png", "b/1.png", "c/1.png"], "folders for 3 domains: a, b, c"),
        (["trainA/1.png", "testA/1.png"], "folders for 1 domains: A"),
        (["trainA/1.png", "trainB/1.png", "other/1.png"], "folders for 3 domains"),
        (["1.png", "a/1.png", "b/1.png"], r"image files in itself, such as 1\.png"),
        (
            ["trainA/1.png", "trainB/1.png", "testA/1.png", "testA/2.png"],
            "the domain B in .* has no image files for test, but the domain A has 2",
        ),
        (["trainA/1.png", "testB/1.png"], "the domain A in .* has no image files for test, but the domain B has 1"),
        (["A/train/1.png", "A/test/1.png", "B/train/1.png"], "the domain B in .* has no image files for test"),
        (["train/A/1.png", "test/A/1.png"], "folders for 1 domains: A"),
        (["A/train/1.png", "A/2.png", "B/train/1.png"], "image files in: A, A/train, B/train; some are in train"),
        (["train/A/1.png", "photos/A/1.png"], "image files in: photos/A, train/A; some are in train"),
    ],
)
def test_other_layouts_are_refused(tmp_path: Path, names: list[str], message: str) -> None:
    save_noise(tmp_path, names, SQUARE)
    with pytest.raises(UserError, match=rf"images\.path: .*{message}.*(Add|Move)"):
        read(tmp_path)


@pytest.mark.parametrize("names", [["train/1.png", "test/2.png"], ["train/A/1.png", "train/2.png"], ["val/1.png"]])
def test_parts_are_no_domains(tmp_path: Path, names: list[str]) -> None:
    save_noise(tmp_path, names, JOINED)
    with pytest.raises(
        UserError, match=r"images\.path: .* image files directly in .*train/A, train/B, .*images\.source=pairs"
    ):
        read(tmp_path)


def test_an_empty_domain_is_named(tmp_path: Path) -> None:
    save_noise(tmp_path, ["a/1.png"], SQUARE)
    (tmp_path / "b").mkdir()
    with pytest.raises(UserError, match=r"the folder b in .* has no image files.* Add JPEG"):
        read(tmp_path)


def test_a_domain_of_unusable_files_is_named(tmp_path: Path) -> None:
    save_noise(tmp_path, ["a/1.png"], SQUARE)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/1.png").touch()
    with pytest.raises(
        UserError, match=r"images\.path: no image of the domain b in .* 1 of 1 files were read .* b/1\.png: empty file"
    ):
        read(tmp_path)


def test_a_side_of_a_domain_without_usable_files_is_named(tmp_path: Path) -> None:
    save_noise(tmp_path, ["testA/1.png", "testA/2.png", *(f"train{domain}/1.png" for domain in "AB")], SQUARE)
    (tmp_path / "testB").mkdir()
    (tmp_path / "testB/1.png").touch()
    with pytest.raises(UserError, match=r"no image of the domain B in test in .* 1 of 1 files .* Replace") as error:
        read(tmp_path, max_bad_fraction=0.5)
    assert "heldout_fraction" not in str(error.value)


def test_a_limit_that_leaves_out_a_side_is_named(tmp_path: Path) -> None:
    numbers = {"train": range(20), "test": range(1)}
    names = [f"{part}{domain}/{number}.png" for part in numbers for domain in "AB" for number in numbers[part]]
    save_noise(tmp_path, names, SQUARE)
    with pytest.raises(
        UserError,
        match=r"of the domain A in test in .*: images\.limit leaves out all 1 files there\. Raise images\.limit",
    ):
        read(tmp_path, limit=6)


def test_pictures_that_are_too_small_are_rejected_or_noted(tmp_path: Path) -> None:
    save_noise(tmp_path, ["a/1.png", "b/1.png"], SQUARE)
    save(tmp_path / "a/tiny.png", noise((7, 40), 0))
    with pytest.raises(UserError, match=r"1 of 3 image files .*a/tiny\.png: 7x40 pixels; each side needs at least 8"):
        read(tmp_path)
    images, report = read(tmp_path, max_bad_fraction=0.4, size=24)
    assert images.labels.tolist() == [0, 1]
    assert list(reasons(report["rejected"])) == ["a/tiny.png"]
    assert "2 images: smaller than images.size; enlarged (a/1.png, b/1.png)." in report["notes"]


def test_domains_may_be_stored_on_disk(tmp_path: Path) -> None:
    save_noise(tmp_path, ["a/1.png", "b/1.png"], SQUARE)
    stored, held = (read(tmp_path, storage=storage)[0] for storage in ("disk", "memory"))
    assert isinstance(stored.pixels, StoredPixels)
    np.testing.assert_array_equal(stored.pixels.mapped, held.pixels)


@pytest.mark.parametrize("parameters", [{}, {"limit": 11}, {"seed": 3}, {"heldout_fraction": 0.4}])
def test_domains_of_pairs_hold_out_the_pairs_that_a_paired_translator_is_scored_on(
    tmp_path: Path, parameters: dict[str, object]
) -> None:
    names = [f"{folder}/{number:02}.png" for folder, number in itertools.product("AB", range(20))]
    save_noise(tmp_path, names, SQUARE)
    for folder, name in itertools.product("AB", ("x", "y")):  # two equal pairs
        save(tmp_path / folder / f"{name}.png", noise(SQUARE, 100 + ord(folder)))
    common = {"path": str(tmp_path), "size": SIDE, "source": "pairs", **parameters}
    pairs, domains = (schema.model_validate(common) for schema in (PairedImagesParameters, DomainImagesParameters))
    train_pairs, heldout_pairs, _ = split_images(read_images(pairs)[0], pairs.heldout_fraction, pairs.seed)
    images, report = read_images(domains)
    train, heldout, _ = split_images(images, domains.heldout_fraction, domains.seed)
    in_a, in_b = heldout.labels == 0, heldout.labels == 1
    for domain, (own, other) in ((in_a, ("partners", "pixels")), (in_b, ("pixels", "partners"))):
        np.testing.assert_array_equal(heldout.pixels[domain], getattr(heldout_pairs, own))
        np.testing.assert_array_equal(heldout.partners[domain], getattr(heldout_pairs, other))
    assert len(train) == len(train_pairs)
    assert (images.class_names, report["heldout_by_source"]) == (("A", "B"), 2 * len(heldout_pairs))
    a_only, b_only = (set(bytes_of(train.pixels[train.labels == label])) for label in (0, 1))
    a_of = dict(zip(bytes_of(train_pairs.pixels), bytes_of(train_pairs.partners), strict=True))
    assert a_only.isdisjoint(a_of[b] for b in b_only)
    assert a_only | {a_of[b] for b in b_only} == set(a_of.values())
    assert abs(len(a_only) - len(b_only)) <= 1


def test_domains_of_pairs_keep_the_split_of_the_source(tmp_path: Path) -> None:
    save_noise(tmp_path, ["test/1.png", "train/1.png", "train/2.png", "train/3.png"], JOINED)
    images, _ = read(tmp_path, source="pairs")
    _, heldout, _ = split_images(images, 0.9, 0)
    both = array(tmp_path / "test/1.png")
    np.testing.assert_array_equal(heldout.pixels, [both[:, :SIDE], both[:, SIDE:]])
    assert heldout.labels.tolist() == [0, 1]


def test_the_seed_decides_which_pairs_give_which_picture(tmp_path: Path) -> None:
    save_noise(tmp_path, ["test/0.png", *(f"train/{number:02}.png" for number in range(20))], JOINED)
    of_a = []
    for seed in (0, 0, 1):
        images, _ = read(tmp_path, source="pairs", seed=seed)
        of_a.append(bytes_of(images.pixels[(images.labels == 0) & ~images.is_heldout]))
    assert of_a[0] == of_a[1] != of_a[2]
    assert len(set(of_a[0]) & set(of_a[2])) > 0


def test_domains_of_default_pairs_are_label_maps_and_pictures() -> None:
    images, report = read_images(DomainImagesParameters(source="pairs", limit=5, size=16))
    assert images.pixels.shape == images.partners.shape == (6, 16, 16, 3)
    assert report["classes"] == {"A": 3, "B": 3}


def test_a_gray_picture_of_a_pair_has_the_channels_of_the_other(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / f"A/{number}.png", noise(SQUARE, number, "L"))
        save(tmp_path / f"B/{number}.png", noise(SQUARE, number))
    images, _ = read(tmp_path, source="pairs", colour="rgb")
    a = images.pixels[images.labels == 0]
    assert a.shape[-1] == 3
    np.testing.assert_array_equal(a[..., 0], a[..., 2])


def test_single_photos_given_as_pairs_may_be_domains(tmp_path: Path) -> None:
    save_noise(tmp_path, ["1.png"], SQUARE)
    with pytest.raises(UserError, match=r"1\.png: 16x16 pixels.* set images\.source=domains\."):
        read(tmp_path, source="pairs")


def test_too_few_pairs_for_two_domains(tmp_path: Path) -> None:
    save_noise(tmp_path, ["1.png", "2.png"], JOINED)
    with pytest.raises(UserError, match="at least 2 pairs for training, but the split leaves 1"):
        read(tmp_path, source="pairs")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"source": "pairs", "storage": "disk"}, "`storage` is 'disk', but the pairs of the source 'pairs'"),
        ({"source": "digits"}, "Input should be 'domains' or 'pairs'"),
        ({"limit": 1}, "greater than or equal to 2"),
    ],
)
def test_combinations_without_sense_are_refused(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DomainImagesParameters.model_validate(parameters)
