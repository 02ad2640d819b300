import pytest

from gan_pipelines.scores.novelty import CopiedSpans, copied_spans, copy_rate, novelty


def headlines(*texts):
    return [tuple(text.split()) for text in texts]


TRAINING = set(headlines("a b c d", "x y"))


def test_whole_copies():
    assert copy_rate(headlines("a b c d", "x y", "a b c", "d c b a"), TRAINING) == 0.5
    assert copy_rate([], TRAINING) == 0


def test_novelty_of_known_headlines():
    assert novelty(headlines("a b d"), TRAINING, 1) == 0
    assert novelty(headlines("a b d"), TRAINING, 2) == 0.5
    assert novelty(headlines("a b d"), TRAINING, 3) == 1
    assert novelty(headlines("a b d"), TRAINING, 4) == 0


def test_an_ngram_counts_as_often_as_it_stands():
    assert novelty(headlines("a b", "b d", "b d", "b d"), TRAINING, 2) == 0.75


def test_an_ngram_does_not_reach_over_the_end_of_a_headline():
    assert novelty(headlines("d x"), headlines("a b c d", "x y"), 2) == 1


def test_spans_are_the_longest_run_of_each_headline():
    spans = copied_spans(headlines("c a b c", "a b c d", "z", "y x"), TRAINING)
    assert spans == CopiedSpans(mean=(3 + 4 + 0 + 1) / 4, longest=4)


def test_a_span_comes_from_one_headline():
    assert copied_spans(headlines("c d x y"), TRAINING).longest == 2


@pytest.mark.parametrize("sample", [[], headlines("q", ""), headlines("")])
def test_nothing_copied(sample):
    assert copied_spans(sample, TRAINING) == CopiedSpans(mean=0, longest=0)
