"""Nodes."""

from fuzzed import helpers
from fuzzed.calls import note


def first(raw, parameters):
    note("first")
    return helpers.scale(raw) + 100 * parameters["a"]


def memory(raw):
    note("memory")
    return helpers.lazily(raw)


@helpers.added
def _join(value, other):
    return value * 7 + other


def join(value, other, parameters):
    note("join")
    joined = _join(value, other) + parameters["a"]
    return joined, {"value": joined % 5}


def split(value):
    note("split")
    return {f"part{index}": value + index for index in range(value % 4 + 1)}


def coarse(value):
    note("coarse")
    return value // 50


def total(parts, right):
    note("total")
    return helpers.REDUCERS["sum"]().of([parts[name]() for name in sorted(parts)]) + right["value"]


def report(total, coarse):
    note("report")
    return {"total": total, "coarse": coarse}


def relay(value):
    note("relay")
    return value + 1


def late(value, total):
    note("late")
    return value + total
