"""Two modules below the nodes."""

SHIFT = 1


def shift(value):
    """Shifts."""
    return value + SHIFT


def unrelated(value):
    return value * 1
