"""Coupled GANs are trained like any other."""

import numpy as np
import pytest

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.errors import UserError
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.training.checkpoint import CheckpointStore

PAIRS = np.random.default_rng(0).uniform(-1, 1, (16, 8, 16, 1)).astype(np.float32)


def train(store, steps):
    parameters = AdversarialTrainingParameters.model_validate(
        {"steps": steps, "batch_size": 4, "ema_decay": 0.9, "preview": {"images": 1}}
    )
    networks = build_networks(NetworksParameters(architecture="coupled", latent_size=3), (8, 16, 1), seed=0)
    return train_gan("Training", networks, PAIRS, parameters, store=store)


@pytest.mark.exhaustive
def test_an_interrupted_training_ends_at_the_same_bits(tmp_path):
    whole, parts = CheckpointStore(tmp_path / "whole"), CheckpointStore(tmp_path / "parts")
    train(whole, 4)
    train(parts, 2)
    trained = train(parts, 4)
    assert trained.result.resumed_at == (2,)
    expected, found = whole.latest().arrays, parts.latest().arrays
    assert expected.keys() == found.keys()
    assert all(np.array_equal(expected[path], found[path]) for path in expected)


@pytest.mark.parametrize(
    ("model", "section", "message"),
    [
        ("dcgan", {"networks": {"architecture": "coupled"}}, r"`dcgan.networks.architecture` is the text 'coupled'"),
        (
            "cogan",
            {"networks": {"architecture": "mlp"}},
            r"`cogan.networks.architecture` is the text 'mlp'.*allowed: coupled",
        ),
        ("cogan", {"images": {"source": "stacked"}}, r"three digits each"),
    ],
)
def test_pairs_are_drawn_by_their_own_pipeline(model, section, message):
    with pytest.raises(UserError, match=message):
        check_parameters({model: section}, SECTIONS, {model})
