"""Model files that name what is no layer, offered wherever a file is read: refused, and nothing of them runs."""

import hashlib
import importlib
import json
import time
import zipfile
from pathlib import Path

import keras
import pytest
import tensorflow as tf

from gan_pipelines.datasets.keras_model import KerasModelDataset
from gan_pipelines.errors import UserError
from gan_pipelines.scores.feature_networks import feature_network_from_file, inception_network
from tests.commands import Command
from tests.project import copy_results

pytestmark = pytest.mark.slow


def sings(canary: Path) -> bool:
    """Whether the canary is there, or comes within the time that a process takes to start."""
    for _ in range(20):
        if canary.exists():
            return True
        time.sleep(0.05)
    return False


def calling(config, module, name, *arguments):
    """Lets the only layer of a model's configuration be a call of any function, as old releases of Keras made it."""
    call = {
        "name": "layer",
        "class_name": "function",
        "module": module,
        "config": name,
        "registered_name": name,
        "inbound_nodes": [{"args": [*arguments], "kwargs": {}}],
    }
    ends = {"input_layers": [["layer", 0, 0]], "output_layers": [["layer", 0, 0]]}
    return config | {"config": {"name": "evil", "trainable": True, "layers": [call], **ends}}


def instead_of_pooling(config, layer):
    """The configuration of a model after its second layer was replaced."""
    place = config["config"]["layers"][1]
    place |= {key: layer[key] for key in ("module", "class_name", "registered_name")}
    place["config"] = layer["config"] | {"name": place["name"]}
    return config


class Song(tf.saved_model.experimental.TrackableResource):
    """Writes a file as soon as TensorFlow loads it."""

    def __init__(self, canary: str) -> None:
        super().__init__()
        self._canary = canary
        self._resource_handle = self._create_resource()

    def _create_resource(self):
        return tf.raw_ops.MutableHashTableV2(key_dtype=tf.int64, value_dtype=tf.string, shared_name="song")

    def _initialize(self):
        tf.io.write_file(self._canary, "sung")


def singing_saved_model(folder: Path, canary: Path) -> Path:
    module = tf.Module()
    module.song = Song(str(canary))
    module.serve = tf.function(lambda x: x, input_signature=[tf.TensorSpec((None, 8, 8, 3))])
    tf.saved_model.save(module, str(folder))
    canary.unlink(missing_ok=True)
    return folder


def saved_model_layer(folder: Path):
    return {
        "module": "keras.layers",
        "class_name": "TFSMLayer",
        "registered_name": None,
        "config": {"filepath": str(folder), "call_endpoint": "serve"},
    }


def lambda_model(canary: Path) -> keras.Model:
    pixels, name = keras.Input((8, 8, 3)), str(canary)
    song = keras.layers.Lambda(lambda x: (__import__("pathlib").Path(name).touch(), x[:, 0, 0])[1])
    model = keras.Model(pixels, song(pixels))
    canary.unlink()
    return model


def honest_config(path: Path):
    pixels = keras.Input((8, 8, 3))
    keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(pixels)).save(path)
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def with_config(path: Path, config) -> Path:
    """Replaces what an archive of Keras says of its layers."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {"config.json": json.dumps(config).encode()}).items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def canary(tmp_path):
    return tmp_path / "canary"


def evil_config(kind: str, config, folder: Path, canary: Path):
    match kind:
        case "os.system":
            return calling(config, "os", "system", f"touch {canary}")
        case "subprocess.Popen":
            return calling(config, "subprocess", "Popen", ["touch", str(canary)])
        case "enable_unsafe_deserialization":
            return calling(config, "keras.config", "enable_unsafe_deserialization")
        case _:
            return instead_of_pooling(config, saved_model_layer(singing_saved_model(folder / "saved", canary)))


KINDS = ("os.system", "subprocess.Popen", "TFSMLayer", "enable_unsafe_deserialization")


@pytest.mark.parametrize("kind", KINDS)
def test_a_keras_file_that_names_what_is_no_layer_is_refused(kind, tmp_path, canary):
    path = tmp_path / "model.keras"
    with_config(path, evil_config(kind, honest_config(path), tmp_path, canary))
    path.with_name("model.keras.sha256").write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  model.keras\n")
    with pytest.raises(UserError, match=r"model\.keras cannot be used") as error:
        feature_network_from_file(path)
    assert kind.rpartition(".")[2] in str(error.value.__cause__), "refused for another reason"
    with pytest.raises(Exception, match=r"model\.keras cannot be read as \.keras") as error:
        KerasModelDataset(filepath=str(path)).load()
    assert isinstance(error.value.__cause__, UserError)
    assert keras.src.saving.serialization_lib.in_safe_mode() is not False
    assert not sings(canary)


@pytest.mark.parametrize("name", ["model.h5", "model.weights.h5", "model.keras"])
def test_an_h5_file_with_code_in_it_is_refused(name, tmp_path, canary):
    path = tmp_path / "model.h5"
    lambda_model(canary).save(path)
    path = path.rename(tmp_path / name)
    for read in (feature_network_from_file, inception_network):
        with pytest.raises(UserError, match=f"{name} cannot be used"):
            read(path)
    assert not canary.exists()


def test_the_canary_would_sing(tmp_path, canary):
    for module, name, argument in (
        ("os", "system", f"touch {canary}"),
        ("subprocess", "Popen", ["touch", str(canary)]),
    ):
        getattr(importlib.import_module(module), name)(argument)
        assert sings(canary)
        canary.unlink()
    tf.saved_model.load(str(singing_saved_model(tmp_path / "saved", canary)))
    assert canary.exists()
    lambda_model(canary).save(tmp_path / "model.h5")
    keras.models.load_model(tmp_path / "model.h5", safe_mode=False)
    assert canary.exists()


@pytest.mark.exhaustive
def test_a_run_that_is_given_a_hostile_feature_network_ends_with_a_message(dcgan_project, tmp_path, canary):
    folder = copy_results(dcgan_project, tmp_path / "project")
    path = folder / "evil.keras"
    with_config(path, evil_config("subprocess.Popen", honest_config(path), tmp_path, canary))
    features = "dcgan.scoring.features.kind=file,dcgan.scoring.features.path=evil.keras"
    result = Command(folder, "run", "--pipeline=dcgan", "--env=smoke", f"--params={features}").wait()
    assert result.exit_code == 1
    assert "Traceback" not in result.stdout + result.stderr
    assert "Error: The network's file evil.keras cannot be used" in result.stderr
    assert not sings(canary)
