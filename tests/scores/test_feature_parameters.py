import pytest
from pydantic import ValidationError

from gan_pipelines.scores.feature_parameters import INCEPTION_FILE, VGG19_FILE, FeatureParameters
from gan_pipelines.scores.parameters import ContentNetworkParameters

HASH = "0123456789abcdef" * 4


def test_without_a_word_the_metric_network_makes_the_features():
    assert FeatureParameters().kind == "classifier"


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "inception_v3", "path": "notop.h5"},
        {"kind": "inception_v3", "path": "mine.weights.h5", "sha256": HASH},
        {"kind": "file", "path": "features.keras", "sha256": HASH},
    ],
)
def test_what_fits_is_taken(given):
    assert FeatureParameters.model_validate(given).model_dump(exclude_unset=True) == given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "inception_v3"}, f"need `path`.*{INCEPTION_FILE}.*python -c"),
        ({"kind": "file"}, r"need `path`.*\.keras model"),
        ({"kind": "inception_v3", "path": "whole.keras"}, r"'whole\.keras'.*ends in \.h5"),
        ({"kind": "file", "path": "weights.h5"}, r"'weights\.h5'.*ends in \.keras"),
        ({"kind": "file", "path": "f.keras", "sha256": HASH[1:]}, "64 digits"),
        ({"kind": "file", "path": "f.keras", "sha256": f"{HASH}\n"}, "64 digits"),
        ({"kind": "file", "path": "f.keras", "sha256": HASH.upper()}, "64 digits"),
        ({"path": "f.keras"}, "read no file, but path is given"),
        ({"kind": "classifier", "sha256": HASH}, "read no file, but sha256 is given"),
        ({"kind": "fid"}, "classifier"),
        ({"kind": "file", "path": ""}, "at least 1 character"),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        FeatureParameters.model_validate(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "vgg19"}, f"need `path`.*{VGG19_FILE}.*VGG19"),
        ({"kind": "vgg19", "path": "vgg.keras"}, r"ends in \.h5"),
        ({"path": "vgg.h5"}, "'rotations' come from.*remove it, or set `kind` to 'vgg19'"),
    ],
)
def test_a_content_network_has_a_file_or_is_trained(given, message):
    with pytest.raises(ValidationError, match=message):
        ContentNetworkParameters.model_validate(given)
