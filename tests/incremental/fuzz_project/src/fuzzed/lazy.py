def twist(value):
    return value - 1
