"""Helpers."""

from fuzzed import deep
from fuzzed.deep import shift

FACTOR = 1


def scale(value, by=FACTOR):
    return shift(value) * by


def added(function):
    def wrapper(*arguments):
        return function(*arguments) + DECORATION

    return wrapper


DECORATION = 1


class Base:
    def weight(self):
        return 1


class Sum(Base):
    def of(self, values):
        return sum(values) * self.weight()


REDUCERS = {}
REDUCERS["sum"] = Sum


def lazily(value):
    from fuzzed.lazy import twist

    return twist(value) + deep.SHIFT
