"""`compare` through real Kedro sessions: which runs are ranked, and when."""

import json
import re
import shutil

import pandas as pd
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.pipelines import comparison
from gan_pipelines.pipelines.comparison.selection import check_selection
from tests.project import copy_results, kedro, newest, run_session


@pytest.fixture
def project(tmp_path, models_project):
    return copy_results(models_project, tmp_path / "project")


def leaderboard(folder):
    return pd.read_csv(newest(folder, "08_reporting", "compare", "leaderboard.csv"))


def nodes_that_ran(caplog):
    ran = set(re.findall(r"(\S+) has to run", caplog.text))
    caplog.clear()
    return ran


@pytest.mark.exhaustive
@pytest.mark.slow
def test_every_kept_run_is_ranked_and_only_what_changed_runs_again(project, caplog):
    caplog.set_level("INFO")
    run_session(project, "compare")
    assert nodes_that_ran(caplog) == set()
    assert len(leaderboard(project)) == 2

    run_session(project, "compare", {"photo_gan": {"scoring": {"seed": 1}}})
    assert {"compare.rank_runs", "compare.plot_leaderboard"} <= nodes_that_ran(caplog)
    table = leaderboard(project)
    assert sorted(table["model"]) == ["photo_dcgan", "photo_gan", "photo_gan"]
    assert table["rank"].tolist() == [1, 2, 2], "the same samples of photo_gan, scored with another seed"
    assert table["group"].nunique() == 1

    oldest = min(table["version"][table["model"] == "photo_gan"])
    shutil.rmtree(project / "data/smoke/08_reporting/photo_gan/model_card.json" / oldest)
    run_session(project, "compare", {"photo_gan": {"scoring": {"seed": 1}}})
    assert nodes_that_ran(caplog) == {"compare.rank_runs", "compare.plot_leaderboard"}
    assert sorted(leaderboard(project)["model"]) == ["photo_dcgan", "photo_gan"]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_kept_runs_of_other_models_are_ranked_without_being_trained(project):
    options = "--params=compare.leaderboard.other_models=dcgan+simple_gan"
    process = kedro(project, "run", "--pipeline=compare", "--env=smoke", options)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output[-2000:]
    assert "2 ran, 0 restored" in output.splitlines()[-1]
    table = leaderboard(project)
    assert {*table["model"]} == {"dcgan", "simple_gan", "photo_gan", "photo_dcgan"}
    for _, group in table.groupby("group"):
        assert group["rank"].tolist() == list(range(1, len(group) + 1))
        assert group["frechet_distance"].is_monotonic_increasing
        assert group["feature_network"].nunique() == 1
    assert table["group"].nunique() == 2, "digits and photos have different feature networks"
    chart = json.loads(newest(project, "08_reporting", "compare", "leaderboard_chart.json").read_text("utf8"))
    assert [trace["type"] for trace in chart["data"]].count("bar") == 2


def test_pipelines_joined_for_other_models_are_refused():
    photos, digits = ["photo_gan", "photo_dcgan"], ["dcgan", "simple_gan"]
    joined = comparison.create_pipeline(photos, photos)
    check_selection({}, joined)
    with pytest.raises(
        UserError, match=r"`compare.models` names dcgan, simple_gan, but this process .* built .*photo_"
    ):
        check_selection({"compare": {"models": digits}}, joined)
    others = {"compare": {"leaderboard": {"other_models": digits}}}
    with pytest.raises(UserError, match=r"`compare.leaderboard` names dcgan, .* built .* for photo_dcgan, photo_gan"):
        check_selection(others, joined)
    check_selection(others, comparison.create_pipeline(photos, photos + digits))
