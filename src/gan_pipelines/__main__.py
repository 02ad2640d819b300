"""Runs the project as ``python -m gan_pipelines``, with the options of ``kedro run``."""

import sys
from pathlib import Path

from kedro.framework.project import configure_project


def main() -> None:
    """Configures the project and hands the command line to its ``run`` command."""
    configure_project(Path(__file__).parent.name)
    from gan_pipelines.cli import run

    run(sys.argv[1:])


if __name__ == "__main__":
    main()
