"""Random edits of a small project; after each the incremental result must be that of a full run from nothing.

``python -m tests.incremental.fuzz 2000`` runs 2,000 sequences and ends with 1 at the first mismatch.
"""

import argparse
import json
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner, ThreadRunner

import gan_pipelines.incremental.cli  # noqa: F401  imported once, before the children are forked
from gan_pipelines.incremental import IncrementalSession
from tests.forking import fork, import_what_runs_need

VALUES = (1, 2, 3)
STEPS = 4

PROJECT = Path(__file__).parent / "fuzz_project"

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  where flushing costs nothing

SITES = {
    "SHIFT = {}": ("deep.py", {"first", "memory"}),
    "FACTOR = {}": ("helpers.py", {"first"}),
    "DECORATION = {}": ("helpers.py", {"join"}),
    # Read by a statement that its module runs at import, so it counts for all of which code lies there.
    "        return {}\n": ("helpers.py", {"first", "memory", "join", "total"}),
    "return value - {}": ("lazy.py", {"memory"}),
    "return value * {}": ("deep.py", set()),
}
"""Places in the code that hold a number: the text around it, the file, and the nodes that reach it."""

INPUTS = {
    "first": ("raw_one", "params:first"),
    "memory": ("raw_two",),
    "join": ("first", "=memory", "params:join"),
    "split": ("left",),
    "coarse": ("left",),
    "total": ("parts", "right"),
    "relay": ("=memory",),
    "late": ("=relay", "total"),
    "report": ("total", "coarse"),
}
OUTPUTS = {
    "first": ("first",),
    "memory": (),
    "join": ("left", "right"),
    "split": ("parts",),
    "coarse": ("coarse",),
    "total": ("total",),
    "relay": (),
    "late": ("late",),
    "report": ("report",),
}


@dataclass
class Mirror:
    """What the oracle knows: the numbers in the project, and which results must be remembered."""

    sites: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SITES, 1))
    parameters: dict[str, int] = field(default_factory=lambda: {"first": 1, "join": 1, "unused": 1})
    raw: dict[str, int] = field(default_factory=lambda: {"raw_one": 1, "raw_two": 1})
    indent: int = 1
    known: set[Any] = field(default_factory=set)
    is_exact: bool = True

    def key(self, node: str, contents: dict[str, Any], overrides: dict[str, int]) -> tuple[Any, ...]:
        """Returns all that a node depends on."""
        code = tuple(self.sites[site] for site, (_, reached) in SITES.items() if node in reached)
        inputs: list[Any] = []
        for name in INPUTS[node]:
            if name.startswith("params:"):
                inputs.append((self.parameters | overrides)[name.removeprefix("params:")])
            elif name.startswith("="):
                inputs.append(self.key(name[1:], contents, overrides))
            else:
                inputs.append(self.raw.get(name, contents.get(name)))
        settings = self.indent if "first" in (*INPUTS[node], *OUTPUTS[node]) else None
        return node, code, tuple(map(json.dumps, inputs)), settings

    def expected_calls(self, contents: dict[str, Any], overrides: dict[str, int], forced: set[str]) -> Counter[str]:
        """Returns which nodes must be called, and remembers their results."""
        calls: Counter[str] = Counter()
        for node in INPUTS:
            if not OUTPUTS[node]:
                continue
            key = self.key(node, contents, overrides)
            if key not in self.known or node in forced:
                calls[node] = 1
                self.known.add(key)
        if calls["late"] or "relay" in forced:
            calls["relay"] = 1
        if calls["join"] or calls["relay"] or "memory" in forced:
            calls["memory"] = 1
        return +calls


