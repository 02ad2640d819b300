"""Two modules below the nodes."""

FACTOR = 2
SHIFT = 1


def factor():
    return FACTOR


def unit_length(unit):
    return {"metre": 1, "inch": 39}[unit]


def unrelated():
    return "nobody calls this"
