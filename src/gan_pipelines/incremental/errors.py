"""What can go wrong for reasons that a user can mend."""


class IncrementalError(Exception):
    """A mistake in what was asked for; the message alone tells what to do."""


class UnfingerprintableError(Exception):
    """A value has no text that equals another's exactly if the values are equal."""
