"""Runs commands of a toy project, each in a process of its own, and counts the calls of its nodes.

A process is a fork of this one, which has imported Kedro but never the toy project: as good as a new process and ten
times as fast.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kedro.framework.cli.cli import main

import gan_pipelines.incremental.cli  # noqa: F401 - imported once for all forks
from tests.forking import fork, import_what_runs_need, log_as_configured, print_into
from tests.incremental.events import Hook
from tests.incremental.toy_project import make_toy_project, read_json, write_json

STATE = ".incremental"

import_what_runs_need()

_SUMMARY = re.compile(r"Incremental run: (\d+) ran, (\d+) restored, (\d+) skipped\.(?: Failed: .*?\.)?(?: Ran: .*\.)?$")
_OTHERS = (
    "GAN_PIPELINES_INCREMENTAL",
    "GAN_PIPELINES_INCREMENTAL_STORE",
    "KEDRO_ENV",
    "KEDRO_MP_CONTEXT",
    "PYTHONPATH",
)


@dataclass(frozen=True)
class Result:
    """What a command did.

    Args:
        exit_code: Negative for the number of the signal that killed it.
        stdout: What it answered.
        stderr: What it logged.
        calls: The names of the nodes that were called, in this order.
    """

    exit_code: int
    stdout: str
    stderr: str
    calls: list[str]

    @property
    def summary(self) -> str:
        """The last line of a run."""
        [line] = [line for line in self.stderr.splitlines() if "Incremental run:" in line]
        return line[line.index("Incremental run:") :]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many nodes ran, were restored and were skipped."""
        found = _SUMMARY.search(self.summary)
        assert found, f"not a summary: {self.summary}"
        return int(found[1]), int(found[2]), int(found[3])

    @property
    def answer(self) -> Any:
        """What it answered as JSON."""
        return json.loads(self.stdout)


