"""Image sets that stay on the disk: how much memory they take, and that nothing else tells them from others."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_pipelines.datasets.arrays import ImageSetDataset
from gan_pipelines.pixels import StoredPixels, normalise
from tests.commands import passes
from tests.project import copy_project

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

INGESTION_WITHIN_LIMITS = """
import json, resource, sys
from pathlib import Path

from gan_pipelines.datasets.arrays import ImageSetDataset
from gan_pipelines.pipelines.ingestion.nodes import read_images, split_images
from gan_pipelines.sources import registry
from gan_pipelines.sources.image_decoding import read_image

folder, images, allowance = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
read_image(next(Path(images["path"]).iterdir()), images["size"], "rgb")

def status(name):
    [kilobytes] = [line.split()[1] for line in open("/proc/self/status") if line.startswith(name)]
    return 1024 * int(kilobytes)

limit, resident = status("VmData") + allowance, status("VmHWM")
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

def saved_and_loaded(name, data):
    dataset = ImageSetDataset(filepath=str(folder / f"{name}.npz"))
    dataset.save(data)
    return dataset.load()

raw = saved_and_loaded("raw", read_images(images)[0])
training, heldout, report = split_images(raw, 0.2, 0)
training, heldout = saved_and_loaded("training", training), saved_and_loaded("heldout", heldout)
print(len(training), len(heldout), report["duplicates_removed"]["train"], training.pixels.sha256())
sys.exit("too much was resident" if status("VmHWM") - resident > allowance else 0)
"""


def paint(folder: Path, count: int, side: int = 16) -> Path:
    folder.mkdir()
    for number in range(count):
        noise = np.random.default_rng(number // 2 * 2 if number < 4 else number)
        Image.fromarray(noise.integers(0, 256, (side, side, 3), np.uint8)).save(folder / f"{number:04}.png")
    return folder


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is limited by what Linux tells")
def test_a_quarter_of_the_bytes_are_memory_enough_for_any_folder(tmp_path):
    size, count = 256, 1000
    of_all = count * size**2 * 3
    images = {"source": "image_folder", "path": str(paint(tmp_path / "photos", count)), "size": size}

    def ingestion(**others):
        arguments = [str(tmp_path), json.dumps({**images, **others}), str(of_all // 4)]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(tmp_path)}
        command = [sys.executable, "-c", INGESTION_WITHIN_LIMITS, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    on_the_disk = ingestion(storage="disk")
    assert on_the_disk.returncode == 0, on_the_disk.stderr
    assert re.fullmatch(r"798 200 2 [0-9a-f]{64}\n", on_the_disk.stdout)
    in_memory = ingestion(storage="memory")
    assert "MemoryError" in in_memory.stderr  # so the limit is one


SMOKE = ("run", "--pipeline=photo_dcgan", "--env=smoke", "--to-nodes=photo_dcgan.judging.extract_real_features")
FOLDER = "photo_dcgan.images.source=image_folder,photo_dcgan.images.path=photos"


def test_stages_cannot_tell_images_on_the_disk_from_others(tmp_path):
    (tmp_path / "project").mkdir()
    project = copy_project(tmp_path / "project")
    paint(project / "photos", 60)

    def run(storage):
        result = passes(project, *SMOKE, f"--params={FOLDER},photo_dcgan.images.storage={storage}")
        return result.stderr.rpartition("Incremental run: ")[2].partition(" skipped.")[0]

    def artifact(name):
        return project / "data" / "smoke" / name.replace("/", "/photo_dcgan/")

    def training_images():
        return ImageSetDataset(filepath=str(artifact("03_primary/training_images.npz"))).load()

    names = ("02_intermediate/ingestion_report.json", "03_primary/split_report.json")
    assert run("disk") == "4 ran, 0 restored, 0"
    reports = [artifact(name).read_bytes() for name in names]
    [judgements] = (project / "data" / "smoke").rglob("real_features.npz")
    judged, stored = judgements.read_bytes(), training_images().pixels
    assert isinstance(stored, StoredPixels)
    assert run("disk") == "0 ran, 0 restored, 4"

    assert run("memory") == "4 ran, 0 restored, 0"
    assert [artifact(name).read_bytes() for name in names] == reports
    assert judgements.read_bytes() == judged
    np.testing.assert_array_equal(training_images().pixels, normalise(stored.mapped), strict=True)

    assert run("disk") == "0 ran, 2 restored, 2"  # what is said of the images is the same
    assert isinstance(training_images().pixels, StoredPixels)
    artifact("03_primary/training_images.npz").unlink()
    passes(project, "cache", "gc")
    assert run("disk") == "0 ran, 1 restored, 3"
    assert training_images().pixels.sha256() == stored.sha256()
