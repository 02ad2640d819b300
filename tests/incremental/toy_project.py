"""Makes copies of the small project under `project/`, with the data that its nodes start from."""

import json
import shutil
from pathlib import Path

TEMPLATE = Path(__file__).with_name("project")
RAW = {"values": [1, 2, 3], "comment": "nobody reads this"}
SECRET = "swordfish"  # noqa: S105 - what must not be found anywhere


def make_toy_project(folder: Path) -> Path:
    """Makes a project in which nothing has run."""
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    write_json(folder / "data/01_raw/raw.json", RAW)
    for index in (1, 2):
        write_json(folder / f"data/01_raw/parts/part-{index}.json", index)
        write_json(folder / f"data/01_raw/inbox/letter-{index}.json", index)
    (folder / "conf/local").mkdir()
    (folder / "conf/local/credentials.yml").write_text(f"vault: {{password: {SECRET}}}\n", "utf8")
    return folder


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf8")


def read_json(path: Path) -> object:
    return json.loads(path.read_text("utf8"))
