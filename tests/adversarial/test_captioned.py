"""Training from captions: each loss by hand, exact resume, and that a generator draws what a caption says."""

import numpy as np
import pytest
from keras import layers, ops

from gan_pipelines.adversarial.caption_parameters import CaptionTrainingParameters
from gan_pipelines.adversarial.caption_training import train_on_captions
from gan_pipelines.adversarial.captioned import CaptionedObjective, colour_difference
from gan_pipelines.adversarial.condition import CaptionCondition
from gan_pipelines.adversarial.losses import NonSaturating
from gan_pipelines.networks.caption_blocks import conditioning_view
from gan_pipelines.networks.caption_parameters import StackGANNetworksParameters, StackGANTreeNetworksParameters
from gan_pipelines.networks.stackgan import build_stage_one, build_stage_two
from gan_pipelines.networks.stackgan_tree import build_tree
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.backend import Key
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import flat_weights
from gan_pipelines.training.inference import infer
from gan_pipelines.training.wordings import Wordings
from tests.backends import step_number

COUNT, SIZE, TEXT = 12, 16, 3
PIXELS = np.random.default_rng(0).uniform(-1, 1, (COUNT, SIZE, SIZE, 3)).astype(np.float32)
CAPTIONS = Wordings(
    np.random.default_rng(1).normal(size=(COUNT, 2, TEXT)).astype(np.float32), np.resize([1, 2], COUNT).astype(np.int64)
)
SMALL = {"generator_width": 4, "discriminator_width": 4, "condition_size": 5, "latent_size": 6, "residual_blocks": 1}
TRAINING = {
    "steps": 4,
    "batch_size": 4,
    "ema_decay": 0.9,
    "checkpoint_every_steps": 1,
    "preview": {"images": 2, "every_steps": 2},
}


def stage_one():
    return build_stage_one(StackGANNetworksParameters(**SMALL), (8, 8, 3), TEXT, 0)


def stage_two():
    return build_stage_two(StackGANNetworksParameters(**SMALL), stage_one()[0], (16, 16, 3), 0)


def tree():
    return build_tree(StackGANTreeNetworksParameters(**SMALL, pictures=2), (16, 16, 3), TEXT, 0)


BUILDERS = {"stage_one": stage_one, "stage_two": stage_two, "tree": tree}


def train(build, store=None, **changes):
    def preview(generator):
        latents = np.zeros((2, generator.inputs[0].shape[-1]), np.float32)
        return to_bytes(infer(generator, [latents, CAPTIONS.values[:2, 0]])[-1])

    networks = build()
    size = networks[0].outputs[-1].shape[1]
    parameters = CaptionTrainingParameters.model_validate(TRAINING | changes)
    pixels = PIXELS if size == SIZE else PIXELS[:, ::2, ::2]
    return train_on_captions(
        "Training", networks, pixels, CAPTIONS, parameters, preview, conditioning=conditioning_view, store=store
    )


class StoppedError(Exception):
    """The process ends."""


@pytest.mark.parametrize("name", BUILDERS)
def test_an_interrupted_training_ends_with_the_same_bits(name, tmp_path, monkeypatch):
    whole = train(BUILDERS[name])
    train(BUILDERS[name], CheckpointStore(tmp_path), steps=2)
    resumed = train(BUILDERS[name], CheckpointStore(tmp_path))
    assert resumed.result.resumed_at == (2,)
    for player in ("generator", "discriminator"):
        assert np.array_equal(flat_weights(whole.networks[player]), flat_weights(resumed.networks[player]))
    assert all(np.isfinite(values).all() for values in whole.result.logs.values())


