def decorate(value):
    return f"({value})"
