"""How much sooner the default model of headlines is as good as the book's, and what makes a difference.

Trainings are timed by their steps, start-up and measurements left out; what counts are the ratios within one run.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import yaml  # type: ignore[import-untyped]

from gan_pipelines.headlines.cleaning import clean_headlines
from gan_pipelines.headlines.decoding import choose, generate
from gan_pipelines.headlines.examples import Examples, example_length, make_examples
from gan_pipelines.headlines.language_model import build_language_model
from gan_pipelines.headlines.model_parameters import DecodingParameters
from gan_pipelines.headlines.parameters import ExampleKind
from gan_pipelines.headlines.splitting import split_headlines
from gan_pipelines.headlines.training import TrainedLanguageModel, train_language_model
from gan_pipelines.headlines.vocabulary import EOS, PAD, UNK, build_vocabulary
from gan_pipelines.models.parameters import HeadlinesParameters
from gan_pipelines.presets import deep_merge, with_presets
from gan_pipelines.sources.composed_headlines import compose_headlines
from gan_pipelines.training.environment import available_cores
from gan_pipelines.training.randomness import random_generator

HEADLINES = 831
"""As many are composed as the book has. A tenth is held out, and perplexities are of those."""

ROUNDS = 3
WRITTEN = 1_000
WRITTEN_WORD_BY_WORD = 20

_PARAMETERS = Path(__file__).parents[1] / "conf" / "base" / "parameters_headlines.yml"


@dataclass(frozen=True)
class Corpus:
    """Encoded headlines to learn and held-out ones, and the size of the vocabulary."""

    training: list[list[int]]
    heldout: list[list[int]]
    vocabulary_size: int

    def examples(self, kind: ExampleKind) -> tuple[Examples, Examples]:
        """Returns training and held-out examples."""
        length = example_length(self.training, self.heldout)
        return make_examples(kind, self.training, length), make_examples(kind, self.heldout, length)


@dataclass(frozen=True)
class Course:
    """How a training went.

    Args:
        trained: What it left.
        start_up: Seconds until its first step was done and measured, compilation included.
    """

    trained: TrainedLanguageModel
    start_up: float

    @property
    def perplexities(self) -> dict[int, float]:
        """Held-out perplexities by step."""
        return {step: float(np.exp(value)) for step, value in self.trained.result.measurements.values.items()}

    def seconds(self, step: int) -> float:
        """How long the steps up to this one take."""
        return float(step * self.trained.result.seconds_per_step)

    def seconds_to(self, perplexity: float) -> float | None:
        """How long it takes to a perplexity; None where it is not reached."""
        steps = [step for step, value in self.perplexities.items() if value <= perplexity]
        return self.seconds(steps[0]) if steps else None


def main() -> None:
    """Prints a table for each question."""
    corpus = compose_corpus()
    targets = sum(len(headline) + 1 for headline in corpus.training)
    print(
        f"{available_cores()} cores; {len(corpus.training):,} headlines to learn with {targets:,} tokens, "
        f"{len(corpus.heldout):,} held out, {corpus.vocabulary_size:,} token ids"
    )
    chapter = train(corpus, parameters("chapter", early_stopping={"every_epochs": 2, "patience": None}))
    # Four measurements an epoch; as in the preset, three epochs without a new best end it.
    quarter = len(corpus.training) // parameters("tied").training.batch_size // 4
    tied = train(corpus, parameters("tied", early_stopping={"every_steps": quarter, "patience": 12}))
    _print_courses(chapter, tied)
    for preset in ("tied", "chapter"):
        _print_epochs(preset, epoch_seconds(corpus, preset))
    for preset, course in {"tied": tied, "chapter": chapter}.items():
        _print_words(preset, words_per_second(course.trained.model, parameters(preset).sampling))


def parameters(preset: str, **training: Any) -> HeadlinesParameters:  # noqa: ANN401 - what YAML may hold
    """Returns a preset's parameters with some of ``training`` changed."""
    section = yaml.safe_load(_PARAMETERS.read_text("utf8"))["headlines"]
    section = deep_merge(section, {"preset": preset, "training": training})
    return HeadlinesParameters.model_validate(with_presets({"headlines": section})["headlines"])


def compose_corpus() -> Corpus:
    """Composes, cleans, divides and encodes headlines as the pipeline does by default."""
    text = parameters("tied").text
    cleaned, _ = clean_headlines(compose_headlines(HEADLINES, text.seed), text.cleaning, text.maximum_words)
    training, heldout = split_headlines(cleaned, text.heldout_fraction, text.seed)
    vocabulary = build_vocabulary(training, text.vocabulary)
    encode = vocabulary.encode
    return Corpus([encode(each) for each in training], [encode(each) for each in heldout], len(vocabulary))


def train(corpus: Corpus, chosen: HeadlinesParameters) -> Course:
    """Trains once for a single step, to see what starting takes, and once to the end."""
    training, heldout = corpus.examples(chosen.text.examples)
    network = build_language_model(
        chosen.networks, corpus.vocabulary_size, chosen.text.examples, seed=chosen.training.seed
    )
    single = chosen.training.model_copy(update={"steps": 1})
    start = time.perf_counter()
    train_language_model("Start-up", network, training, heldout, single)
    start_up = time.perf_counter() - start
    return Course(train_language_model("Benchmark", network, training, heldout, chosen.training), start_up)


