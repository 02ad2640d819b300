"""Imported by a function when it runs."""


def jitter(value):
    return value * 10
