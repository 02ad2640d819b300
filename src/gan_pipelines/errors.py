"""What a user can cause is a `UserError`: its message alone tells what to do, so no traceback is shown."""


class UserError(Exception):
    """A mistake in the user's parameters, files or machine.

    The message names the file or key, what was found, what is allowed, and what to do.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows."""
        return [f"Error: {self}"]


class StoppedBySignalError(Exception):
    """Training was asked to stop, wrote a checkpoint and ended.

    Args:
        message: Where training stands and how to continue.
        signal_number: The signal that asked for it; the
            process ends with 128 + this number, as shells expect.
    """

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number


class LostProcessError(UserError):
    """Another process that trains with this one ended, or was not heard of for too long."""
