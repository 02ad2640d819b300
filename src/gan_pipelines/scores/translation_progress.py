"""Scores of translated pictures over the training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.image_quality import WINDOW_SIZE, peak_signal_to_noise_ratio, structural_similarity

Pictures = NDArray[np.uint8]


def score_progress(
    translations: Sequence[Pictures], truths: Pictures, baselines: Mapping[str, Pictures] | None = None
) -> dict[str, Any]:
    """Returns PSNR and structural similarity to the true pictures at each time, beside those of simple methods.

    Args:
        translations: At each time ``(pictures, height, width, channels)``, uint8.
        truths: The true picture of each.
        baselines: The same of simple methods, by name. Default: none.

    Returns:
        ``psnr`` (dB) and, for pictures of at least 11x11 pixels, ``ssim``: ``values`` at each time, and ``baselines``
        by name; all are means over the pictures.
    """
    measures = {"psnr": peak_signal_to_noise_ratio}
    if min(truths.shape[1:3]) >= WINDOW_SIZE:
        measures["ssim"] = structural_similarity
    return {
        name: {
            "values": [float(measure(pictures, truths).mean()) for pictures in translations],
            "baselines": {title: float(measure(each, truths).mean()) for title, each in (baselines or {}).items()},
        }
        for name, measure in measures.items()
    }
