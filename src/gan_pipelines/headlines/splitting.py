"""Training and held-out headlines."""

from collections.abc import Sequence

import numpy as np

from gan_pipelines.errors import UserError
from gan_pipelines.training.randomness import random_generator


def split_headlines(headlines: Sequence[str], fraction: float, seed: int) -> tuple[list[str], list[str]]:
    """Divides distinct headlines into training and held-out ones, both in their original order.

    Args:
        headlines: Distinct headlines, so that none can be on both sides.
        fraction: Share to hold out, in (0, 1); at least one headline is held out, and at least one is not.
        seed: Decides which.

    Raises:
        UserError: There are fewer than two.
    """
    if len(headlines) < 2:
        raise UserError(
            f"headlines.text: {len(headlines)} distinct headlines are left after cleaning; training and held-out "
            "headlines need at least one each. Give more, raise headlines.text.limit or "
            "headlines.text.maximum_words, or do fewer steps of headlines.text.cleaning."
        )
    share = int(np.clip(np.floor(fraction * len(headlines) + 0.5), 1, len(headlines) - 1))
    heldout = set(random_generator(seed, "split").permutation(len(headlines))[:share].tolist())
    training = [headline for position, headline in enumerate(headlines) if position not in heldout]
    return training, [headlines[position] for position in sorted(heldout)]
