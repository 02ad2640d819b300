"""Runs every benchmark and prints its table."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks import headline_speed, incremental_runs, score_speed, streaming, training_speed, variant_speed

if __name__ == "__main__":
    incremental_runs.main()
    training_speed.main()
    variant_speed.main()
    headline_speed.main()
    score_speed.main()
    streaming.main()
