import hashlib
import os
import pickle
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from PIL import Image

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels, normalise
from gan_pipelines.scores import feature_networks
from gan_pipelines.scores.feature_extractor import build_feature_extractor
from gan_pipelines.scores.feature_networks import (
    FeatureNetwork,
    feature_network,
    feature_network_from_file,
    inception_network,
    resize,
    vgg19_network,
)
from gan_pipelines.scores.feature_parameters import INCEPTION_FILE, VGG19_FILE, FeatureParameters
from gan_pipelines.scores.metric_network import metric_network


def random_images(count, size=12, channels=3, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, size, size, channels)).astype(np.float32)


def small_network(shape=(8, 8, 3), features=5):
    keras.utils.set_random_seed(0)
    pixels = keras.Input(shape)
    hidden = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, activation="relu")(pixels))
    return keras.Model(pixels, keras.layers.Dense(features)(keras.layers.GlobalAveragePooling2D()(hidden)))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def two_outputs():
    network = small_network()
    return keras.Model(network.inputs, [network.outputs[0], network.outputs[0] * 2])


def array(network, pixels):
    return np.asarray(network(pixels, training=False))


class Canary:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


# Resizing


@pytest.mark.parametrize(("before", "after"), [(28, 75), (200, 96), (96, 299)])
def test_resizing_is_pillows_bicubic_with_antialiasing(before, after):
    pixels = random_images(1, before, 1)
    expected = np.asarray(Image.fromarray(pixels[0, :, :, 0]).resize((after, after), Image.Resampling.BICUBIC))
    # Measured: at most 2.7e-5, where 96 become 299.
    np.testing.assert_allclose(resize(pixels, (after, after))[0, :, :, 0], np.clip(expected, -1, 1), atol=5e-5)


def test_resizing_antialiases_clips_and_does_not_round_to_bytes():
    board = np.where(np.indices((192, 192)).sum(axis=0) % 2, 1, -1).astype(np.float32)[None, ..., None]
    assert resize(board, (64, 64))[:, 4:-4, 4:-4].std() < 0.01
    large = resize(random_images(2, 8), (33, 33))
    assert np.abs(large).max() == 1
    assert np.abs(large * 127.5 - np.rint(large * 127.5)).max() > 0.3
    assert large.dtype == np.float32


def test_images_of_the_right_size_stay_as_they_are():
    pixels = random_images(2)
    assert resize(pixels, (12, 12)) is pixels


# A .keras file


def test_images_on_the_disk_have_the_features_of_those_in_memory(monkeypatch):
    image_bytes = np.random.default_rng(0).integers(0, 256, (20, 12, 12, 3), np.uint8)
    extractor = FeatureNetwork(small_network(), "small", "")
    expected = extractor(normalise(image_bytes))
    monkeypatch.setattr(StoredPixels, "__array__", None)  # they are nowhere taken for one array
    assert np.array_equal(extractor(StoredPixels(image_bytes)), expected)


@pytest.fixture
def model_file(tmp_path):
    path = tmp_path / "features.keras"
    small_network().save(path)
    return path


def test_a_model_of_the_user_comes_back_and_names_its_file(model_file):
    extractor = feature_network(FeatureParameters(kind="file", path=str(model_file)))
    assert extractor.label == "file:features.keras"
    assert extractor.sha256 == sha256(model_file)
    assert extractor.dimensions == 5
    pixels = random_images(7, 8)
    np.testing.assert_allclose(extractor(pixels), array(small_network(), pixels), atol=1e-6)


