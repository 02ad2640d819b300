"""The command `kedro gan translate`: a user's pictures through generators that tests understand."""

import os
import re

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from kedro.framework.startup import bootstrap_project
from kedro.io import Version
from keras import layers
from PIL import Image

from gan_pipelines import picture_file, translation
from gan_pipelines.cli import cli
from gan_pipelines.datasets.keras_model import KerasModelDataset
from gan_pipelines.errors import UserError
from gan_pipelines.networks.translation import any_size, build_paired
from gan_pipelines.networks.translation_parameters import (
    PatchesParameters,
    ResidualUpsamplerParameters,
    UpscalingNetworksParameters,
)
from gan_pipelines.training import inference
from tests.project import copy_project

MULTIPLE = 4
OLDER, NEWER = "2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"


def inverting(channels, size=None):
    """Gives negatives; refuses sides that are not multiples of 4, as networks do that halve and double them."""
    source = layers.Input((size, size, channels))
    blocks = layers.UpSampling2D(MULTIPLE)(layers.MaxPooling2D(MULTIPLE)(source))
    return keras.Model(source, layers.Add()([layers.Rescaling(-1.0)(source), layers.Rescaling(0.0)(blocks)]))


def enlarging(channels):
    source = layers.Input((None, None, channels))
    return keras.Model(source, layers.UpSampling2D(4)(source))


def averaging():
    """Gives every block of 4x4 pixels its mean, to which the padding contributes."""
    source = layers.Input((None, None, 1))
    return keras.Model(source, layers.UpSampling2D(MULTIPLE)(layers.AveragePooling2D(MULTIPLE)(source)))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project in which generators lie as if they had been trained."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    data, smoke = folder / "data", folder / "data/smoke"
    save(data, "cyclegan", enlarging(3), OLDER)
    save(data, "cyclegan", inverting(3), NEWER, b_to_a=averaging())
    save(data, "srgan", enlarging(3), NEWER)
    save(data, "pix2pix", inverting(1), NEWER)
    save(smoke, "pix2pix", inverting(3, size=16), NEWER)
    save_network(smoke, "discogan/generator.keras", inverting(3), NEWER)  # its run ended before the model card
    return folder


def save(artifacts, model, generator, version, b_to_a=None):
    save_network(artifacts, f"{model}/generator.keras", generator, version)
    if b_to_a is not None:
        save_network(artifacts, f"{model}/generator_b_to_a.keras", b_to_a, version)


def save_network(artifacts, name, network, version):
    path = str(artifacts / "06_models" / name)
    KerasModelDataset(filepath=path, version=Version(None, version)).save(network)


@pytest.fixture
def translate(project, monkeypatch):
    monkeypatch.chdir(project)
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    bootstrap_project(project)
    return lambda *arguments: CliRunner().invoke(cli, ["gan", "translate", *map(str, arguments)])


