"""One module below the nodes."""

from toy import deep
from toy.deep import SHIFT, factor


def scale(value):
    """Make a value larger."""
    return value * factor()


def move(value, by=SHIFT):
    return value + by


def in_units(value, unit):
    return value * deep.unit_length(unit)


def unrelated(value):
    return -value