class Process:
    """A command that may still run."""

    def __init__(self, pid: int, folder: Path, log: Path) -> None:
        self.pid = pid
        self._folder = folder
        self._log = log

    def logged(self) -> str:
        """What it has logged so far."""
        return (self._folder / "stderr").read_text("utf8", "replace")

    def is_running(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def wait(self) -> Result:
        _, status = os.waitpid(self.pid, 0)
        texts = [(self._folder / name).read_text("utf8", "replace") for name in ("stdout", "stderr")]
        shutil.rmtree(self._folder)
        calls = self._log.read_text("utf8").splitlines() if self._log.exists() else []
        return Result(os.waitstatus_to_exitcode(status), *texts, calls)


class Toy:
    """A toy project.

    Args:
        folder: Of the project. Calls are logged in a folder beside it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._outside = folder.with_name(f"{folder.name}-outside")
        self._outside.mkdir(exist_ok=True)

    @classmethod
    def new(cls, folder: Path) -> "Toy":
        return cls(make_toy_project(folder))

    def copied_to(self, folder: Path) -> "Toy":
        shutil.copytree(self.folder, folder)
        return Toy(folder)

    def __truediv__(self, path: str) -> Path:
        return self.folder / path

    def replace_in(self, path: str, old: str, new: str) -> None:
        text = (self / path).read_text("utf8")
        assert text.count(old) == 1, f"{old!r} is found {text.count(old)} times in {path}"
        (self / path).write_text(text.replace(old, new), "utf8")

    def read(self, path: str) -> Any:
        return read_json(self / path)

    def write(self, path: str, content: object) -> None:
        write_json(self / path, content)

    def report(self) -> Any:
        """The newest version of the report."""
        return read_json(self.versions()[-1])

    def versions(self) -> list[Path]:
        """All versions of the report, the oldest first."""
        return sorted((self / "data/08_reporting/report.json").glob("*/report.json"))

    def data(self, *left_out: str) -> dict[str, bytes]:
        """The content of every file that nodes wrote, without the dates in the names of versions."""
        files = (path for path in (self / "data").rglob("*") if path.is_file() and "01_raw" not in path.parts)
        named = {path.relative_to(self / "data").as_posix(): path for path in sorted(files)}
        for version in self.versions():
            named["08_reporting/report.json"] = named.pop(version.relative_to(self / "data").as_posix())
        return {name: path.read_bytes() for name, path in named.items() if name not in left_out}

    def snapshot(self) -> dict[str, tuple[int, ...]]:
        """What tells whether anything in the project was written: files, sizes, inodes and dates."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            status = path.lstat()
            found[str(path)] = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return found

    def blobs(self) -> Iterator[Path]:
        return (path for path in sorted((self / STATE / "blobs").rglob("*")) if path.is_file())

    def forget_calls(self) -> None:
        self._calls.unlink(missing_ok=True)

    def forget_blobs(self) -> None:
        shutil.rmtree(self / STATE / "blobs")

    def run(self, *arguments: str, hook: Hook | None = None, fresh: bool = False, **environment: str) -> Result:
        """Runs `kedro run`; must it succeed, use `passes`."""
        return self.kedro("run", *arguments, hook=hook, fresh=fresh, **environment)

    def passes(self, *arguments: str, hook: Hook | None = None, fresh: bool = False, **environment: str) -> Result:
        result = self.run(*arguments, hook=hook, fresh=fresh, **environment)
        assert result.exit_code == 0, result.stderr
        return result

    def calls(self, *arguments: str, **options: Any) -> list[str]:
        """The calls of a run that succeeds."""
        return self.passes(*arguments, **options).calls

    def ask(self, *arguments: str, exit_code: int = 0, hook: Hook | None = None) -> Any:
        """The answer of a command as JSON."""
        result = self.kedro(*arguments, "--json", hook=hook)
        assert result.exit_code == exit_code, result.stderr + result.stdout
        return result.answer

    def states(self, *arguments: str, hook: Hook | None = None) -> dict[str, str]:
        """The states of the nodes by their names."""
        return {node["node"]: node["state"] for node in self.ask("cache", "status", *arguments, hook=hook)["nodes"]}

    def reasons(self, node: str, *arguments: str) -> str:
        """Why a node would run."""
        nodes = self.ask("cache", "status", *arguments)["nodes"]
        return "; ".join(next(entry["reasons"] for entry in nodes if entry["node"] == node))

    def kedro(self, *arguments: str, hook: Hook | None = None, fresh: bool = False, **environment: str) -> Result:
        """Runs a command of Kedro in a fork of this process, or in a really new one."""
        self.forget_calls()
        if fresh:
            return self.fresh("-m", "kedro", *arguments, **environment)
        return self.start(*arguments, hook=hook, **environment).wait()

    def fresh(self, *arguments: str, **environment: str) -> Result:
        """Runs Python in a new process."""
        self.forget_calls()
        inherited = {name: value for name, value in os.environ.items() if name not in _OTHERS}
        found = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**inherited, **self._environment(), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Result(found.returncode, found.stdout, found.stderr, self._called())

    def start(self, *arguments: str, hook: Hook | None = None, **environment: str) -> Process:
        """Starts a command of Kedro; its calls are counted together with those of commands that run meanwhile."""
        sys.argv, previous = ["kedro", *arguments], sys.argv
        try:
            return self.fork(main, hook=hook, **environment)
        finally:
            sys.argv = previous

    def fork(self, work: Callable[[], object], hook: Hook | None = None, **environment: str) -> Process:
        """Starts something in a fork of this process, in the project's folder."""
        output = self._outside / f"process-{len(list(self._outside.iterdir()))}-{os.urandom(4).hex()}"
        output.mkdir()
        for name in ("stdout", "stderr"):
            (output / name).touch()
        pid = fork()
        if pid:
            return Process(pid, output, self._calls)
        exit_code = 1
        try:
            self._enter(output, environment)
            if hook is not None:
                sys.addaudithook(hook)
            work()
            exit_code = 0
        except SystemExit as error:
            exit_code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except BaseException:  # noqa: BLE001 - nothing may come back into the tests of the parent process
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(exit_code)

    def _enter(self, output: Path, environment: dict[str, str]) -> None:
        print_into(output)
        for name in _OTHERS:
            os.environ.pop(name, None)
        os.environ.update(self._environment() | environment)
        sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
        sys.dont_write_bytecode = True
        os.chdir(self.folder)
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)  # pytest collects the warnings of this process and of its forks
        log_as_configured()

    @property
    def _calls(self) -> Path:
        return self._outside / "calls"

    def _called(self) -> list[str]:
        return self._calls.read_text("utf8").splitlines() if self._calls.exists() else []

    def _environment(self) -> dict[str, str]:
        return {"TOY_CALL_LOG": str(self._calls), "KEDRO_DISABLE_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": "1"}
