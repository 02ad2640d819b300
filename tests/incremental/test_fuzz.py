"""Row 38: after random edits, the incremental result is that of a run from nothing, with no call too many."""

import subprocess
import sys
from pathlib import Path

import pytest

SEQUENCES = 40


@pytest.mark.slow
def test_row_38_random_edits_never_leave_a_stale_or_needless_result():
    command = [sys.executable, "-m", "tests.incremental.fuzz", str(SEQUENCES)]
    root = Path(__file__).parents[2]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{SEQUENCES} sequences, no mismatch" in result.stdout
