"""Entry point of ``python -m gan_pipelines``, and `main` for programs, with the options of ``kedro run``.

An installed package does not add its commands to ``kedro``; they are available here as well, for example
``python -m gan_pipelines cache status``.
"""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gan_pipelines.errors import UserError


def main(args: Sequence[str] | None = None, **options: Any) -> Any:  # noqa: ANN401 - click's signature
    """Runs pipelines: ``main(["--pipeline=dcgan"])``, or ``main()`` for the arguments of the command line.

    With `args` it returns after a successful run, where Kedro's own entry point would exit the process. Without `args`
    it exits the process, except in an interactive session.

    Args:
        args: Options of ``kedro run``, or a project command with its options. Default: ``sys.argv[1:]``.
        options: Options of click commands, such as ``standalone_mode``.

    Returns:
        The return value of the command.

    Raises:
        SystemExit: If the run fails in a program; the error has been printed.
        UserError: If the run fails in an interactive session, which stays open; the error has been printed.
    """
    package = Path(__file__).parent.name
    with redirect_stdout(sys.stderr):  # Kedro prints its logging setup on import, before it reads any option
        from kedro.framework.cli.utils import find_run_command
        from kedro.framework.project import configure_project

    configure_project(package)
    is_interactive = hasattr(sys, "ps1")
    options.setdefault("standalone_mode", args is None and not is_interactive)
    arguments = sys.argv[1:] if args is None else list(args)
    project_commands = import_module(f"{package}.cli").cli
    command = project_commands if arguments and arguments[0] in project_commands.commands else find_run_command(package)
    try:
        outcome = command(arguments, **options)
    except click.ClickException as error:
        error.show()
        outcome = error.exit_code
    if not isinstance(outcome, int) or outcome == 0:
        return outcome
    if is_interactive:
        raise UserError("The run failed; see the error above.")
    raise SystemExit(outcome)


if __name__ == "__main__":
    main()
