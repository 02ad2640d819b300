import pytest

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.errors import UserError
from gan_pipelines.models.comparison import CompareParameters, LeaderboardParameters
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_checks import check_parameters

TRAINING = {"training": {"steps": 1}}


def check(**sections):
    check_parameters({"dcgan": TRAINING | sections}, SECTIONS, {"dcgan"})


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"networks": {"architecture": "photo_upsampling"}}, r"`dcgan`:.*'photo_upsampling'.*multiple of 32 px.*28 px"),
        ({"images": {"source": "image_folder"}}, r"`dcgan.images`: .*needs `path`"),
        ({"images": {"path": "photos"}}, r"`dcgan.images`: .*reads no files, but `path` is 'photos'"),
        (
            {"images": {"source": "synthetic_fruit", "path": "photos"}},
            r"'synthetic_fruit' is generated and reads no files",
        ),
        ({"training": {"generator_batch_size": 9}}, r"`dcgan.training`: `generator_batch_size` is 9, but `updates` is"),
        (
            {"training": {"label_smoothing": "soft"}},
            r"`dcgan.training.label_smoothing` is the text 'soft'.*one of hard, one_sided",
        ),
        (
            {"training": {"label_smoothing": {"real": [0.9]}}},
            r"`dcgan.training.label_smoothing.real`.* a list of length 2",
        ),
        ({"claims": {"a.b": {}}}, r"`dcgan.claims.a.b`: a claim requires `at_most`, `at_least` or both"),
        ({"training": {"steps": 1, "batchsize": 8}}, r"`dcgan.training.batchsize`.*did you mean `batch_size`"),
        ({"scoring": {"metric_network": {"checkpoint_every_steps": 3}}}, "checkpoint_every_steps` is not known"),
    ],
)
def test_contradictions_are_told_before_anything_runs(sections, message):
    with pytest.raises(UserError, match=message):
        check(**sections)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"models": ["dcgan"]}, r"`compare.models`.*of length 2 or more"),
        ({"models": ["dcgan", "dgcan"]}, r"`compare.models.1` is the text 'dgcan', did you mean `dcgan`"),
        ({"models": ["dcgan", "dcgan"]}, "each model can be compared once"),
        (
            {"leaderboard": {"other_models": "dcgan+headlines"}},
            r"other_models` is the text 'headlines'; allowed: one of",
        ),
        ({"leaderboard": {"versions": 0}}, r"`compare.leaderboard.versions` is 0; allowed: one of all, latest, or a"),
        ({"leaderboard": {"rank_by": "fid"}}, r"`compare.leaderboard.rank_by` is the text 'fid'.*frechet_distance"),
    ],
)
def test_comparisons_of_nothing_are_refused(section, message):
    with pytest.raises(UserError, match=message):
        check_parameters({"compare": section}, SECTIONS, {"compare"})


def test_the_leaderboard_ranks_each_model_once():
    section = {"models": "dcgan+simple_gan", "leaderboard": {"other_models": "photo_gan+dcgan"}}
    assert CompareParameters.model_validate(section).ranked_models == ["dcgan", "simple_gan", "photo_gan"]


@pytest.mark.parametrize(("versions", "most"), [("all", None), ("latest", 1), (3, 3)])
def test_how_many_versions_are_ranked(versions, most):
    assert LeaderboardParameters(versions=versions).max_versions == most


@pytest.mark.parametrize("model", ["dcgan", "quadratic_gan"])
def test_a_truncation_beyond_all_latents_is_refused(model):
    section = {"networks": {"latent_distribution": "uniform"}, "sampling": {"truncation": 1.5}}
    with pytest.raises(UserError, match=r"`sampling\.truncation` is 1\.5, but uniform latents .* less than 1"):
        check_parameters({model: section}, SECTIONS, {model})
    check_parameters({model: {**section, "sampling": {"truncation": 0.5}}}, SECTIONS, {model})


def test_no_snapshots_are_kept_of_points_for_nobody_scores_them():
    training = {"snapshots": {"every_steps": 10}}
    with pytest.raises(UserError, match=r"`training\.snapshots` saves .* remove it"):
        check_parameters({"quadratic_gan": {"training": training}}, SECTIONS, {"quadratic_gan"})


def test_pairs_are_made_in_memory():
    with pytest.raises(UserError, match=r"`images\.storage` is 'disk', but pairs .* choose 'memory'"):
        check_parameters({"cogan": {"images": {"storage": "disk"}}}, SECTIONS, {"cogan"})


@pytest.mark.parametrize("section", [{"source": "csv"}, {"path": "points.csv"}])
def test_points_have_a_path_where_their_source_needs_one(section):
    with pytest.raises(UserError, match=r"`quadratic_gan\.points`: the source 'csv' needs `path`"):
        check_parameters({"quadratic_gan": {"points": section}}, SECTIONS, {"quadratic_gan"})


@pytest.mark.parametrize(
    ("model", "sections", "message"),
    [
        (
            "conditional_gan",
            {"networks": {"architecture": "mnist_transposed"}},
            r"`conditional_gan.networks.architecture` is the text 'mnist_transposed'.*allowed: conditional_transposed",
        ),
        (
            "conditional_gan",
            {
                "networks": {"architecture": "conditional_transposed"},
                "training": {"updates": "alternating", "generator_batch_size": 9},
            },
            r"`training.generator_batch_size` is 9, but .* gets the label of one of the 32 real images",
        ),
        ("infogan", {"networks": {"architecture": "mlp"}}, r"`infogan.networks.architecture`.*allowed: infogan"),
        ("infogan", {"networks": {"codes": None}}, r"codes` is missing, but.*'infogan' needs codes"),
        ("dcgan", {"networks": {"architecture": "infogan"}}, r"codes` is missing, but.*'infogan' needs codes"),
        (
            "dcgan",
            {"networks": {"codes": {}}},
            r"codes` is given, but .*'mnist_transposed' does not take codes.*: infogan",
        ),
        ("dcgan", {"training": {"mutual_information": {}}}, r"`training.mutual_information` is given, but"),
    ],
)
def test_labels_and_codes_go_with_networks_that_take_them(model, sections, message):
    with pytest.raises(UserError, match=message):
        check_parameters({model: sections}, SECTIONS, {model})


def test_what_fits_passes():
    check()
    check(
        images={"source": "image_folder", "path": "photos"},
        networks={"architecture": "photo_upsampling"},
    )


@pytest.mark.parametrize(
    ("training", "steps"), [({}, 5_500), ({"epochs": 3}, 30), ({"steps": 7}, 7), ({"epochs": 3, "steps": 7}, 7)]
)
def test_the_length_of_training(training, steps):
    assert AdversarialTrainingParameters.model_validate(training).total_steps(steps_per_epoch=10) == steps