class Project:
    """A copy of the project that is edited at random."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.mirror = Mirror()
        self.log = folder.parent / f"{folder.name}.calls"
        self.result = folder.parent / f"{folder.name}.result"
        shutil.copytree(PROJECT, folder)

    # Edits: each returns what it did, for the story of a mismatch.

    def edit_code(self) -> str:
        site = self.chance.choice(list(SITES))
        file, _ = SITES[site]
        value = self.chance.choice(VALUES)
        self._replace(f"src/fuzzed/{file}", site.format(self.mirror.sites[site]), site.format(value))
        self.mirror.sites[site] = value
        return f"{file}: {site.format(value)!r}"

    def edit_comments(self) -> str:
        file = self.folder / "src" / "fuzzed" / self.chance.choice(["deep.py", "helpers.py", "nodes.py", "lazy.py"])
        file.write_text(f"# {self.chance.random()}\n\n{file.read_text()}")
        return f"a comment in {file.name}"

    def edit_parameter(self) -> str:
        name, value = self.chance.choice(list(self.mirror.parameters)), self.chance.choice(VALUES)
        self.mirror.parameters[name] = value
        lines = (f"{name}: {{a: {value}}}" for name, value in self.mirror.parameters.items())
        (self.folder / "conf/base/parameters.yml").write_text("\n".join(lines))
        return f"parameter {name} = {value}"

    def edit_raw(self) -> str:
        name, value = self.chance.choice(list(self.mirror.raw)), self.chance.choice(VALUES)
        path = self.folder / "data" / "raw" / f"{name.removeprefix('raw_')}.json"
        status = path.stat()
        path.write_text(json.dumps(value))
        if self.chance.random() < 0.5:
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.mirror.raw[name] = value
        return f"{name} = {value}"

    def touch(self) -> str:
        for path in self.folder.rglob("*.json"):
            path.touch()
        return "all files touched"

    def edit_catalog(self) -> str:
        indent = self.chance.choice(VALUES)
        self._replace("conf/base/catalog.yml", f"indent: {self.mirror.indent}", f"indent: {indent}")
        self.mirror.indent = indent
        return f"indent = {indent}"

    def move_output(self) -> str:
        path = self.folder / "conf/base/catalog.yml"
        text = path.read_text()
        old = text.partition("filepath: data/coarse")[2].partition(".json")[0]
        path.write_text(text.replace(f"data/coarse{old}.json", f"data/coarse{self.chance.choice(VALUES)}.json"))
        return "coarse moved"

    def delete_output(self) -> str:
        path = self._some_output()
        if path is not None:
            path.unlink()
        return f"{path} deleted"

    def damage_output(self) -> str:
        path = self._some_output()
        if path is not None:
            path.write_text(self.chance.choice(["", "0", "5", '{"value": 9}', "{"]))
        return f"{path} damaged"

    def add_partition(self) -> str:
        path = self.folder / "data" / "parts" / "part9.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text("1")
        return "a partition added"

    def damage_store(self) -> str:
        files = sorted(path for path in (self.folder / ".incremental").rglob("*") if path.is_file())
        if not files:
            return "nothing to damage"
        path = self.chance.choice(files)
        self.mirror.is_exact = False
        if self.chance.random() < 0.5:
            path.unlink()
        else:
            path.chmod(0o644)
            content = path.read_bytes()
            path.write_bytes(self.chance.choice([b"", content[: len(content) // 2], b"null", b"[]", content + b"x"]))
        return f"{path} damaged"

    def forget_digests(self) -> str:
        (self.folder / ".incremental" / "digests.json").unlink(missing_ok=True)
        return "digests forgotten"

    def kill(self) -> str:
        child = self._fork({})
        time.sleep(self.chance.uniform(0, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.mirror.is_exact = False
        return "a run killed"

    def run_a_slice(self) -> str:
        nodes = self.chance.sample(["first", "split", "coarse", "total", "report"], 2)
        os.waitpid(self._fork({"node_names": nodes}), 0)
        self.mirror.is_exact = False
        return f"only {nodes}"

    def _some_output(self) -> Path | None:
        files = (path for path in (self.folder / "data").rglob("*.json") if path.is_file())
        outputs = [path for path in files if "raw" not in path.parts]
        return self.chance.choice(sorted(outputs)) if outputs else None

    def _replace(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new))

    # Runs

    def check(self) -> str:
        """Runs all and compares with a run from nothing; returns what is wrong, or nothing."""
        overrides = {"join": self.chance.choice(VALUES)} if self.chance.random() < 0.15 else {}
        forced = {self.chance.choice(list(INPUTS))} if self.chance.random() < 0.1 else set()
        options = {
            "parameters": {name: {"a": value} for name, value in overrides.items()},
            "force_nodes": sorted(forced),
            "threads": self.chance.random() < 0.2,
            "compare": True,
        }
        os.waitpid(self._fork(options), 0)
        result = json.loads(self.result.read_text())
        if "error" in result:
            return result["error"]
        if result["found"] != result["expected"]:
            return f"found {result['found']}\nexpected {result['expected']}"
        calls = Counter(self.log.read_text().split() if self.log.exists() else [])
        expected = self.mirror.expected_calls(result["expected"], overrides, forced)
        if self.mirror.is_exact and calls != expected:
            return f"called {sorted(calls.elements())}, but only needed {sorted(expected.elements())}"
        if any(count > 1 for count in calls.values()):
            return f"called more than once: {calls}"
        return ""

    def _fork(self, options: dict[str, Any]) -> int:
        """Starts a run in a child, which has Kedro loaded but nothing of the project."""
        self.log.unlink(missing_ok=True)
        self.result.unlink(missing_ok=True)
        child = fork()
        if child:
            return child
        try:
            os.setpgid(0, 0)
            result = _run(self.folder, self.log, options)
        except BaseException:  # noqa: BLE001  told by the parent
            result = {"error": traceback.format_exc()}
        self.result.write_text(json.dumps(result))
        os._exit(0)


EDITS = {
    Project.edit_code: 5,
    Project.edit_comments: 1,
    Project.edit_parameter: 3,
    Project.edit_raw: 3,
    Project.touch: 1,
    Project.edit_catalog: 1,
    Project.move_output: 1,
    Project.delete_output: 2,
    Project.damage_output: 2,
    Project.add_partition: 1,
    Project.damage_store: 1,
    Project.forget_digests: 1,
    Project.kill: 1,
    Project.run_a_slice: 1,
}
"""With how often each is chosen."""


def _run(folder: Path, log: Path, options: dict[str, Any]) -> dict[str, Any]:
    os.chdir(folder)
    with open(os.devnull, "w") as silence:  # noqa: PTH123
        os.dup2(silence.fileno(), 1)
        os.dup2(silence.fileno(), 2)
    bootstrap_project(folder)
    os.environ["FUZZ_LOG"] = str(log)
    from gan_pipelines.incremental.options import OPTIONS, Options

    OPTIONS.set(Options(force_nodes=tuple(options.get("force_nodes", ()))))
    runner = ThreadRunner() if options.get("threads") else SequentialRunner()
    with IncrementalSession.create(folder, runtime_params=options.get("parameters")) as session:
        session.run(runner=runner, node_names=options.get("node_names"))
    del os.environ["FUZZ_LOG"]
    if not options.get("compare"):
        return {}
    with KedroSession.create(folder, runtime_params=options.get("parameters")) as session:
        return _compare(session.load_context())


def _compare(context: Any) -> dict[str, Any]:
    """Returns what lies on the disk, and what a full run in memory makes of the same raw data."""
    from kedro.framework.project import pipelines

    pipeline, catalog = pipelines["__default__"], context.catalog
    fresh = DataCatalog({name: MemoryDataset(catalog.load(name)) for name in pipeline.inputs()})
    persisted = sorted(pipeline.all_outputs() - {"in_memory", "relayed"})
    for name in persisted:
        fresh[name] = _Parts() if name == "parts" else _Kept()
    SequentialRunner().run(pipeline, fresh)
    expected = {name: _plain(fresh.load(name)) for name in persisted}
    return {"found": {name: _plain(catalog.load(name)) for name in persisted}, "expected": expected}


class _Kept(MemoryDataset):
    """What the runner does not release."""

    def _release(self) -> None:
        pass


class _Parts(_Kept):
    """Partitions in memory, loaded by functions like those on a disk."""

    def load(self) -> Any:
        return {name: (lambda value=value: value) for name, value in super().load().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: entry() if callable(entry) else entry for name, entry in sorted(value.items())}
    return value


def run_sequence(seed: int, folder: Path) -> str:
    """Runs one sequence of edits; returns its story if something went wrong."""
    chance = random.Random(seed)  # noqa: S311  no secret
    project = Project(folder, chance)
    story = []
    for step in range(STEPS + 1):
        for _ in range(chance.choice([1, 1, 2]) if step else 0):
            edit = chance.choices(list(EDITS), list(EDITS.values()))[0]
            story.append(edit(project))
        problem = project.check()
        if problem:
            return "\n".join([f"sequence {seed}, after:", *(f"- {line}" for line in story), problem])
        story.append("(run)")
    return ""


def run_sequences(seeds: range) -> int:
    """Runs sequences until one goes wrong; returns how many did."""
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{seed}-", dir=MEMORY))
        problem = run_sequence(seed, folder / "project")
        if problem:
            sys.stdout.write(f"{problem}\nThe project is left in {folder}.\n")
            sys.stdout.flush()
            return 1
        shutil.rmtree(folder)
    return 0


def main() -> int:
    """Runs as many sequences as asked for, in as many processes as there are cores."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sequences", type=int)
    parser.add_argument("--first-seed", type=int, default=0)
    asked = parser.parse_args()
    os.environ["KEDRO_DISABLE_TELEMETRY"] = "true"
    sys.dont_write_bytecode = True
    logging.disable(logging.CRITICAL)
    import_what_runs_need()
    workers = []
    for share in range(os.cpu_count() or 1):
        child = os.fork()
        if not child:
            seeds = range(asked.first_seed + share, asked.first_seed + asked.sequences, os.cpu_count() or 1)
            os._exit(run_sequences(seeds))
        workers.append(child)
    if any([os.waitpid(child, 0)[1] for child in workers]):  # noqa: C419  every one is waited for
        return 1
    sys.stdout.write(f"{asked.sequences} sequences, no mismatch\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
