"""kedro-viz served for real and opened in a headless Chromium."""

import json
import os
import shutil
import signal
import socket
import time
import urllib.request
from contextlib import suppress

import pytest

from tests.project import kedro

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

LAYERS = ("raw", "intermediate", "primary", "feature", "model input", "models", "model output", "reporting")
PICTURE = "img[alt='Preview visualization']"
CURVE = ".js-plotly-plot .scatterlayer path.js-line"
EXPANSION = "role=button[name='Expand preview']"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def address(request):
    items = [item for item in request.session.items if item.path == request.path]
    needs_all = any(item.get_closest_marker("exhaustive") for item in items)
    project = request.getfixturevalue("models_project" if needs_all else "kinds_project")
    port = free_port()
    arguments = ("viz", "run", "--no-browser", "--host=127.0.0.1", f"--port={port}", "--env=smoke")
    log = (project / "viz.log").open("w")
    # The command starts its server as another process; the group holds both.
    process = kedro(project, *arguments, stdout=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(address, process)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def free_port():
    """Returns a port that nothing listens on; kedro-viz takes none above 49,151, where the system's own choice lies."""
    for port in range(14_141, 49_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    return pytest.fail("no free port")


def wait_until_served(address, process):
    for _ in range(240):
        assert process.poll() is None, "kedro viz ended"
        try:
            fetch(f"{address}/api/main")
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail("kedro viz did not answer within a minute")


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the server that the test started
        return json.load(answer)


@pytest.fixture(scope="module")
def identifiers(address):
    """Each node's identifier by its name."""
    names = ("dcgan", "simple_gan", "quadratic_gan", "infogan", "cyclegan", "srgan", "headlines", "compare")
    nodes = [node for name in names for node in fetch(f"{address}/api/pipelines/{name}")["nodes"]]
    return {node["name"]: node["id"] for node in nodes}


@pytest.fixture(scope="module")
def page(address):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1400, "height": 900})
        browser.close()


@pytest.mark.first_case
@pytest.mark.parametrize(
    "pipeline",
    [
        *("dcgan", "quadratic_gan", "infogan", "cogan", "pix2pix", "cyclegan", "srgan"),
        *("headlines", "compare", "__default__"),
    ],
)
def test_datasets_lie_in_bands_of_their_layers(address, pipeline):
    # Of layers in a circle kedro-viz shows none.
    answer = fetch(f"{address}/api/pipelines/{pipeline}")
    used = {node.get("layer") for node in answer["nodes"]}
    assert [layer for layer in answer["layers"] if layer in used] == [layer for layer in LAYERS if layer in used]
    assert {"models", "model output", "reporting"} <= used


def open_panel(page, address, identifier, awaited, pipeline="dcgan"):
    """Returns what the panel of a dataset shows; on a busy machine a page may lose which one was asked for."""
    from playwright.sync_api import TimeoutError as NotShownError

    for _ in range(3):
        page.goto(f"{address}/?pid={pipeline}&sid={identifier}&expandAllPipelines=true")
        with suppress(NotShownError):
            return page.wait_for_selector(awaited, timeout=20_000)
    return pytest.fail(f"kedro-viz did not show {awaited}")


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("dcgan.sample_grid", "iVBORw0KGgo"),
        ("dcgan.interpolation", "iVBORw0KGgo"),
        ("dcgan.training_stages", "iVBORw0KGgo"),
        ("dcgan.training_animation", "R0lGODlh"),
        ("quadratic_gan.sample_scatter", "iVBORw0KGgo"),
        ("infogan.code_traversals", "iVBORw0KGgo"),
        ("cyclegan.sample_grid_b_to_a", "iVBORw0KGgo"),
        ("srgan.detail_grid", "iVBORw0KGgo"),
        pytest.param("compare.comparison_grid", "iVBORw0KGgo", marks=pytest.mark.exhaustive),
    ],
)
def test_pictures_are_seen(page, address, identifiers, name, signature):
    picture = open_panel(page, address, identifiers[name], PICTURE, name.split(".")[0])
    assert signature in picture.get_attribute("src")
    page.wait_for_function("image => image.complete && image.naturalWidth > 300", arg=picture)


def test_the_animation_moves(page, address, identifiers):
    picture = open_panel(page, address, identifiers["dcgan.training_animation"], PICTURE)
    seen = {picture.screenshot()}
    for _ in range(60):
        if len(seen) > 1:
            break
        page.wait_for_timeout(50)
        seen.add(picture.screenshot())
    assert len(seen) > 1, "the picture did not change within three seconds"


@pytest.mark.parametrize(
    "name",
    [
        "dcgan.loss_curves",
        "headlines.loss_curves",
        "headlines.quality_and_diversity",
        pytest.param("compare.comparison_curves", marks=pytest.mark.exhaustive),
    ],
)
def test_curves_are_drawn(page, address, identifiers, name):
    assert open_panel(page, address, identifiers[name], CURVE, name.split(".")[0]).is_visible()


@pytest.mark.parametrize(
    ("name", "text"), [("scores", "frechet_classifier_distance"), ("model_card", "mnist_transposed")]
)
def test_reports_are_read(page, address, identifiers, name, text):
    open_panel(page, address, identifiers[f"dcgan.{name}"], EXPANSION).click()
    page.get_by_text(text).first.wait_for(timeout=10_000)
    assert page.get_by_text(text).first.is_visible()


@pytest.mark.exhaustive
def test_the_leaderboard_is_sorted_by_buttons(page, address, identifiers):
    open_panel(page, address, identifiers["compare.leaderboard_chart"], EXPANSION, "compare").click()
    chart = page.locator(".pipeline-metadata-modal .js-plotly-plot")
    for button, first in (("Model", "photo_dcgan"), ("Parameters", "photo_gan")):
        chart.locator(".updatemenu-button", has_text=button).click(timeout=10_000)
        page.wait_for_function(
            "model => document.querySelector('.pipeline-metadata-modal .js-plotly-plot')"
            ".data[0].cells.values[1][0].startsWith(model)",
            arg=first,
        )
        assert chart.locator(".cell-text", has_text=first).first.is_visible()
    assert chart.locator(".barlayer .point path").first.is_visible()


@pytest.mark.exhaustive
def test_the_leaderboard_is_read_as_a_table(page, address, identifiers):
    open_panel(page, address, identifiers["compare.leaderboard"], "text=photo_upsampling", "compare")
    assert page.get_by_text("frechet_distance").first.is_visible()
