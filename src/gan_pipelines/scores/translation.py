"""Scores of translated pictures: errors and similarities to the true pictures, beside those of simple methods."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.image_quality import (
    WINDOW_SIZE,
    Pictures,
    mean_absolute_error,
    peak_signal_to_noise_ratio,
    structural_similarity,
)


@dataclass(frozen=True)
class _Measure:
    """A number of each picture.

    Args:
        each: Function of pictures and truths that returns it ``(pictures,)``.
        higher_is_better: Whether higher numbers are better.
    """

    each: Callable[[Pictures, Pictures], NDArray[np.float64]]
    higher_is_better: bool = True


_MEASURES = {
    "l1": _Measure(mean_absolute_error, higher_is_better=False),
    "psnr": _Measure(peak_signal_to_noise_ratio),
    "ssim": _Measure(structural_similarity),
}
_MEASURES_OF_SMALLEST = ("psnr", "ssim")


def score_translations(
    translations: Pictures, truths: Pictures, baselines: Mapping[str, Pictures] | None = None
) -> dict[str, Any]:
    """Returns errors and similarities of translations to the true pictures, beside those of simple methods.

    Args:
        translations: ``(pictures, height, width, channels)``, uint8; or luminance, float64 in [0, 255].
        truths: The true picture of each, of the same shape.
        baselines: The same of simple methods, such as the mean picture, by name. Default: none.

    Returns:
        A section for ``l1`` (mean absolute error, as a fraction of the range), ``psnr`` (dB) and ``ssim``: ``value``,
        the mean over the pictures; ``standard_error`` of that mean, None for one picture; ``baselines``, the mean of
        each simple method by name; ``margins``, how much better the value is than each, positive if better;
        ``best_baseline``, the best of them, and ``above_best_baseline``, the margin over it (these two None without
        baselines); ``pictures``, their number. Pictures below 11x11 pixels have ``ssim_refused``, the reason, instead
        of ``ssim``.

    Raises:
        ValueError: If the shapes differ, or there are no pixels.
    """
    methods = baselines or {}
    is_small = min(truths.shape[1:3]) < WINDOW_SIZE
    sections: dict[str, Any] = {
        name: _section(measure, translations, truths, methods)
        for name, measure in _MEASURES.items()
        if name != "ssim" or not is_small
    }
    if is_small:
        height, width = truths.shape[1:3]
        sections["ssim_refused"] = (
            f"The structural similarity needs pictures of at least {WINDOW_SIZE}x{WINDOW_SIZE} pixels; they have "
            f"{height}x{width}."
        )
    return sections


def score_cycle(originals: Pictures, returned: Pictures) -> dict[str, Any]:
    """Returns ``cycle``: the sections of ``score_translations`` for pictures that were translated there and back.

    A small error proves nothing by itself: a translator can hide its source in faint patterns (Chu, Zhmoginov and
    Sandler, "CycleGAN, a Master of Steganography", 2017).

    Args:
        originals: ``(pictures, height, width, channels)``, uint8.
        returned: Each after both translations, of the same shape.

    Raises:
        ValueError: If the shapes differ, or there are no pixels.
    """
    return {"cycle": score_translations(returned, originals)}


def captions(pictures: Pictures, truths: Pictures) -> list[str]:
    """Returns PSNR and structural similarity of each picture to the truth, such as "24.1 dB · 0.82"."""
    ratios = peak_signal_to_noise_ratio(pictures, truths)
    if min(truths.shape[1:3]) < WINDOW_SIZE:
        return [f"{ratio:.1f} dB" for ratio in ratios]
    similarities = structural_similarity(pictures, truths)
    return [f"{ratio:.1f} dB · {each:.2f}" for ratio, each in zip(ratios, similarities, strict=True)]


def both_directions(a_to_b: Mapping[str, Any], b_to_a: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the scores of a translator between two domains.

    Args:
        a_to_b: Sections of ``score_translations``, and others such as that of ``score_cycle``, from A to B.
        b_to_a: The same from B to A, with baselines of the same names.

    Returns:
        ``a_to_b``, ``b_to_a`` and ``smallest``: ``value``, ``margins`` and ``above_best_baseline`` of ``psnr`` and
        ``ssim``, each the smaller of the two directions. The sections of A to B are repeated at the top level, where
        those of a translator of one direction are.

    Raises:
        ValueError: If the baselines have unlike names.
    """
    names = [name for name in _MEASURES_OF_SMALLEST if name in a_to_b and name in b_to_a]
    smallest = {name: _smaller(a_to_b[name], b_to_a[name]) for name in names}
    return {**a_to_b, "a_to_b": dict(a_to_b), "b_to_a": dict(b_to_a), "smallest": smallest}


def _section(
    measure: _Measure, translations: Pictures, truths: Pictures, methods: Mapping[str, Pictures]
) -> dict[str, Any]:
    values = measure.each(translations, truths)
    value, count = float(values.mean()), len(values)
    baselines = {name: float(measure.each(pictures, truths).mean()) for name, pictures in methods.items()}
    best, sign = (max, 1) if measure.higher_is_better else (min, -1)
    best_baseline = best(baselines.values()) if baselines else None
    return {
        "value": value,
        "standard_error": float(values.std(ddof=1)) / count**0.5 if count > 1 else None,
        "baselines": baselines,
        "margins": {name: sign * (value - baseline) for name, baseline in baselines.items()},
        "best_baseline": best_baseline,
        "above_best_baseline": None if best_baseline is None else sign * (value - best_baseline),
        "pictures": count,
    }


def _smaller(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    if first["margins"].keys() != second["margins"].keys():
        names = [", ".join(each["margins"]) or "none" for each in (first, second)]
        raise ValueError(f"The translations from A to B have the baselines {names[0]}, but from B to A {names[1]}.")
    margins = {name: min(margin, second["margins"][name]) for name, margin in first["margins"].items()}
    return {
        "value": min(first["value"], second["value"]),
        "margins": margins,
        "above_best_baseline": min(first["above_best_baseline"], second["above_best_baseline"]) if margins else None,
    }
