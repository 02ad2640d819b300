"""Training of networks that grow: shares, real images that fade, weights that are taken over, and exact resume."""

import numpy as np
import pytest
from keras import ops
from pydantic import ValidationError

from gan_pipelines.adversarial.growth import Growth
from gan_pipelines.adversarial.player_training import PREVIEWS, SNAPSHOTS
from gan_pipelines.adversarial.stage_parameters import StagedTrainingParameters
from gan_pipelines.adversarial.stages import take_over, train_in_stages
from gan_pipelines.networks import progressive
from gan_pipelines.networks.building import build_from
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.training.backend import Key
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.engine import flat_weights
from tests.backends import step_number

IMAGES = np.random.default_rng(0).uniform(-1, 1, (24, 8, 8, 1)).astype(np.float32)
TRAINING = {
    "stages": [{"size": 4, "images": 12, "batch_size": 6}, {"size": 8, "images": 24, "fade_images": 12}],
    "batch_size": 4,
    "loss": {"name": "wasserstein"},
    "penalties": [{"name": "gradient_penalty"}, {"name": "drift"}],
    "ema_decay": 0.9,
    "checkpoint_every_steps": 1,
    "preview": {"images": 2, "every_steps": 2},
    "snapshots": {"every_steps": 4},
}


def build(size, fades):
    return build_from(
        {"progressive": progressive},
        NetworksParameters(architecture="progressive_small"),
        (size, size, 1),
        0,
        fades=fades,
    )


def train(store=None, **changes):
    parameters = StagedTrainingParameters.model_validate(TRAINING | changes)
    return train_in_stages("Training", build, IMAGES, parameters, store=store)


def array(tensor):
    return np.asarray(tensor, np.float64)


def test_the_share_grows_with_the_images_seen_and_real_images_fade_alike():
    growth = Growth(factor=2, fade_images=40, images_per_step=8)
    assert [float(growth.share(step)) for step in (0, 1, 4, 5, 9)] == pytest.approx([0, 0.2, 0.8, 1, 1])
    key = Key(0, step_number(1))
    batch = {"samples": ops.convert_to_tensor(IMAGES)}
    assert array(growth.condition(batch, key)) == pytest.approx(np.full((24, 1), 0.2))
    halved = IMAGES.reshape(24, 4, 2, 4, 2, 1).mean(axis=(2, 4))
    old = halved.reshape(24, 2, 2, 2, 2, 1).mean(axis=(2, 4)).repeat(2, axis=1).repeat(2, axis=2)
    found = array(growth.real(batch["samples"], key))
    assert found == pytest.approx(0.8 * old + 0.2 * halved, abs=1e-6)


def test_without_fade_real_images_are_only_made_smaller():
    samples, key = ops.convert_to_tensor(IMAGES), Key(0, step_number(0))
    assert array(Growth(1, 0, 4).real(samples, key)) == pytest.approx(IMAGES)
    assert array(Growth(4, 0, 4).real(samples, key)).shape == (24, 2, 2, 1)


def test_layers_are_taken_over_by_name():
    smaller, larger = build(4, False)[0], build(8, True)[0]
    for layer in smaller.layers:
        layer.set_weights([values + 1 for values in layer.get_weights()])
    before = larger.get_layer("8_conv0").get_weights()[0]
    take_over(larger, smaller)
    expected = smaller.get_layer("4_conv").get_weights()[0]
    assert np.array_equal(larger.get_layer("4_conv").get_weights()[0], expected)
    assert np.array_equal(larger.get_layer("8_conv0").get_weights()[0], before)


def test_stages_are_one_training_of_the_last_size():
    trained = train()
    assert trained.generator.output_shape == (None, 8, 8, 1)
    assert len(trained.generator.inputs) == len(trained.discriminator.inputs) == 1
    assert len(trained.result.logs["generator_loss"]) == 2 + 6
    assert (trained.result.logs["drift"] > 0).all()
    previews = trained.result.recordings[PREVIEWS]
    assert previews.steps.tolist() == [0, 2, 4, 6, 8]
    assert previews.values.shape == (5, 2, 8, 8, 1)
    assert np.array_equal(previews.values[1], previews.values[1][:, ::2, ::2].repeat(2, axis=1).repeat(2, axis=2))
    snapshots = trained.result.recordings[SNAPSHOTS]
    assert snapshots.steps.tolist() == [6, 8]
    assert np.array_equal(snapshots.values[-1], flat_weights(trained.generator))
    assert not np.array_equal(snapshots.values[0], snapshots.values[1])
    assert trained.pace.examples_seen(8) == 2 * 6 + 6 * 4
    assert trained.pace.epochs(8) == pytest.approx(2 / 4 + 6 / 6)


def test_every_layer_of_the_last_size_learns():
    trained, untrained = train(), build(8, False)
    for network, before in zip(trained.networks.values(), untrained, strict=True):
        pairs = zip(network.trainable_variables, before.trainable_variables, strict=True)
        assert all(not np.array_equal(after, first) for after, first in pairs)


def test_kernels_are_normalised_in_every_stage_and_plain_afterwards():
    parameters = StagedTrainingParameters.model_validate(TRAINING)
    normalised = train_in_stages("Training", build, IMAGES, parameters, spectral_normalization=True)
    plain = build(8, False)[1]
    assert [layer.name for layer in normalised.discriminator.layers] == [layer.name for layer in plain.layers]
    assert not np.array_equal(flat_weights(normalised.discriminator), flat_weights(train().discriminator))


class StoppedError(Exception):
    """The process ends."""


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 7])
def test_a_training_that_is_interrupted_in_any_stage_ends_in_the_same_bits(steps, tmp_path, monkeypatch):
    whole = train(CheckpointStore(tmp_path / "whole"))
    save, saved = CheckpointStore.save, []

    def stop(store, checkpoint):
        save(store, checkpoint)
        saved.append(checkpoint.step)
        if len(saved) == steps:
            raise StoppedError

    monkeypatch.setattr(CheckpointStore, "save", stop)
    with pytest.raises(StoppedError):
        train(CheckpointStore(tmp_path / "parts"))
    monkeypatch.undo()
    resumed = train(CheckpointStore(tmp_path / "parts"))
    for name, network in whole.networks.items():
        assert np.array_equal(flat_weights(network), flat_weights(resumed.networks[name]))
    for name, values in whole.result.logs.items():
        assert np.array_equal(values, resumed.result.logs[name])
    for name, recording in whole.result.recordings.items():
        assert np.array_equal(recording.values, resumed.result.recordings[name].values)


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([{"size": 8, "images": 4}, {"size": 32, "images": 4}], "each must be twice"),
        ([{"size": 8, "images": 4, "fade_images": 2}], "nothing to fade from"),
        ([{"size": 4, "images": 4}, {"size": 8, "images": 4, "fade_images": 5}], "stages.1.fade_images.*4 images"),
    ],
)
def test_stages_that_do_not_fit_are_refused(stages, message):
    with pytest.raises(ValidationError, match=message):
        StagedTrainingParameters.model_validate({"stages": stages})
