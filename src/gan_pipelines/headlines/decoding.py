"""Decoding of headlines from a language model: greedy, sampling, and beam search.

Token ids: 0 is padding, 1 is the boundary (start and end of a headline), 2 is the unknown word; words start at 3.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import capwords

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.headlines.language_model import next_word_logits
from gan_pipelines.headlines.model_parameters import DecodingParameters
from gan_pipelines.headlines.vocabulary import EOS, PAD, UNK
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import random_generator

logger = logging.getLogger(__name__)

_MAXIMUM_PROBABILITIES = 2**23  # per batch; several float64 arrays of 64 MiB
_TOLERANCE = 1e-9  # rounding error of sums of probabilities, when compared with `top_p`

Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Continuation:
    """Words that a model appended to a prompt.

    Args:
        words: Ids of the appended words, without a boundary.
        has_ended: Whether the model predicted the end of the headline; otherwise the maximum number of words was
            reached.
    """

    words: tuple[int, ...]
    has_ended: bool


def title_case(headline: str) -> str:
    """Capitalises each word: ``10th of may`` becomes ``10th Of May``."""
    return capwords(headline)


def probabilities(
    logits: Logits, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> NDArray[np.float64]:
    """Computes sampling probabilities from logits; each row sums to 1.

    Among equally likely words, those with lower ids are kept first.

    Args:
        logits: ``(rows, vocabulary)``; minus infinity for excluded words.
        temperature: Divisor of the logits; below 1, it sharpens the distribution.
        top_k: Keeps the ``top_k`` most likely words (Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation",
            2018). Default: all; a value above the vocabulary size also keeps all.
        top_p: Of these, keeps the smallest set of most likely words whose probabilities sum to at least ``top_p``
            (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020).

    Raises:
        ValueError: If ``temperature`` is not above 0, ``top_k`` is below 1, or ``top_p`` is outside (0, 1].
    """
    if not temperature > 0:
        raise ValueError(f"The temperature must be above 0, not {temperature}.")
    if top_k is not None and top_k < 1:
        raise ValueError(f"`top_k` must be 1 or more, not {top_k}.")
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must be in (0, 1], not {top_p}.")
    result = _softmax(logits / temperature)
    if top_k is not None and top_k < result.shape[1]:
        result = _keep_largest(result, np.full(len(result), top_k))
    if top_p < 1:
        sums = np.cumsum(-np.sort(-result, axis=1), axis=1)
        result = _keep_largest(result, 1 + np.sum(sums < top_p - _TOLERANCE, axis=1))
    return result


def _softmax(logits: Logits) -> NDArray[np.float64]:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def _keep_largest(values: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Keeps the ``counts[row]`` largest values of each row and renormalises the row to sum 1."""
    smallest_kept = np.take_along_axis(-np.sort(-values, axis=1), counts[:, None] - 1, axis=1)
    is_larger, is_tied = values > smallest_kept, values == smallest_kept
    is_kept_tie = is_tied & (np.cumsum(is_tied, axis=1) <= counts[:, None] - is_larger.sum(axis=1, keepdims=True))
    kept = np.where(is_larger | is_kept_tie, values, 0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def choose(logits: Logits, draws: NDArray[np.float64], parameters: DecodingParameters) -> NDArray[np.int64]:
    """Selects the next word of each row.

    Args:
        logits: ``(rows, vocabulary)``.
        draws: Uniform random numbers in [0, 1), ``(rows,)``; ignored by the greedy strategy.
        parameters: The strategy, and the temperature, ``top_k`` and ``top_p`` of sampling.

    Returns:
        Ids ``(rows,)``; among equally likely words, greedy selects the lowest id.
    """
    if parameters.strategy == "greedy":
        return np.asarray(logits.argmax(axis=1), np.int64)
    sums = np.cumsum(probabilities(logits, parameters.temperature, parameters.top_k, parameters.top_p), axis=1)
    totals = sums[:, -1]
    thresholds = np.minimum(draws * totals, np.nextafter(totals, 0))
    return np.asarray(np.argmax(sums > thresholds[:, None], axis=1), np.int64)


def generate(
    model: keras.Model,
    prompts: Sequence[Sequence[int]],
    words: Sequence[int],
    parameters: DecodingParameters,
    first_number: int = 0,
) -> list[Continuation]:
    """Generates continuations of prompts.

    Random draws depend only on the seed, the prompt number and the position in the headline, so a headline does not
    depend on the other prompts of its batch.

    Args:
        model: From tokens to logits.
        prompts: Ids of the first words of each headline, without a boundary; may be empty.
        words: Maximum number of words to append to each prompt; the model may end the headline earlier.
        parameters: Decoding strategy and its settings.
        first_number: Number of the first prompt; the following prompts are numbered consecutively.

    Returns:
        One continuation per prompt, without padding and unknown words. No headline is empty.
    """
    headlines = [_Headline.from_prompt(prompt, limit) for prompt, limit in zip(prompts, words, strict=True)]
    if parameters.strategy == "beam":
        found = {headline: _search(model, headline, parameters.beams) for headline in dict.fromkeys(headlines)}
        return [found[headline].continuation() for headline in headlines]
    if parameters.strategy == "sample" and (parameters.top_k or 0) > model.output_shape[-1]:
        logger.info(
            "top_k is %s, but there are only %s token ids; all are kept.", parameters.top_k, model.output_shape[-1]
        )
    draws = [
        random_generator(parameters.seed, "decoding", number).random(headline.limit + 1)
        for number, headline in enumerate(headlines, start=first_number)
    ]
    batch_size = max(1, _MAXIMUM_PROBABILITIES // model.output_shape[-1])
    batches = [slice(start, start + batch_size) for start in range(0, len(headlines), batch_size)]
    return [found for batch in batches for found in _extend(model, headlines[batch], draws[batch], parameters)]


def beam_search(model: keras.Model, prompt: Sequence[int], words: int, beams: int) -> Continuation:
    """Generates a likely continuation of a prompt by beam search.

    Args:
        model: From tokens to logits.
        prompt: Ids of the first words, without a boundary; may be empty.
        words: Maximum number of words to append.
        beams: Number of candidates kept per step; with 1, the search is greedy.

    Returns:
        The continuation with the highest mean log-probability per token, including the end: the sum would favour short
        headlines.
    """
    return _search(model, _Headline.from_prompt(prompt, words), beams).continuation()


@dataclass(frozen=True)
class _Headline:
    """Partially generated headline.

    Args:
        tokens: The boundary, the words of the prompt, and the appended tokens.
        prompted: Number of tokens of boundary and prompt.
        limit: Maximum number of appended words; one more token is predicted only to check whether the headline ends.
        log_probability: Sum over the appended tokens; used by beam search only.
    """

    tokens: tuple[int, ...]
    prompted: int
    limit: int
    log_probability: float = 0.0

    @classmethod
    def from_prompt(cls, prompt: Sequence[int], limit: int) -> "_Headline":
        return cls((EOS, *prompt), 1 + len(prompt), limit)

    @property
    def appended(self) -> int:
        return len(self.tokens) - self.prompted

    @property
    def has_ended(self) -> bool:
        return self.appended > 0 and self.tokens[-1] == EOS

    @property
    def is_growing(self) -> bool:
        return not self.has_ended and self.appended <= self.limit

    @property
    def mean_log_probability(self) -> float:
        return self.log_probability / self.appended

    def with_word(self, word: int, log_probability: float = 0.0) -> "_Headline":
        return replace(self, tokens=(*self.tokens, word), log_probability=self.log_probability + log_probability)

    def continuation(self) -> Continuation:
        end = len(self.tokens) - 1 if self.has_ended else self.prompted + self.limit
        return Continuation(self.tokens[self.prompted : end], self.has_ended)


def _extend(
    model: keras.Model,
    headlines: Sequence[_Headline],
    draws: Sequence[NDArray[np.float64]],
    parameters: DecodingParameters,
) -> list[Continuation]:
    """Extends a batch of headlines word by word, each with its own random draws."""
    extended = list(headlines)
    while growing := [number for number, headline in enumerate(extended) if headline.is_growing]:
        logits = _allowed_logits(model, [extended[number] for number in growing])
        current_draws = np.array([draws[number][extended[number].appended] for number in growing])
        for number, word in zip(growing, choose(logits, current_draws, parameters), strict=True):
            extended[number] = extended[number].with_word(int(word))
    return [headline.continuation() for headline in extended]


def _search(model: keras.Model, headline: _Headline, beams: int) -> _Headline:
    found = [headline]
    while growing := [beam for beam in found if beam.is_growing]:
        candidates = [beam for beam in found if not beam.is_growing]
        for beam, probability in zip(growing, _softmax(_allowed_logits(model, growing)), strict=True):
            likeliest = np.argsort(-probability, kind="stable")[:beams]
            candidates += [
                beam.with_word(int(word), math.log(probability[word])) for word in likeliest if probability[word] > 0
            ]
        found = sorted(candidates, key=lambda candidate: -candidate.mean_log_probability)[:beams]
    return found[0]


def _allowed_logits(model: keras.Model, headlines: Sequence[_Headline]) -> Logits:
    """Returns next-token logits ``(headlines, vocabulary)``, -infinity for padding, unknown word and empty headline."""
    logits = next_word_logits(model, [headline.tokens for headline in headlines]).astype(np.float64)
    logits[:, [PAD, UNK]] = -np.inf
    logits[[len(headline.tokens) == 1 for headline in headlines], EOS] = -np.inf
    return logits
