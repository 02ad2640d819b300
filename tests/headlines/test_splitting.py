import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.splitting import split_headlines

HEADLINES = [f"headline {number:03}" for number in range(100)]


def test_both_sides_keep_the_order_and_share_nothing() -> None:
    training, heldout = split_headlines(HEADLINES, 0.1, seed=5)
    assert (len(training), len(heldout)) == (90, 10)
    assert training == sorted(training)
    assert heldout == sorted(heldout)
    assert sorted(training + heldout) == HEADLINES
    assert heldout != HEADLINES[:10]
    assert heldout != HEADLINES[-10:]


def test_seed_alone_decides() -> None:
    assert split_headlines(HEADLINES, 0.1, 1) == split_headlines(HEADLINES, 0.1, 1)
    assert split_headlines(HEADLINES, 0.1, 1) != split_headlines(HEADLINES, 0.1, 2)


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_neither_side_is_empty(fraction: float) -> None:
    training, heldout = split_headlines(HEADLINES[:3], fraction, 0)
    assert len(training) >= 1
    assert len(heldout) >= 1


@pytest.mark.parametrize("headlines", [[], ["alone"]])
def test_fewer_than_two_are_refused(headlines: list[str]) -> None:
    with pytest.raises(UserError, match=f"{len(headlines)} distinct headlines are left after cleaning"):
        split_headlines(headlines, 0.5, 0)
