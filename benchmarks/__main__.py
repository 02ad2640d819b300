"""Runs every benchmark and prints its table."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks import training_speed

if __name__ == "__main__":
    training_speed.main()
