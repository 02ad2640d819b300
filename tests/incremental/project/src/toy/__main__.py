"""Runs the project as ``python -m toy``."""

import sys
from pathlib import Path

from kedro.framework.cli.utils import find_run_command
from kedro.framework.project import configure_project

configure_project(Path(__file__).parent.name)
sys.exit(find_run_command(Path(__file__).parent.name)(sys.argv[1:]))
