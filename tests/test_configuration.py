import shutil

import pytest
from click.testing import CliRunner
from kedro.config import MissingConfigException, OmegaConfigLoader

from gan_pipelines.cli import run
from gan_pipelines.configuration import ConfigurationLoader
from gan_pipelines.context import ParameterCatalog
from gan_pipelines.errors import UserError
from gan_pipelines.settings import CONFIG_LOADER_ARGS
from tests.project import ROOT

APPLE_DOUBLE = bytes.fromhex("0005160700020000") + b"Mac OS X        " + bytes(60)
HALF_WRITTEN = b"small: {\n"
IGNORED = {
    "._parameters_small.yml": APPLE_DOUBLE,
    ".parameters.yml": HALF_WRITTEN,
    ".parameters_small.yml.swp": APPLE_DOUBLE,
    "parameters_small.yml~": HALF_WRITTEN,
    "#parameters_small.yml#": HALF_WRITTEN,
    ".ipynb_checkpoints/parameters_small-checkpoint.yml": HALF_WRITTEN,
    "parameters/.ipynb_checkpoints/parameters_small.json": HALF_WRITTEN,
    ".backup/catalog.yml": HALF_WRITTEN,
    "notes.yml": HALF_WRITTEN,
    "notes/list.json": b"[1]",
}


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def both(folder, **options):
    arguments = CONFIG_LOADER_ARGS | options
    return [loader(folder, **arguments) for loader in (OmegaConfigLoader, ConfigurationLoader)]


@pytest.fixture
def conf(tmp_path):
    return write(tmp_path / "conf", {"base/parameters_small.yml": "small: {rate: 1}\n", "local/.gitkeep": ""})


@pytest.mark.parametrize("environment", ["base", "smoke", "multi_worker"])
@pytest.mark.parametrize(
    "parameters", [{}, {"dcgan": {"training": {"epochs": 2}, "preset": None}}, {"a": "${b}", "b": 1}]
)
def test_the_projects_sections_are_kedros(environment, parameters):
    kedros, own = both(ROOT / "conf", env=environment, runtime_params=parameters)
    for section in ("parameters", "catalog", "globals"):
        assert own[section] == kedros[section]


@pytest.mark.parametrize(
    ("base", "local"),
    [
        ("a: {b: 1, c: {d: 2}}", "a: {c: {e: 3}, f: 4}"),
        ("a: {b: 1}\nl: [1, {x: 2}]", "a: null\nl: [3]"),
        ("a: null\nb: 1", "a: {b: 1}\nb: {c: 2}"),
        ("a: {b: 1}", "a: 5\n_hidden: 1"),
        ("t: &t {x: [1]}\na: *t\nb: {<<: *t, y: 2}", "b: {x: [2]}"),
        ("a: {b: 1}\nc: ${a.b}", "a: {b: 2}"),
        ("a: {b: 1}", "a: {b: 2}\nc: ${a}"),
        ("a: {b: 1, c: '???'}", "a: {b: '???', c: 3}"),
        ("a: 1e-4\nb: 2024-01-01\nc: 0o17\nd: yes\ne: 1_000\nf: '1'\ng: .5", "h: !!float 1\ni: ~"),
        ("1: {2: a}\ntrue: b", "1: {3: c}"),
        ("", "# nothing yet\n"),
        ("word", "a: {}"),
        ('{"a": {"b": [1, "x\\u00e4"]}}', "a: {}"),
    ],
)
@pytest.mark.parametrize("parameters", [{}, {"a": {"z": [1]}}, {"z": "${a}"}])
def test_sections_are_merged_and_read_as_kedro_does(tmp_path, base, local, parameters):
    files = {"base/parameters.yml": base, "local/parameters.yml": local}
    found = []
    for loader in both(write(tmp_path, files), runtime_params=parameters):
        try:
            found.append(repr(loader["parameters"]))  # types and the order of keys count too
        except Exception:  # noqa: BLE001  each tells it in its own words
            found.append("an error")
    assert found[0] == found[1]


def test_a_section_without_files_is_missing(conf):
    for loader in both(conf):
        with pytest.raises(MissingConfigException):
            loader["credentials"]


