import math

import numpy as np
import pandas as pd
import pytest

from gan_pipelines.reporting.curves import MAXIMUM_POINTS, loss_curves


def _history(rows: int, **columns: object) -> pd.DataFrame:
    steps = np.arange(1, rows + 1)
    return pd.DataFrame({"step": steps, "epoch": steps // 40, "examples_seen": steps * 32, **columns})


def test_losses_and_accuracies_have_a_panel_each() -> None:
    figure = loss_curves(
        _history(
            3,
            generator_loss=[3.0, 2, 1],
            discriminator_loss=[1.0, 2, 3],
            real_accuracy=[0.5, 0.75, 1],
            generated_accuracy=[0.5, 0.25, 0],
        ),
        title="dcgan",
    )
    assert [(line.name, line.yaxis) for line in figure.data] == [
        ("Generator loss", "y"),
        ("Discriminator loss", "y"),
        ("Real accuracy", "y2"),
        ("Generated accuracy", "y2"),
    ]
    assert len({line.line.color for line in figure.data}) == 4
    np.testing.assert_array_equal(figure.data[0].x, [1, 2, 3])
    np.testing.assert_array_equal(figure.data[0].y, [3, 2, 1])
    assert figure.layout.title.text == "dcgan"
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis2.title.text) == ("Loss", "Accuracy")
    assert figure.layout.yaxis2.tickformat == ".0%"
    assert (figure.layout.xaxis.title.text, figure.layout.xaxis2.title.text) == (None, "Training step")


@pytest.mark.parametrize(("name", "title"), [("loss", "Loss"), ("accuracy", "Accuracy")])
def test_one_kind_of_quantity_fills_one_panel(name: str, title: str) -> None:
    figure = loss_curves(_history(3, **{name: [0.1, 0.2, 0.3]}))
    assert "yaxis2" not in figure.layout
    assert figure.layout.yaxis.title.text == title
    assert figure.layout.xaxis.title.text == "Training step"


def test_hovering_tells_epoch_and_images_once_per_panel() -> None:
    figure = loss_curves(_history(50, a_loss=np.ones(50), b_loss=np.ones(50), accuracy=np.ones(50)))
    assert ["examples seen" in line.hovertemplate for line in figure.data] == [False, True, True]
    assert figure.data[1].customdata[49].tolist() == [1.0, 1, 1600]


def test_long_curves_are_thinned_out_but_keep_their_ends_and_spikes() -> None:
    losses = np.random.default_rng(0).standard_normal(50_000)
    losses[31_415], losses[27_182] = 90, -80
    thin, smooth = loss_curves(_history(50_000, generator_loss=losses)).data
    assert len(thin.x) <= MAXIMUM_POINTS
    assert (thin.x[0], thin.x[-1]) == (1, 50_000)
    assert (thin.y.max(), thin.y.min()) == (90, -80)
    np.testing.assert_allclose(thin.y, losses[thin.x - 1], rtol=1e-6)
    assert (np.diff(thin.x) > 0).all()
    assert (smooth.x[0], smooth.x[-1]) == (1, 50_000)
    assert np.abs(smooth.y).max() < 1
    assert (thin.showlegend, smooth.showlegend) == (False, None)
    assert thin.legendgroup == smooth.legendgroup


def test_the_smoothed_line_has_no_lag() -> None:
    _, smooth = loss_curves(_history(1000, loss=np.arange(1000.0))).data
    np.testing.assert_allclose(smooth.y[50:-50], smooth.x[50:-50] - 1, atol=0.6)


def test_the_report_stays_small() -> None:
    noise = np.random.default_rng(0).random((4, 100_000))
    names = ["generator_loss", "discriminator_loss", "real_accuracy", "generated_accuracy"]
    assert len(loss_curves(_history(100_000, **dict(zip(names, noise, strict=True)))).to_json()) < 300_000


def test_missing_and_infinite_values_are_left_out() -> None:
    (line,) = loss_curves(_history(5, loss=[1, math.nan, 3, math.inf, 5], penalty=[math.nan] * 5)).data
    assert line.name == "Loss"
    np.testing.assert_array_equal(line.x, [1, 3, 5])
    np.testing.assert_array_equal(line.y, [1, 3, 5])


@pytest.mark.parametrize(
    "history",
    [_history(3), _history(0, loss=[]), _history(3, loss=[1.0, 2, 3]).drop(columns="epoch")],
    ids=["no quantity", "no rows", "no epoch"],
)
def test_a_history_without_curves_is_refused(history: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="requires the columns step, epoch, examples_seen"):
        loss_curves(history)
