"""R-precision, against the definition written down plainly, and on vectors whose answer is known."""

import numpy as np
import pytest

from gan_pipelines.scores.r_precision import r_precision
from gan_pipelines.training.randomness import random_generator


def vectors(count, seed, size=8):
    return np.random.default_rng(seed).normal(size=(count, size))


def plain(images, captions, contents, candidates, seed):
    hits = 0
    for number, image in enumerate(images):
        others = [other for other in range(len(captions)) if contents[other] != contents[number]]
        drawn = random_generator(seed, "R-precision", number).choice(others, candidates - 1, replace=False)
        cosines = [
            image @ captions[each] / np.sqrt((image @ image) * (captions[each] @ captions[each]))
            for each in [number, *drawn]
        ]
        hits += int(np.argmax(cosines)) == 0
    return hits / len(images)


@pytest.mark.parametrize(("candidates", "seed"), [(2, 0), (10, 0), (10, 1), (81, 2)])
def test_it_equals_a_plain_implementation(candidates, seed):
    captions = vectors(100, 0) * np.random.default_rng(3).uniform(0.1, 9, (100, 1))
    images, contents = captions + 2 * vectors(100, 1), np.arange(100) // 20
    found = r_precision(images, captions, contents, candidates, seed)
    assert found.value == plain(images, captions, contents, candidates, seed)
    assert found.standard_error == pytest.approx(np.sqrt(found.value * (1 - found.value) / 99))
    assert (found.chance, found.pictures, found.candidates) == (1 / candidates, 100, candidates)


def test_golden_values():
    random = np.random.RandomState(7)
    captions = random.normal(size=(200, 16))
    images = captions + 1.5 * random.normal(size=(200, 16))
    assert r_precision(images, captions).value == 0.455
    assert r_precision(images, captions, candidates=10, seed=4).value == 0.82


def test_pictures_of_their_captions_get_1_of_any_length_and_of_others_0():
    captions = vectors(60, 0)
    assert r_precision(captions * 7, captions / 3, candidates=60).value == 1
    assert r_precision(-captions, captions, candidates=60).value == 0


def test_pictures_that_ignore_their_captions_get_chance():
    captions, pictures = vectors(3000, 0), vectors(3000, 1)
    found = r_precision(pictures, captions, candidates=20)
    assert found.chance == 0.05
    assert found.value == pytest.approx(found.chance, abs=4 * found.standard_error)


def test_encoders_that_map_all_to_one_vector_get_chance():
    one = np.repeat(vectors(1, 0), 50, axis=0)
    found = r_precision(one, one * np.arange(1, 51)[:, np.newaxis], candidates=25)
    assert (found.value, found.standard_error) == (pytest.approx(0.04), pytest.approx(0, abs=1e-12))


def test_captions_that_say_the_same_are_never_candidates_of_each_other():
    contents = np.repeat(np.arange(10), 6)
    captions = np.eye(10)[contents]
    assert r_precision(captions, captions, contents, candidates=55).value == 1
    assert r_precision(captions, captions, candidates=55).value < 0.25


def test_the_seed_draws_the_candidates_and_more_of_them_are_harder():
    captions = vectors(300, 0)
    images = captions + 2 * vectors(300, 1)
    first, again, *others = (r_precision(images, captions, candidates=5, seed=seed).value for seed in (0, 0, 1, 2))
    assert first == again
    assert {*others} != {first}
    values = [r_precision(images, captions, candidates=count).value for count in (2, 10, 100, 300)]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("images", "captions", "contents", "candidates", "message"),
    [
        (vectors(5, 0), vectors(4, 0), None, 2, "5 pictures, 4 captions"),
        (vectors(5, 0), vectors(5, 0), np.arange(4), 2, r"contents of the shape \(4,\)"),
        (vectors(5, 0), vectors(5, 0), None, 6, "at most 5, since only 4 of 5 captions say something else"),
        (vectors(5, 0), vectors(5, 0), np.array([0, 0, 0, 1, 2]), 4, "at most 3, since only 2 of 5"),
        (vectors(5, 0), vectors(5, 0), None, 1, "at least 2 candidates.*not 1"),
        (vectors(5, 0), vectors(5, 0, size=4), None, 2, "dimensions"),
        (vectors(5, 0), np.zeros((5, 8)), None, 2, "5 of 5 caption vectors are 0"),
        (np.full((5, 8), np.nan), vectors(5, 0), None, 2, "image vectors are not finite"),
    ],
)
def test_vectors_that_do_not_compare_are_refused(images, captions, contents, candidates, message):
    with pytest.raises(ValueError, match=message):
        r_precision(images, captions, contents, candidates)
