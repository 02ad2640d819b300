"""Commands of Kedro, each in a process of its own that need not import TensorFlow first, which takes seconds.

Such a process is a fork of one that has imported TensorFlow and Kedro and done nothing with them. It can be killed like
any other.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kedro.framework.cli.cli import main

from tests.forking import log_as_configured, print_into

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.command_server"])


@dataclass(frozen=True)
class Result:
    """What a command did.

    Args:
        exit_code: Negative for the number of the signal that killed it.
        stdout: What it answered.
        stderr: What it logged.
    """

    exit_code: int
    stdout: str
    stderr: str


class Command:
    """A command of Kedro that has been started in the folder of a project.

    Args:
        folder: The project's.
        arguments: Of the command.
        variables: Of its environment, beside those of this process.
        output: Where a folder for what it prints is made, if not in the project.
        prepare: What its process does first.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        output: Path | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._output = Path(tempfile.mkdtemp(prefix="output-", dir=output or folder))
        inputs = (folder, arguments, self._output, variables or {}, prepare)
        self._process = _CONTEXT.Process(target=_run, args=inputs, daemon=True)
        self._process.start()

    def is_running(self) -> bool:
        return self._process.is_alive()

    def send_signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    def wait(self, seconds: float = 300) -> Result:
        self._process.join(seconds)
        exit_code = self._process.exitcode
        assert exit_code is not None, f"the command did not end within {seconds} seconds"
        return Result(exit_code, *((self._output / name).read_text("utf8", "replace") for name in ("stdout", "stderr")))


def passes(folder: Path, *arguments: str) -> Result:
    """Runs a command that must succeed."""
    result = Command(folder, *arguments).wait()
    assert result.exit_code == 0, (result.stdout + result.stderr)[-3000:]
    return result


def _run(
    folder: Path,
    arguments: tuple[str, ...],
    output: Path,
    variables: Mapping[str, str],
    prepare: Callable[[], None] | None,
) -> None:
    print_into(output)
    if prepare is not None:
        prepare()
    os.environ.update(variables)
    os.chdir(folder)
    log_as_configured()
    sys.argv = ["kedro", *arguments]
    main()
