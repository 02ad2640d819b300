"""What can go wrong for reasons that a user can mend."""

import click


class IncrementalError(click.ClickException):
    """A mistake in what was asked for; a command shows the message alone, which says what to do."""


class UnfingerprintableError(Exception):
    """A value has no text that equals another's exactly if the values are equal."""