def test_what_a_session_read_it_sees_again_whatever_others_do_with_it(conf):
    loader = ConfigurationLoader(conf, **CONFIG_LOADER_ARGS)
    loader["parameters"]["small"]["rate"] = 7
    (conf / "base/parameters_small.yml").write_text("small: {", "utf8")
    assert loader["parameters"] == {"small": {"rate": 1}}
    loader["parameters"] = {"small": {"rate": 2}}
    assert loader["parameters"] == {"small": {"rate": 2}}


def test_a_key_in_two_files_is_refused(conf):
    write(conf, {"base/parameters_other.yml": "small: {rate: 2}\n"})
    for loader in both(conf):
        with pytest.raises(ValueError, match=r"Duplicate keys found in .*: small\.rate"):
            loader["parameters"]


@pytest.mark.parametrize("name", IGNORED)
def test_what_kedro_ignores_is_ignored(conf, name):
    write(conf / "base", {name: IGNORED[name]})
    write(conf / "local", {name: IGNORED[name]})
    (conf / "base" / ".#parameters_small.yml").symlink_to("somebody@a.machine.123:456")  # how Emacs locks a file
    kedros, own = both(conf)
    own.check()
    assert own["parameters"] == kedros["parameters"] == {"small": {"rate": 1}}


def test_hidden_files_count_where_kedro_is_asked_to_read_them(conf):
    write(conf, {"base/parameters/.more.yml": "more: 1\n"})
    for loader in both(conf, ignore_hidden=False):
        assert loader["parameters"] == {"small": {"rate": 1}, "more": 1}


def test_a_project_below_a_hidden_folder_is_read(tmp_path, conf):
    hidden = shutil.copytree(conf, tmp_path / ".projects" / "conf")
    assert ConfigurationLoader(hidden, **CONFIG_LOADER_ARGS)["parameters"] == {"small": {"rate": 1}}


def test_a_command_tells_nothing_of_ignored_files(conf, monkeypatch):
    write(conf / "base", IGNORED)
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    result = CliRunner().invoke(run, [f"--conf-source={conf}", "--nodes=none"])
    assert "cannot be read" not in result.output
    write(conf, {"base/parameters_bad.yml": HALF_WRITTEN})
    result = CliRunner().invoke(run, [f"--conf-source={conf}", "--nodes=none"])
    assert result.stderr.startswith(f"Error: {conf / 'base/parameters_bad.yml'} cannot be read: while parsing")


@pytest.mark.parametrize("ending", ["gztar", "zip"])
def test_an_archive_is_guarded_too(tmp_path, conf, ending):
    archive = shutil.make_archive(str(tmp_path / "packed"), ending, tmp_path, "conf")
    assert ConfigurationLoader(archive, **CONFIG_LOADER_ARGS)["parameters"] == {"small": {"rate": 1}}
    with pytest.raises(UserError, match=r"no environment `smok` in conf; allowed: base, local\."):
        ConfigurationLoader(archive, env="smok", **CONFIG_LOADER_ARGS)
    write(conf, {"local/parameters.yml": "small: &a [*a]\n"})
    archive = shutil.make_archive(str(tmp_path / "bad"), ending, tmp_path, "conf")
    with pytest.raises(UserError, match=r"conf/local/parameters.yml has more than 10000 values, or its aliases"):
        ConfigurationLoader(archive, **CONFIG_LOADER_ARGS).check()


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000, "a: [1, 2]\n" * 3_000], ids=["flow", "block", "long"])
def test_long_files_are_refused_and_end_no_process(conf, text):
    write(conf, {"local/parameters.yml": text})
    with pytest.raises(UserError, match=r"parameters.yml (cannot be read|has more than)"):
        ConfigurationLoader(conf, **CONFIG_LOADER_ARGS).check()


def test_parameters_become_datasets_when_they_are_asked_for():
    value = {"rate": [1]}
    catalog = ParameterCatalog()
    catalog["parameters"], catalog["params:small"], catalog["table"] = {"small": value}, value, [1]
    assert {*catalog.keys()} == {"parameters", "params:small", "table"}
    assert not any(name.startswith("param") for name in catalog._datasets)
    catalog["params:small"].load()["rate"].append(2)
    assert catalog.load("params:small") == {"rate": [1]}
    catalog["params:small"] = {"rate": [3]}
    assert catalog.load("params:small") == {"rate": [3]}
    assert catalog.load("parameters") == {"small": {"rate": [1]}}