def epoch_seconds(corpus: Corpus, preset: str) -> dict[ExampleKind, float]:
    """Returns the median seconds of an epoch of a preset's network on examples of either kind.

    A batch of prefixes is as large as makes the predictions of an update as many as those of a batch of sequences.
    """
    batch_size = parameters(preset).training.batch_size
    targets = sum(len(headline) + 1 for headline in corpus.training) / len(corpus.training)
    batch_sizes: dict[ExampleKind, int] = {"sequences": batch_size, "prefixes": round(batch_size * targets)}
    seconds: dict[ExampleKind, list[float]] = {kind: [] for kind in batch_sizes}
    for _ in range(ROUNDS):
        for kind, size in batch_sizes.items():
            chosen = parameters(preset, epochs=2, batch_size=size)
            network = build_language_model(chosen.networks, corpus.vocabulary_size, kind, seed=0)
            trained = train_language_model("Benchmark", network, *corpus.examples(kind), chosen.training)
            seconds[kind].append(trained.pace.steps_per_epoch[0] * trained.result.seconds_per_step)
    return {kind: statistics.median(values) for kind, values in seconds.items()}


def words_per_second(model: keras.Model, sampling: DecodingParameters) -> dict[str, float]:
    """Returns the median words per second, ends of headlines included, of writing all at once and word by word."""
    ways: dict[str, tuple[Callable[[int], int], int]] = {
        "at once": (partial(_write_at_once, model, sampling), WRITTEN),
        "one `predict` a word": (partial(_write_word_by_word, model, sampling), WRITTEN_WORD_BY_WORD),
    }
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for write, _ in ways.values():
        write(2)  # compiles
    for _ in range(ROUNDS):
        for way, (write, count) in ways.items():
            start = time.perf_counter()
            words = write(count)
            rates[way].append(words / (time.perf_counter() - start))
    return {way: statistics.median(values) for way, values in rates.items()}


def _write_at_once(model: keras.Model, sampling: DecodingParameters, count: int) -> int:
    written = generate(model, [()] * count, [sampling.maximum_words] * count, sampling)
    return sum(len(headline.words) + 1 for headline in written)


def _write_word_by_word(model: keras.Model, sampling: DecodingParameters, count: int) -> int:
    """Writes as the book does, by the same draws as all at once."""
    words = 0
    for number in range(count):
        tokens = [EOS]
        for draw in random_generator(sampling.seed, "decoding", number).random(sampling.maximum_words + 1):
            outputs = model.predict(np.array([tokens], np.int32), verbose=0)
            logits = outputs.reshape(-1, outputs.shape[-1])[-1:].astype(np.float64)
            logits[:, [PAD, UNK] if tokens[1:] else [PAD, UNK, EOS]] = -np.inf
            tokens.append(int(choose(logits, np.array([draw]), sampling)[0]))
            words += 1
            if tokens[-1] == EOS:
                break
    return words


def _print_courses(chapter: Course, tied: Course) -> None:
    print("\ntime to the perplexity of the preset `chapter` (steps alone)")
    for name, course in {"chapter": chapter, "tied, the default": tied}.items():
        result = course.trained.result
        print(
            f"  {name}: {result.seconds_per_step * 1000:.1f} ms a step, "
            f"{course.trained.pace.steps_per_epoch[0]} steps an epoch, "
            f"{len(result.logs['language_model_loss']):,} steps; start-up {course.start_up:.1f} s"
        )
    perplexities = chapter.perplexities
    last, best = list(perplexities)[-1], chapter.trained.result.measurements.best_step or 0
    for name, step in {"at its end": last, "at its best": best}.items():
        sooner = tied.seconds_to(perplexities[step])
        reached = "not reached" if sooner is None else f"{sooner:.1f} s, {chapter.seconds(step) / sooner:.1f} x sooner"
        print(
            f"  chapter {name}: perplexity {perplexities[step]:.1f}, step {step:,}, {chapter.seconds(step):.1f} s; "
            f"the default: {reached}"
        )
    lowest = tied.trained.result.measurements.best_step or 0
    print(f"  the default at its best: perplexity {tied.perplexities[lowest]:.1f}, {tied.seconds(lowest):.1f} s")


def _print_epochs(preset: str, seconds: Mapping[ExampleKind, float]) -> None:
    ratio = seconds["prefixes"] / seconds["sequences"]
    print(f"\nan epoch of the network of `{preset}`, as many predictions an update (medians of {ROUNDS})")
    print(f"  sequences {seconds['sequences']:.2f} s, prefixes {seconds['prefixes']:.2f} s: {ratio:.1f} x")


def _print_words(preset: str, rates: Mapping[str, float]) -> None:
    fast, slow = rates.values()
    print(f"\nwriting {WRITTEN:,} headlines with the model of `{preset}` (medians of {ROUNDS})")
    print("  " + ", ".join(f"{way} {rate:,.0f} words/s" for way, rate in rates.items()) + f": {fast / slow:.0f} x")


if __name__ == "__main__":
    main()
