import numpy as np
import pytest

from gan_pipelines.scores.network_weights import weight_norms


def test_the_largest_weight_counts_by_its_size_wherever_it_stands():
    assert weight_norms([np.eye(2), np.array([0.5, -3.0])])["largest"] == 3


def test_kernels_are_measured_as_matrices_with_a_column_for_each_output():
    dense = np.diag([2.0, 0.5])
    convolution = np.zeros((3, 3, 2, 4))
    convolution[0, 0, 0, 1] = convolution[2, 1, 1, 1] = 1.0  # one column of length sqrt(2)
    figures = weight_norms([convolution, np.full(4, 9.0), dense])
    assert figures["largest_norm"] == pytest.approx(2)
    assert figures["smallest_norm"] == pytest.approx(np.sqrt(2))
