"""Split into training and held-out headlines."""

from collections.abc import Sequence

import numpy as np

from gan_pipelines.errors import UserError
from gan_pipelines.training.randomness import random_generator


def split_headlines(headlines: Sequence[str], fraction: float, seed: int) -> tuple[list[str], list[str]]:
    """Splits distinct headlines into training and held-out headlines, both in their original order.

    Args:
        headlines: Distinct headlines, so that none is in both sets.
        fraction: Fraction to hold out, in (0, 1); each set gets at least one headline.
        seed: Seed of the selection.

    Raises:
        UserError: If there are fewer than two headlines.
    """
    if len(headlines) < 2:
        raise UserError(
            f"headlines.text: {len(headlines)} distinct headlines are left after cleaning; the training and held-out "
            "sets need at least one each. Add headlines, raise headlines.text.limit or headlines.text.maximum_words, "
            "or disable steps of headlines.text.cleaning."
        )
    count = int(np.clip(np.floor(fraction * len(headlines) + 0.5), 1, len(headlines) - 1))
    heldout = set(random_generator(seed, "split").permutation(len(headlines))[:count].tolist())
    training = [headline for position, headline in enumerate(headlines) if position not in heldout]
    return training, [headlines[position] for position in sorted(heldout)]