def test_a_judge_takes_features_of_the_file_and_classes_of_the_metric_network(model_file):
    network, pixels = metric_network((12, 12, 3), 2, seed=0), random_images(4)
    alone = build_feature_extractor(network, FeatureParameters())
    both = build_feature_extractor(network, FeatureParameters(kind="file", path=str(model_file)))
    np.testing.assert_array_equal(both(pixels).probabilities, alone(pixels).probabilities)
    np.testing.assert_array_equal(both(pixels).features, both.feature_network(pixels))
    assert both.describe(both(pixels).features) == {
        "label": "file:features.keras",
        "layer": "output",
        "sha256": sha256(model_file),
        "dimensions": 5,
        "distance": "frechet_file_distance",
    }
    described = alone.describe(alone(pixels).features)
    assert (described["label"], described["dimensions"]) == ("metric_network", 64)
    assert described["distance"] == "frechet_classifier_distance"


def test_features_do_not_depend_on_the_batch_and_gray_becomes_three_channels(model_file):
    extractor = FeatureNetwork(feature_network_from_file(model_file, sha256(model_file)), "file", "")
    pixels = random_images(9)
    features = extractor(pixels)
    assert features.shape == (9, 5)
    assert features.dtype == np.float32
    for batch_size in (1, 4, 100):
        np.testing.assert_allclose(extractor(pixels, batch_size), features, atol=1e-5)
    gray = pixels[..., :1]
    np.testing.assert_array_equal(extractor(gray), extractor(np.repeat(gray, 3, axis=-1)))


def test_a_network_for_any_size_is_shown_the_images_as_they_are():
    network = small_network((None, None, 1))
    pixels = random_images(2, 11, 1)
    np.testing.assert_allclose(FeatureNetwork(network, "any", "")(pixels), array(network, pixels), atol=1e-6)


def test_colours_are_not_shown_to_a_gray_network():
    with pytest.raises(UserError, match="1 channel, and these have 3"):
        FeatureNetwork(small_network((8, 8, 1)), "gray", "")(random_images(1))


def test_there_are_no_features_without_images():
    with pytest.raises(ValueError, match="none"):
        FeatureNetwork(small_network(), "any", "")(random_images(0))