def test_stage_two_leaves_stage_one_as_it_is():
    before = stage_one()[0].get_weights()
    after = train(stage_two).generator.get_layer("stage_one").get_weights()
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def constant_networks(sizes, heads):
    """A generator whose pictures are the first number of the caption, and a discriminator of known logits."""
    latent, caption = layers.Input((2,), name="latent"), layers.Input((TEXT,), name="caption")
    mean = layers.Rescaling(0.5, name="mean")(caption)
    deviation = layers.Rescaling(0.1, name="log_deviation")(caption)
    value = layers.Reshape((1, 1, 1))(caption[:, :1] + 0 * (mean + deviation)[:, :1])
    pictures = [layers.UpSampling2D((size, size))(value) for size in sizes]
    generator = keras.Model([latent, caption], pictures if len(sizes) > 1 else pictures[0])
    entries = [layers.Input((size, size, 1)) for size in sizes]
    shown = layers.Input((TEXT,), name="caption")
    columns = []
    for entry in entries:
        brightness = ops.mean(entry, axis=(1, 2))
        columns += [brightness + 2 * shown[:, :1], 3 * brightness][:heads]
    return generator, keras.Model([*entries, shown], ops.concatenate(columns, axis=1))


def softplus(x):
    return np.log1p(np.exp(x))


@pytest.mark.parametrize(("sizes", "heads"), [((4,), 1), ((2, 4), 2)])
def test_losses_are_those_of_the_papers(sizes, heads):
    generator, discriminator = constant_networks(sizes, heads)
    objective = CaptionedObjective(
        generator,
        discriminator,
        conditioning_view(generator),
        NonSaturating(),
        CaptionCondition(),
        mismatched=0.25,
        kl_weight=3.0,
        unconditional_weight=0.7,
    )
    samples = PIXELS[:4, :4, :4, :1]
    texts = CAPTIONS.values[:4, 0]
    batch = {"samples": samples, "captions": texts[:, None], "wordings": np.ones(4, np.int64)}
    found = objective(("discriminator", "generator"), batch, Key(0, step_number(0)))
    real, generated = samples.mean(axis=(1, 2, 3)), texts[:, 0]
    own, wrong = 2 * texts[:, 0], 2 * np.roll(texts, 1, axis=0)[:, 0]
    accepted = softplus(-(real + own))
    refused = 0.75 * softplus(generated + own) + 0.25 * softplus(real + wrong)
    looks = 0.7 * (softplus(-3 * real) + softplus(3 * generated)) if heads == 2 else 0
    expected = len(sizes) * (accepted + refused + looks)
    assert np.asarray(found.losses["discriminator"]) == pytest.approx(expected, rel=1e-4)
    mean, logarithm = 0.5 * texts, 0.1 * texts
    divergence = (mean**2 + np.exp(2 * logarithm) - 1) / 2 - logarithm
    adversarial = softplus(-(generated + own)) + (0.7 * softplus(-3 * generated) if heads == 2 else 0)
    expected = len(sizes) * adversarial + 3 * divergence.mean(axis=1)
    assert np.asarray(found.losses["generator"]) == pytest.approx(expected, rel=1e-4)
    assert np.asarray(found.metrics["condition_nats"]) == pytest.approx(divergence.sum(axis=1), rel=1e-4)
    assert set(found.metrics) == set(objective.metric_names)
    assert np.asarray(found.metrics["mismatched_accuracy"]) == pytest.approx((real + wrong < 0).astype(float))


def test_colours_of_an_enlarged_picture_do_not_differ():
    small = PIXELS[:2, :4, :4]
    large = small.repeat(2, axis=1).repeat(2, axis=2)
    assert np.asarray(colour_difference(small, large)) == pytest.approx(np.zeros(2), abs=1e-6)
    assert np.asarray(colour_difference(small, large + 0.5)) == pytest.approx(np.full(2, 0.25), abs=1e-5)
    centred = small - small.mean(axis=(1, 2), keepdims=True)
    covariance = np.einsum("bhwc,bhwd->bcd", centred, centred) / 16
    doubled = small + centred
    expected = 5 * np.square(3 * covariance).mean(axis=(1, 2))
    assert np.asarray(colour_difference(small, doubled)) == pytest.approx(expected, rel=1e-4)