def draw(path, height, width, channels=3):
    """Writes a picture of noise and returns its pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (height, width) if channels == 1 else (height, width, channels)
    pixels = np.random.default_rng(height * width).integers(256, size=shape, dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


def read(path):
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (9, 30), (33, 12)])
def test_the_newest_generator_translates_a_picture_of_any_size(translate, tmp_path, height, width):
    pixels = draw(tmp_path / "photo.bmp", height, width)
    result = translate("cyclegan", tmp_path / "photo.bmp", "--output", tmp_path / "new" / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"Translated 1 of 1 pictures to {tmp_path / 'new' / 'out'}.\n"
    np.testing.assert_array_equal(read(tmp_path / "new/out/photo.png"), 255 - pixels)
    assert [path.name for path in (tmp_path / "new/out").iterdir()] == ["photo.png"], "no temporary file is left"


def test_colours_follow_the_generator(translate, tmp_path):
    gray, colour = draw(tmp_path / "in/gray.png", 9, 11, channels=1), draw(tmp_path / "in/colour.png", 12, 8)
    assert translate("pix2pix", tmp_path / "in", "--output", tmp_path / "out").exit_code == 0
    np.testing.assert_array_equal(read(tmp_path / "out/gray.png"), 255 - gray)
    expected = 255 - np.asarray(Image.fromarray(colour).convert("L"))
    np.testing.assert_array_equal(read(tmp_path / "out/colour.png"), expected)
    assert translate("srgan", tmp_path / "in/gray.png", "--output", tmp_path / "out").exit_code == 0
    assert read(tmp_path / "out/gray.png").shape == (36, 44, 3)


def test_an_enlarged_picture_keeps_its_proportions(translate, tmp_path):
    pixels = draw(tmp_path / "photo.png", 9, 13)
    result = translate("srgan", tmp_path / "photo.png", "--output", tmp_path / "out")
    assert result.exit_code == 0, result.output
    np.testing.assert_array_equal(read(tmp_path / "out/photo.png"), pixels.repeat(4, axis=0).repeat(4, axis=1))


def test_padding_is_cut_at_the_enlarged_size(tmp_path):
    pixels = draw(tmp_path / "photo.png", 9, 13)
    targets = translation.translations_of(tmp_path / "photo.png", tmp_path / "out")
    source = layers.Input((None, None, 3))
    blocks = layers.UpSampling2D(32)(layers.MaxPooling2D(8)(source))
    generator = keras.Model(source, layers.Add()([layers.UpSampling2D(4)(source), layers.Rescaling(0.0)(blocks)]))
    assert translation.translate_pictures(generator, targets) == []
    np.testing.assert_array_equal(read(tmp_path / "out/photo.png"), pixels.repeat(4, axis=0).repeat(4, axis=1))


def test_the_other_direction_pads_by_reflection(translate, tmp_path):
    picture = np.full((9, 9), 60, np.uint8)
    picture[:, 4:] = 200  # columns of the last blocks; a black margin would darken them
    Image.fromarray(picture).save(tmp_path / "edge.png")
    result = translate("cyclegan", tmp_path / "edge.png", "--direction=b_to_a", "--output", tmp_path / "out")
    assert result.exit_code == 0, result.output
    np.testing.assert_array_equal(read(tmp_path / "out/edge.png"), picture)


def test_a_folder_is_translated_with_its_subfolders_and_a_broken_file_is_named(translate, tmp_path):
    names = ["a.png", "sub/b.jpeg", "sub/deeper/c.webp"]
    for number, name in enumerate(names):
        draw(tmp_path / "in" / name, 8 + number, 8)
    (tmp_path / "in/sub/broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (tmp_path / "in/note.txt").write_text("no picture")
    result = translate("cyclegan", tmp_path / "in", "--output", tmp_path / "out")
    assert result.exit_code == 1
    assert "Translated 3 of 4 pictures" in result.stdout
    assert re.search(r"^Skipped sub/broken\.png: content is none of JPEG", result.stderr, re.MULTILINE)
    files = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {"a.png", "sub/b.png", "sub/deeper/c.png"}


def test_a_generator_of_one_size_takes_pictures_of_that_size_only(translate, tmp_path):
    pixels = draw(tmp_path / "in/fits.png", 16, 16)
    draw(tmp_path / "in/large.png", 20, 24)
    result = translate("pix2pix", tmp_path / "in", "--output", tmp_path / "out", "--env=smoke")
    assert result.exit_code == 1
    assert "Skipped large.png: 24x20 pixels; the generator takes 16x16 only\n" in result.stderr
    np.testing.assert_array_equal(read(tmp_path / "out/fits.png"), 255 - pixels)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["dcgan", "{photo}"],
            r"`dcgan` does not translate.*; those that do: pix2pix, cyclegan, discogan, srgan",
        ),
        (["cycelgan", "{photo}"], "`cycelgan` does not translate pictures; those that do: pix2pix, cyclegan"),
        (["srgan", "{photo}", "--direction=b_to_a"], "`srgan` has one generator.*both directions: cyclegan, discogan"),
        (["discogan", "{photo}"], r"no discogan\.generator yet.*run --pipeline=discogan\n"),
        (["srgan", "{photo}", "--env=smoke"], r"no srgan\.generator.*kedro run --pipeline=srgan --env=smoke\n"),
        (["srgan", "{photo}", "--env=smok"], "no environment `smok`.*allowed: base, local, multi_worker, smoke"),
        (["cyclegan", "{missing}"], "Found nothing at .*missing; give a picture"),
        (["cyclegan", "{empty}"], r"PICTURES: no image files in .*empty or below it\. It is empty"),
    ],
)
def test_what_cannot_be_translated_is_told(translate, tmp_path, arguments, expected):
    draw(tmp_path / "photo.png", 8, 8)
    (tmp_path / "empty").mkdir()
    places = {name: tmp_path / name for name in ("missing", "empty")} | {"photo": tmp_path / "photo.png"}
    result = translate(*(argument.format(**places) for argument in arguments), "--output", tmp_path / "out")
    assert result.exit_code == 1
    assert re.search(f"^Error: .*{expected}", result.stderr, re.MULTILINE), result.stderr
    assert not (tmp_path / "out").exists()


def test_a_generator_is_used_before_its_run_has_ended(translate, tmp_path):
    pixels = draw(tmp_path / "photo.png", 8, 8)
    assert translate("discogan", tmp_path / "photo.png", "--output", tmp_path / "out", "--env=smoke").exit_code == 0
    np.testing.assert_array_equal(read(tmp_path / "out/photo.png"), 255 - pixels)


def test_a_large_picture_is_enlarged_in_parts_as_if_it_were_whole(tmp_path, monkeypatch):
    parameters = ResidualUpsamplerParameters(width=4, blocks=2, normalization="none", passes_source=True)
    networks = UpscalingNetworksParameters(
        generator=parameters, discriminator=PatchesParameters(name="patches", width=1)
    )
    generator = any_size(build_paired(networks, (8, 8, 3), (32, 32, 3), seed=0)[0], parameters)
    random = np.random.default_rng(0)
    generator.set_weights([random.normal(0, 0.1, weight.shape) for weight in generator.get_weights()])
    draw(tmp_path / "photo.png", 83, 60)
    for name, side in (("whole", 256), ("parts", 32)):
        monkeypatch.setattr(translation, "_TILE", side)
        targets = translation.translations_of(tmp_path / "photo.png", tmp_path / name)
        assert translation.translate_pictures(generator, targets) == []
    whole, parts = (read(tmp_path / name / "photo.png").astype(int) for name in ("whole", "parts"))
    assert whole.shape == parts.shape == (332, 240, 3)
    assert whole.std() > 20
    assert np.abs(whole - parts).max() <= 1  # rounding, of sums in another order


def test_no_picture_is_replaced(tmp_path):
    draw(tmp_path / "photo.png", 8, 8)
    with pytest.raises(UserError, match=r"would replace the picture .*photo\.png"):
        translation.translations_of(tmp_path / "photo.png", tmp_path)
    (tmp_path / "out").mkdir()
    os.link(tmp_path / "photo.png", tmp_path / "out/photo.png")
    with pytest.raises(UserError, match="would replace"):
        translation.translations_of(tmp_path / "photo.png", tmp_path / "out")


def test_two_translations_never_have_one_name(tmp_path):
    for name in ("photo.bmp", "photo.png"):
        draw(tmp_path / name, 8, 8)
    with pytest.raises(UserError, match=r"photo\.bmp and photo\.png would both be"):
        translation.translations_of(tmp_path, tmp_path / "out")


def test_translations_inside_the_folder_are_not_translated_again(tmp_path):
    draw(tmp_path / "photo.png", 8, 8)
    first = translation.translations_of(tmp_path, tmp_path / "out")
    translation.translate_pictures(inverting(3), first)
    assert translation.translations_of(tmp_path, tmp_path / "out") == first


@pytest.mark.parametrize("output", [".", "sub/..", "..", "link"])
def test_no_translation_is_put_among_the_pictures(translate, tmp_path, output):
    pictures = tmp_path / "pictures"
    draw(pictures / "photo.bmp", 8, 8)
    draw(pictures / "sub/photo.bmp", 8, 8)
    (pictures / "link").symlink_to(pictures)
    result = translate("cyclegan", pictures, "--output", pictures / output)
    assert result.exit_code == 1
    assert f"would be among the pictures of {pictures}" in result.stderr
    assert list(pictures.rglob("*.png")) == []


@pytest.mark.parametrize("output", ["photo.bmp", "photo.bmp/out"])
def test_an_output_that_is_a_file_is_told_before_the_generator_is_loaded(translate, tmp_path, output, monkeypatch):
    draw(tmp_path / "photo.bmp", 8, 8)
    monkeypatch.setattr(KerasModelDataset, "load", None)
    result = translate("cyclegan", tmp_path / "photo.bmp", "--output", tmp_path / output)
    assert result.exit_code == 1
    assert f"{tmp_path / 'photo.bmp'} is not a folder. Change --output to a folder" in result.stderr


def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        translation.translations_of(tmp_path / "pipe.png", tmp_path / "out")


def test_a_full_or_closed_output_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    draw(tmp_path / "photo.png", 8, 8)
    targets = translation.translations_of(tmp_path / "photo.png", tmp_path / "out")

    def fail(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(picture_file, "flush_to_disk", fail)
    with pytest.raises(UserError, match=r"photo\.png cannot be written: No space left on device"):
        translation.translate_pictures(inverting(3), targets)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("held", "expected"),
    [(2**24, [(2, 16), (2, 16), (1, 16), (2, 20)]), (400, [(2, 16), (2, 16), (1, 20), (1, 20), (1, 16)])],
)
def test_pictures_of_one_size_share_batches_of_bounded_size(tmp_path, monkeypatch, held, expected):
    for number, size in enumerate((16, 18, 16, 16, 20, 16, 16)):
        draw(tmp_path / f"{number}.png", size, size)
    monkeypatch.setattr(translation, "_PIXELS_PER_BATCH", 2 * 16 * 16)
    monkeypatch.setattr(translation, "_PIXELS_HELD", held)
    batches, infer = [], inference.infer

    def recorded(network, inputs, batch_size):
        batches.append(inputs.shape[:2])
        return infer(network, inputs, batch_size)

    monkeypatch.setattr(inference, "infer", recorded)
    targets = translation.translations_of(tmp_path, tmp_path / "out")
    assert translation.translate_pictures(inverting(3), targets) == []
    assert sorted(batches) == sorted(expected)