def replace_weights(path, change):
    """Writes an archive again after changing its weights file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = path.with_name("changed.h5")
    weights.write_bytes(members["model.weights.h5"])
    with h5py.File(weights, "a") as file:
        change(file)
    members["model.weights.h5"] = weights.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def undefine_one(file):
    kernel = file["layers/conv2d/vars/0"]
    kernel[0, 0, 0, 0] = np.nan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.__delitem__("layers"), "cannot be used"),
        (lambda file: file.__delitem__("layers/dense"), "cannot be used"),
        (undefine_one, "is missing or not finite"),
        (
            lambda file: file.__setitem__("more", h5py.ExternalLink("/etc/passwd", "/")),
            "'more' is a link, not a weight: ExternalLink",
        ),
        (
            lambda file: file.__setitem__("layers/more", h5py.SoftLink("/layers/dense")),
            "more' is a link, not a weight: SoftLink",
        ),
    ],
)
def test_no_weight_is_left_out_or_taken_from_elsewhere(change, message, model_file):
    replace_weights(model_file, change)
    with pytest.raises(UserError, match=message):
        feature_network_from_file(model_file)


def test_weights_that_keras_would_leave_as_they_are_are_missed(tmp_path, monkeypatch):
    """Keras only warns of nested groups that a file lacks; here it sets nothing at all."""
    path = tmp_path / "features.keras"
    small_network().save(path)
    monkeypatch.setattr(keras.Model, "load_weights", lambda *_: None)
    with pytest.raises(UserError, match="is missing or not finite"):
        feature_network_from_file(path)


def test_code_in_a_model_is_refused(tmp_path):
    path, canary = tmp_path / "features.keras", str(tmp_path / "canary")

    pixels = keras.Input((8, 8, 3))
    song = keras.layers.Lambda(lambda x: (__import__("pathlib").Path(canary).touch(), x[:, 0, 0])[1])
    keras.Model(pixels, song(pixels)).save(path)
    Path(canary).unlink()
    with pytest.raises(UserError, match=r"features\.keras cannot be used.*Lambda"):
        feature_network_from_file(path)
    assert not Path(canary).exists()
    keras.models.load_model(path, safe_mode=False)
    assert Path(canary).exists()  # so it would have sung


@pytest.mark.parametrize("name", ["features.keras", "notop.weights.h5", "notop.h5"])
def test_a_pickle_by_another_name_is_not_unpickled(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(pickle.dumps(Canary(tmp_path / "canary")))
    with pytest.raises(UserError, match="cannot be used"):
        (feature_network_from_file if name.endswith(".keras") else inception_network)(path)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: small_network((8, 8, 2)), "1 or 3"),
        (lambda: keras.Sequential([keras.Input((6,)), keras.layers.Dense(2)]), r"input shape \(None, 6\)"),
        (lambda: keras.Sequential([keras.Input((8, 8, 3)), keras.layers.ReLU()]), r"output shape \(None, 8, 8, 3\)"),
        (two_outputs, "one input and one output"),
    ],
)
def test_models_of_other_shapes_are_refused(build, message, tmp_path):
    path = tmp_path / "features.keras"
    build().save(path)
    with pytest.raises(UserError, match=message):
        feature_network_from_file(path)


def test_archives_hold_what_keras_stores_and_nothing_else(model_file):
    with zipfile.ZipFile(model_file, "a") as archive:
        archive.writestr("assets/../../canary", b"")
    with pytest.raises(UserError, match="instead of just"):
        feature_network_from_file(model_file)


def test_compressed_members_and_large_ones_are_not_read(model_file, monkeypatch):
    with zipfile.ZipFile(model_file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(model_file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED if name == "config.json" else zipfile.ZIP_STORED)
    with pytest.raises(UserError, match=r"config\.json declares.*uncompressed"):
        feature_network_from_file(model_file)
    small_network().save(model_file)
    monkeypatch.setitem(feature_networks._MEMBERS, "config.json", 10)
    with pytest.raises(UserError, match="at most 10 are read"):
        feature_network_from_file(model_file)


# Files that are refused before they are parsed


@pytest.mark.parametrize("read", [inception_network, feature_network_from_file])
def test_a_missing_file_ends_with_an_instruction(read, tmp_path):
    wanted = INCEPTION_FILE if read is inception_network else "saved with `model.save`"
    with pytest.raises(UserError, match=f"none.h5 cannot be read.*{wanted}"):
        read(tmp_path / "none.h5")


def test_a_pipe_does_not_wait_for_ever(tmp_path):
    path = tmp_path / "pipe.h5"
    os.mkfifo(path)
    with pytest.raises(UserError, match="not a regular file"):
        inception_network(path)


def test_the_hash_is_checked_before_the_file_is_parsed(model_file, monkeypatch):
    monkeypatch.setattr(h5py, "File", lambda *_: pytest.fail("parsed"))
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("parsed"))
    for read in (inception_network, feature_network_from_file):
        with pytest.raises(UserError, match=f"{sha256(model_file)}, but `sha256` requires {'0' * 64}"):
            read(model_file, "0" * 64)


def test_a_file_that_is_too_large_is_not_read(model_file, monkeypatch):
    monkeypatch.setattr(feature_networks, "MAXIMUM_BYTES", 1000)
    with pytest.raises(UserError, match="at most 1,000 are read"):
        feature_network_from_file(model_file)


# InceptionV3


def write_external(file):
    file.create_dataset("layer/kernel", (4,), "f4", external=[("/etc/passwd", 0, 16)])


def write_virtual(file):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "kernel", (4,))
    file.create_virtual_dataset("kernel", layout)


def write_cycle(file):
    file.create_group("layers")["loop"] = file["/"]
    file["layers/text"] = "no number"


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda file: file.__setitem__("layer", h5py.ExternalLink("other.h5", "/layer")), "a link, not a weight"),
        (lambda file: file.__setitem__("layer", h5py.SoftLink("/dangling")), "a link, not a weight"),
        (write_external, "in another file or dataset"),
        (write_virtual, "in another file or dataset"),
        (
            lambda file: file.create_dataset("bomb", (2**50,), "f4", chunks=(1024,)),
            "declare 4,503,599,627,370,496 bytes",
        ),
        (write_cycle, "weights are numbers"),
    ],
)
@pytest.mark.parametrize("name", ["notop.h5", "notop.weights.h5"])
def test_hostile_weights_are_refused_before_keras_reads_them(write, message, name, tmp_path, monkeypatch):
    monkeypatch.setattr(keras.applications, "InceptionV3", lambda **_: pytest.fail("built"))
    with h5py.File(tmp_path / name, "w") as file:
        write(file)
    with pytest.raises(UserError, match=message):
        inception_network(tmp_path / name)


@pytest.fixture(scope="module")
def inception(tmp_path_factory):
    """A network with random weights, its weights in Keras's present format and in that of the published file."""
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    folder = tmp_path_factory.mktemp("inception")
    network = keras.applications.InceptionV3(weights=None, include_top=False, pooling="avg", input_shape=(299, 299, 3))
    network.save_weights(folder / "present.weights.h5")
    with h5py.File(folder / "published.h5", "w") as file:
        save_weights_to_hdf5_group(file, network)
    return network, folder


