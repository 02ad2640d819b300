import functools


def doubled(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return {name: 2 * value for name, value in function(*arguments).items()}

    return wrapper
