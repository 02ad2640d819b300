"""Scores of a language model and of generated headlines, with held-out baselines and conditions."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.diversity import Headline, distinct_n, duplicate_fraction, length_histogram, self_bleu
from gan_pipelines.scores.kneser_ney import KneserNeyTrigram
from gan_pipelines.scores.language import bits_per_character, count_characters, out_of_vocabulary_rate, perplexity
from gan_pipelines.scores.novelty import copied_spans, copy_rate, novelty
from gan_pipelines.scores.text_parameters import TextScoringParameters
from gan_pipelines.training.randomness import random_generator

_ENOUGH_HEADLINES = 500  # with fewer per set, distinct-n and self-BLEU mostly reflect the number
_MOST_IN_SELF_BLEU = 500


@dataclass(frozen=True)
class TextSample:
    """Headlines, and whether each was ended by the model.

    Args:
        headlines: Words of each headline, cleaned like the training headlines.
        ended: Whether each headline ended with the boundary token; otherwise it was truncated.
    """

    headlines: Sequence[Headline]
    ended: Sequence[bool]

    def draw(self, count: int, seed: int) -> "TextSample":
        """Returns a random subset of ``count`` headlines in the same order; all if there are no more."""
        if count >= len(self.headlines):
            return self
        chosen = random_generator(seed, "headlines to score").choice(len(self.headlines), count, replace=False)
        indices = np.sort(chosen).tolist()
        return TextSample([self.headlines[index] for index in indices], [self.ended[index] for index in indices])


def language_section(
    model_log_probabilities: NDArray[np.floating],
    trigram: KneserNeyTrigram,
    heldout: Sequence[Headline],
    encoded: Sequence[Sequence[int]],
) -> dict[str, Any]:
    """Returns perplexity and bits per character of a model, a trigram model and a uniform model on held-out headlines.

    Args:
        model_log_probabilities: Natural logarithms for each word and each headline's end, ``(tokens,)``.
        trigram: Trigram model of the same training headlines and vocabulary.
        heldout: Headlines that no model was trained on.
        encoded: Their word ids, without boundary tokens.

    Returns:
        ``perplexity`` and ``bits_per_character`` of each (None if a token has probability 0);
        ``perplexity_reduction``, 1 - perplexity of the model / perplexity of the trigram; the rate of unknown words;
        and the conditions.

    Raises:
        ValueError: If the number of log probabilities is not that of tokens, or a value is undefined or positive.
    """
    tokens = sum(len(ids) + 1 for ids in encoded)
    if len(model_log_probabilities) != tokens:
        raise ValueError(f"There are {len(model_log_probabilities):,} log probabilities for {tokens:,} tokens.")
    characters = count_characters(heldout, encoded)
    logarithms = {
        "model": model_log_probabilities,
        "trigram": trigram.log_probabilities(encoded),
        "uniform": np.full(tokens, -math.log(trigram.vocabulary_size)),
    }
    perplexities = {name: perplexity(values) for name, values in logarithms.items()}
    bits = {name: bits_per_character(values, characters) for name, values in logarithms.items()}
    return {
        "perplexity": {name: _finite(value) for name, value in perplexities.items()},
        "perplexity_reduction": _finite(1 - perplexities["model"] / perplexities["trigram"]),
        "bits_per_character": {name: _finite(value) for name, value in bits.items()},
        "out_of_vocabulary_rate": out_of_vocabulary_rate(encoded),
        "conditions": {
            "heldout_headlines": len(heldout),
            "tokens": tokens,
            "characters": characters,
            "vocabulary_size": trigram.vocabulary_size,
            "trigram_discounts": trigram.discounts,
        },
    }


def text_sections(
    generated: TextSample,
    heldout: Sequence[Headline],
    training: Collection[Headline],
    parameters: TextScoringParameters,
) -> dict[str, Any]:
    """Returns diversity and novelty of generated headlines and of as many held-out human headlines.

    Args:
        generated: Generated headlines.
        heldout: Human headlines that are not in the training set, including their out-of-vocabulary words.
        training: Training headlines of the model.
        parameters: Scoring parameters.

    Returns:
        Each measure for ``generated`` and ``heldout``, and the conditions; or the reason for omitting them.
    """
    count = min(len(generated.headlines), len(heldout), parameters.headlines)
    conditions = {
        "headlines": count,
        "low_n": count < _ENOUGH_HEADLINES,
        "training_headlines": len(training),
        "self_bleu_headlines": min(count, _MOST_IN_SELF_BLEU),
        "self_bleu_order": parameters.self_bleu_order,
        "seed": parameters.seed,
    }
    if count < 2:
        return {"refused": "Diversity needs at least 2 generated and 2 held-out headlines.", "conditions": conditions}
    known = frozenset(training)
    sides = {"generated": generated, "heldout": _human_sample(heldout)}
    measures = {
        side: _measure(sample.draw(count, parameters.seed), known, parameters) for side, sample in sides.items()
    }
    names = measures["generated"]
    return {name: {side: measures[side][name] for side in sides} for name in names} | {"conditions": conditions}


def quality_diversity_rows(
    samples: Mapping[float, TextSample],
    heldout: Sequence[Headline],
    training: Collection[Headline],
    parameters: TextScoringParameters,
) -> list[dict[str, Any]]:
    """Returns the quality-diversity curve over temperatures, and last the values of held-out headlines.

    Caccia et al., "Language GANs Falling Short", 2020: a single temperature is not a meaningful comparison.

    Args:
        samples: Headlines by the temperature at which they were generated.
        heldout: Human headlines that are not in the training set.
        training: Training headlines of the model.
        parameters: Scoring parameters.

    Returns:
        Rows by increasing temperature, all with the same number of headlines; the temperature of held-out headlines is
        None. Empty if a sample or the held-out set has fewer than two headlines.
    """
    all_samples: list[tuple[float | None, TextSample]] = [*sorted(samples.items()), (None, _human_sample(heldout))]
    count = min(parameters.headlines, *(len(sample.headlines) for _, sample in all_samples))
    known = frozenset(training)
    if count < 2:
        return []
    return [
        {
            "temperature": temperature,
            "headlines": count,
            **_tradeoff(sample.draw(count, parameters.seed), known, parameters),
        }
        for temperature, sample in all_samples
    ]


def _measure(sample: TextSample, training: frozenset[Headline], parameters: TextScoringParameters) -> dict[str, Any]:
    headlines = sample.headlines
    spans = copied_spans(headlines, training)
    return {
        **{f"distinct_{n}": distinct_n(headlines, n) for n in range(1, 4)},
        "self_bleu": self_bleu(headlines, _MOST_IN_SELF_BLEU, parameters.seed, parameters.self_bleu_order),
        "duplicate_fraction": duplicate_fraction(headlines),
        "exact_copy_fraction": copy_rate(headlines, training),
        **{f"novelty_{n}": novelty(headlines, training, n) for n in range(1, 7)},
        "mean_copied_span": spans.mean,
        "longest_copied_span": spans.longest,
        "eos_rate": float(np.mean(sample.ended)),
        "mean_words": float(np.mean([len(headline) for headline in headlines])),
        "length_histogram": length_histogram(headlines),
    }


def _tradeoff(sample: TextSample, training: frozenset[Headline], parameters: TextScoringParameters) -> dict[str, float]:
    return {
        "self_bleu": self_bleu(sample.headlines, _MOST_IN_SELF_BLEU, parameters.seed, parameters.self_bleu_order),
        "distinct_2": distinct_n(sample.headlines, 2),
        "novelty_4": novelty(sample.headlines, training, 4),
        "exact_copy_fraction": copy_rate(sample.headlines, training),
        "eos_rate": float(np.mean(sample.ended)),
    }


def _human_sample(headlines: Sequence[Headline]) -> TextSample:
    return TextSample(headlines, [True] * len(headlines))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
