import math

import numpy as np
import pytest

from gan_pipelines.adversarial.losses import NonSaturating, build_loss
from gan_pipelines.adversarial.parameters import NonSaturatingParameters

LN2 = math.log(2)

# Logits of a real and a generated sample; the discriminator's and the generator's loss, computed by hand.
TABLE = [
    (0.0, 0.0, 0.0, 2 * LN2, LN2),
    (0.0, math.log(3), -math.log(3), 2 * math.log(4 / 3), math.log(4)),
    (0.0, -math.log(3), math.log(3), 2 * math.log(4), math.log(4 / 3)),
    (0.1, math.log(3), -math.log(3), 2 * math.log(4 / 3) + 0.1 * math.log(3), math.log(4)),
    (0.0, 200.0, -200.0, 0.0, 200.0),
    (0.0, -200.0, 200.0, 400.0, 0.0),
]


@pytest.mark.parametrize(("smoothing", "real", "generated", "discriminator_loss", "generator_loss"), TABLE)
def test_non_saturating(smoothing, real, generated, discriminator_loss, generator_loss):
    loss = NonSaturating(smoothing)
    real_logits, generated_logits = np.array([[real]], np.float32), np.array([[generated]], np.float32)
    assert float(loss.discriminator(real_logits, generated_logits)[0]) == pytest.approx(discriminator_loss, abs=1e-5)
    assert float(loss.generator(generated_logits)[0]) == pytest.approx(generator_loss, abs=1e-5)


def test_losses_are_per_sample():
    loss = build_loss(NonSaturatingParameters(label_smoothing=0.1))
    logits = np.zeros((5, 1), np.float32)
    assert loss.discriminator(logits, logits).shape == (5,)
    assert loss.generator(logits).shape == (5,)
    assert float(loss.discriminator(logits, logits)[0]) == pytest.approx(2 * LN2)
