"""Counts the calls of nodes, in a file outside the project."""

import os
import sys

LOG = "_".join(("TOY", "CALL", "LOG"))  # put together, so that the variable's value is no part of what nodes depend on


def note(name):
    sys.audit("toy.call", name)
    log = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{name}\n".encode())
    os.close(log)