@pytest.mark.first_case
@pytest.mark.slow
@pytest.mark.parametrize("name", ["present.weights.h5", "published.h5"])
def test_inception_takes_every_weight_from_the_file(name, inception):
    network, folder = inception
    extractor = feature_network(FeatureParameters(kind="inception_v3", path=str(folder / name)))
    assert extractor.label == "inception_v3_keras"
    assert extractor.sha256 == sha256(folder / name)
    assert extractor.dimensions == 2048
    for expected, found in zip(network.get_weights(), extractor.network.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    pixels = random_images(2, 28, 1)
    features = extractor(pixels, 1)
    enlarged = np.repeat(resize(pixels, (299, 299)), 3, axis=-1)
    np.testing.assert_allclose(features, array(network, enlarged), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_a_cut_file_and_the_weights_of_another_network_are_refused(inception, tmp_path):
    _, folder = inception
    cut = tmp_path / "cut.h5"
    cut.write_bytes((folder / "published.h5").read_bytes()[:1_000_000])
    with pytest.raises(UserError, match=r"cut\.h5 cannot be used"):
        inception_network(cut)
    other = tmp_path / "other.weights.h5"
    small_network().save_weights(other)
    with pytest.raises(UserError, match=rf"other\.weights\.h5 cannot be used.*{INCEPTION_FILE}"):
        inception_network(other)


# VGG19


@pytest.mark.slow
def test_vgg19_of_the_published_file_computes_what_keras_computes_of_its_bytes(tmp_path):
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    keras.utils.set_random_seed(0)
    network = keras.applications.VGG19(weights=None, include_top=False)
    with h5py.File(tmp_path / "published.h5", "w") as file:
        save_weights_to_hdf5_group(file, network)
    pixels = random_images(2, 32)
    expected = array(network, keras.applications.vgg19.preprocess_input((pixels + 1) * 127.5))
    found = array(vgg19_network(tmp_path / "published.h5", 3, sha256(tmp_path / "published.h5")), pixels)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())
    assert expected.std() > 0


def test_vgg19_needs_its_weights_and_colours(tmp_path):
    with pytest.raises(UserError, match=rf"none\.h5 cannot be read.*{VGG19_FILE}"):
        vgg19_network(tmp_path / "none.h5", 3)
    with pytest.raises(UserError, match="3 channels, and these have 1"):
        vgg19_network(tmp_path / "none.h5", 1)
    small_network().save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(UserError, match=rf"other\.weights\.h5 cannot be used.*{VGG19_FILE}"):
        vgg19_network(tmp_path / "other.weights.h5", 3)
