"""From a language model's logits to new headlines: greedy, sampling, and beam search.

Token ids: 0 pads, 1 begins and ends a headline, 2 stands for every unknown word; words follow.
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
from gan_pipelines.headlines.vocabulary import BOUNDARY, PADDING, UNKNOWN
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import random_generator

logger = logging.getLogger(__name__)

_MOST_PROBABILITIES = 2**23  # in memory at once; several arrays of 64 MiB
_ROUNDING = 1e-9  # by which sums of probabilities may miss `top_p`

Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Continuation:
    """What a model appended to a beginning.

    Args:
        words: Ids of the appended words, without a boundary.
        has_ended: Whether the model ended the headline there; otherwise the number of words did.
    """

    words: tuple[int, ...]
    has_ended: bool


def title_case(headline: str) -> str:
    """Begins each word with a capital: ``10th of may`` becomes ``10th Of May``."""
    return capwords(headline)


def probabilities(
    logits: Logits, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> NDArray[np.float64]:
    """Turns logits into the probabilities that words are drawn by; each row sums to 1.

    Of words that are equally likely the one with the lower id is kept first.

    Args:
        logits: ``(rows, vocabulary)``; words that must not come are minus infinity.
        temperature: Divides the logits; below 1, likely words become likelier.
        top_k: Only so many of the likeliest words are kept (Fan, Lewis and Dauphin, "Hierarchical Neural Story
            Generation", 2018); more than there are keeps all.
        top_p: Of those, only the likeliest whose probabilities first reach this sum (Holtzman et al., "The Curious
            Case of Neural Text Degeneration", 2020).

    Raises:
        ValueError: A temperature of 0 or less, a ``top_k`` below 1, or a ``top_p`` outside (0, 1].
    """
    if not temperature > 0:
        raise ValueError(f"The temperature must be above 0, not {temperature}.")
    if top_k is not None and top_k < 1:
        raise ValueError(f"`top_k` must be 1 or more, not {top_k}.")
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must be in (0, 1], not {top_p}.")
    shares = _softmax(logits / temperature)
    if top_k is not None and top_k < shares.shape[1]:
        shares = _keep_largest(shares, np.full(len(shares), top_k))
    if top_p < 1:
        sums = np.cumsum(-np.sort(-shares, axis=1), axis=1)
        shares = _keep_largest(shares, 1 + np.sum(sums < top_p - _ROUNDING, axis=1))
    return shares


def _softmax(logits: Logits) -> NDArray[np.float64]:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def _keep_largest(shares: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Keeps as many of each row's largest values as ``counts`` says, and lets the row sum to 1 again."""
    smallest_kept = np.take_along_axis(-np.sort(-shares, axis=1), counts[:, None] - 1, axis=1)
    is_larger, is_tied = shares > smallest_kept, shares == smallest_kept
    is_kept_tie = is_tied & (np.cumsum(is_tied, axis=1) <= counts[:, None] - is_larger.sum(axis=1, keepdims=True))
    kept = np.where(is_larger | is_kept_tie, shares, 0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def choose(logits: Logits, draws: NDArray[np.float64], parameters: DecodingParameters) -> NDArray[np.int64]:
    """Chooses a word for each row.

    Args:
        logits: ``(rows, vocabulary)``.
        draws: Uniform numbers in [0, 1), ``(rows,)``; of no account where the strategy is greedy.
        parameters: The strategy, and the temperature, ``top_k`` and ``top_p`` where it samples.

    Returns:
        Ids ``(rows,)``; of equally likely words, greedy takes the lowest id.
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
    """Continues headlines.

    What is drawn belongs to a prompt's number and the place in its headline, so that a headline does not depend on
    those beside it.

    Args:
        model: From tokens to logits.
        prompts: Ids of the first words of each headline, without a boundary; may be empty.
        words: How many words are appended to each at most; the model may end the headline sooner.
        parameters: How words are chosen.
        first_number: The number of the first prompt; the others count up from it.

    Returns:
        What each prompt is continued by. Neither padding nor the unknown word is among it, and no headline is empty.
    """
    headlines = [_Headline.begun(prompt, limit) for prompt, limit in zip(prompts, words, strict=True)]
    if parameters.strategy == "beam":
        found = {headline: _search(model, headline, parameters.beams) for headline in dict.fromkeys(headlines)}
        return [found[headline].continuation() for headline in headlines]
    if parameters.strategy == "sample" and (parameters.top_k or 0) > model.output_shape[-1]:
        logger.info("top_k is %s; there are %s token ids, so all are kept.", parameters.top_k, model.output_shape[-1])
    draws = [
        random_generator(parameters.seed, "decoding", number).random(headline.limit + 1)
        for number, headline in enumerate(headlines, start=first_number)
    ]
    at_once = max(1, _MOST_PROBABILITIES // model.output_shape[-1])
    groups = [slice(start, start + at_once) for start in range(0, len(headlines), at_once)]
    return [found for group in groups for found in _extended(model, headlines[group], draws[group], parameters)]


def beam_search(model: keras.Model, prompt: Sequence[int], words: int, beams: int) -> Continuation:
    """Continues a headline by the likeliest words together that a search of limited width finds.

    Args:
        model: From tokens to logits.
        prompt: Ids of the first words, without a boundary; may be empty.
        words: How many words are appended at most.
        beams: How many headlines are pursued at once; with one, the search is greedy.

    Returns:
        The continuation with the highest mean log-probability of a word, its end included: by the sum, short headlines
        would always win.
    """
    return _search(model, _Headline.begun(prompt, words), beams).continuation()


@dataclass(frozen=True)
class _Headline:
    """A headline under way.

    Args:
        tokens: The boundary, the prompt's words, and what was appended.
        prompted: How many of them were given.
        limit: How many words may be appended; whatever comes after them only tells whether the headline ends there.
        log_probability: Of what was appended, where a search keeps it.
    """

    tokens: tuple[int, ...]
    prompted: int
    limit: int
    log_probability: float = 0.0

    @classmethod
    def begun(cls, prompt: Sequence[int], limit: int) -> "_Headline":
        return cls((BOUNDARY, *prompt), 1 + len(prompt), limit)

    @property
    def appended(self) -> int:
        return len(self.tokens) - self.prompted

    @property
    def has_ended(self) -> bool:
        return self.appended > 0 and self.tokens[-1] == BOUNDARY

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


def _extended(
    model: keras.Model,
    headlines: Sequence[_Headline],
    draws: Sequence[NDArray[np.float64]],
    parameters: DecodingParameters,
) -> list[Continuation]:
    """Continues some headlines word by word, each with draws of its own."""
    extended = list(headlines)
    while growing := [number for number, headline in enumerate(extended) if headline.is_growing]:
        logits = _allowed_logits(model, [extended[number] for number in growing])
        present = np.array([draws[number][extended[number].appended] for number in growing])
        for number, word in zip(growing, choose(logits, present, parameters), strict=True):
            extended[number] = extended[number].with_word(int(word))
    return [headline.continuation() for headline in extended]


def _search(model: keras.Model, headline: _Headline, beams: int) -> _Headline:
    found = [headline]
    while growing := [beam for beam in found if beam.is_growing]:
        candidates = [beam for beam in found if not beam.is_growing]
        for beam, shares in zip(growing, _softmax(_allowed_logits(model, growing)), strict=True):
            likeliest = np.argsort(-shares, kind="stable")[:beams]
            candidates += [beam.with_word(int(word), math.log(shares[word])) for word in likeliest if shares[word] > 0]
        found = sorted(candidates, key=lambda candidate: -candidate.mean_log_probability)[:beams]
    return found[0]


def _allowed_logits(model: keras.Model, headlines: Sequence[_Headline]) -> Logits:
    """Returns the logits of the next word of each, ``(headlines, vocabulary)``; what must not come is -infinity."""
    logits = next_word_logits(model, [headline.tokens for headline in headlines]).astype(np.float64)
    logits[:, [PADDING, UNKNOWN]] = -np.inf
    logits[[len(headline.tokens) == 1 for headline in headlines], BOUNDARY] = -np.inf
    return logits
