from collections import Counter

import numpy as np
import pytest

from gan_pipelines.headlines.examples import Examples, example_length, make_examples, prefix_examples, sequence_examples

HEADLINES = [[3, 4, 5], [6], [], [3, 4, 5, 2]]


def test_sequences_have_a_target_at_each_position() -> None:
    examples = sequence_examples(HEADLINES, 6)
    assert examples["tokens"].tolist() == [
        [1, 3, 4, 5, 0, 0],
        [1, 6, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [1, 3, 4, 5, 2, 0],
    ]
    assert examples["targets"].tolist() == [
        [3, 4, 5, 1, 0, 0],
        [6, 1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [3, 4, 5, 2, 1, 0],
    ]


def test_prefixes_end_where_their_target_begins() -> None:
    examples = prefix_examples(HEADLINES[:3], 5)
    assert examples["tokens"].tolist() == [
        [0, 0, 0, 0, 1],
        [0, 0, 0, 1, 3],
        [0, 0, 1, 3, 4],
        [0, 1, 3, 4, 5],
        [0, 0, 0, 0, 1],
        [0, 0, 0, 1, 6],
        [0, 0, 0, 0, 1],
    ]
    assert examples["targets"].tolist() == [3, 4, 5, 1, 6, 1, 1]


def contexts_of_sequences(examples: Examples) -> Counter:
    return Counter(
        (tuple(tokens[: place + 1].tolist()), int(target))
        for tokens, targets in zip(examples["tokens"], examples["targets"], strict=True)
        for place, target in enumerate(targets)
        if target
    )


def contexts_of_prefixes(examples: Examples) -> Counter:
    return Counter(
        (tuple(tokens[tokens > 0].tolist()), int(target))
        for tokens, target in zip(examples["tokens"], examples["targets"], strict=True)
    )


def test_both_kinds_teach_the_same() -> None:
    generator = np.random.default_rng(0)
    encoded = [generator.integers(2, 6, generator.integers(0, 9)).tolist() for _ in range(200)]
    length = example_length(encoded)
    sequences, prefixes = (make_examples(kind, encoded, length) for kind in ("sequences", "prefixes"))
    assert contexts_of_sequences(sequences) == contexts_of_prefixes(prefixes)
    assert len(prefixes["targets"]) == sum(map(len, encoded)) + 200


def test_ids_are_all_that_is_kept() -> None:
    for kind, rows in (("sequences", 4), ("prefixes", 12)):
        examples = make_examples(kind, HEADLINES, 5)
        assert examples["tokens"].shape == (rows, 5)
        assert {array.dtype for array in examples.values()} == {np.dtype(np.int32)}
    assert examples["targets"].shape == (12,)


def test_the_length_fits_the_longest_of_all_sets() -> None:
    assert example_length([[3], [3, 4]], [[3, 4, 5]]) == 4
    with pytest.raises(ValueError, match="length 4 are too short: the longest headline needs 5"):
        make_examples("prefixes", HEADLINES, 4)
    with pytest.raises(ValueError, match="empty"):
        make_examples("sequences", [], 4)
