"""Runs the project as ``python -m gan_pipelines``, or in a program by `main`, with the options of ``kedro run``.

Where the project is installed as a package there are no project commands of ``kedro``; those of the project's own are
reached here too: ``python -m gan_pipelines cache status``.
"""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gan_pipelines.errors import UserError


def main(args: Sequence[str] | None = None, **options: Any) -> Any:  # noqa: ANN401 - what click takes and returns
    """Runs pipelines: ``main(["--pipeline=dcgan"])``, or ``main()`` for what the command line says.

    With a list of options it returns, in a program as well as where a user types it; Kedro's own would end a program
    that goes well, too. Without one it ends the process, unless a user has typed it.

    Args:
        args: Options of ``kedro run``, or one of the project's commands with its options.
        options: Those of click's commands, such as ``standalone_mode``.

    Returns:
        What the run returns.

    Raises:
        SystemExit: The run failed in a program, and what ended it has been told.
        UserError: The same where a user typed the call, whose session goes on.
    """
    package = Path(__file__).parent.name
    with redirect_stdout(sys.stderr):  # Kedro tells while it is imported how it logs, before any option is read
        from kedro.framework.cli.utils import find_run_command
        from kedro.framework.project import configure_project

    configure_project(package)
    is_typed = hasattr(sys, "ps1")
    options.setdefault("standalone_mode", args is None and not is_typed)
    given = sys.argv[1:] if args is None else list(args)
    commands = import_module(f"{package}.cli").cli
    command = commands if given and given[0] in commands.commands else find_run_command(package)
    try:
        outcome = command(given, **options)
    except click.ClickException as error:
        error.show()
        outcome = error.exit_code
    if not isinstance(outcome, int) or outcome == 0:
        return outcome
    if is_typed:
        raise UserError("The run did not finish; what ended it is told above.")
    raise SystemExit(outcome)


if __name__ == "__main__":
    main()
