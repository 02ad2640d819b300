"""Errors of incremental runs."""

import click


class IncrementalError(click.ClickException):
    """Invalid user input; commands print the message without a traceback."""


class UnfingerprintableError(Exception):
    """A value has no canonical text by which to compare it."""
