"""The process that commands of Kedro are forked from, see `commands`; its imports are all that it does.

It imports nothing of this project: a command finds the code of its own copy.
"""

import gc

from tests.forking import find_files_of_modules, import_what_runs_need

import_what_runs_need()  # before TensorFlow, see conftest

import keras  # noqa: E402, F401
import tensorflow  # noqa: E402, F401

find_files_of_modules()
gc.freeze()
