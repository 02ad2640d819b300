"""Exceptions of the project. A `UserError` is shown without a traceback: its message says what to do."""


class UserError(Exception):
    """Error caused by the user's parameters, files or machine.

    The message names the file or key, what was found, what is allowed, and what to do.
    """

    def _render_traceback_(self) -> list[str]:
        """Returns the lines that IPython shows instead of a traceback."""
        return [f"Error: {self}"]


class StoppedBySignalError(Exception):
    """Training received a signal, wrote a checkpoint and stopped.

    Args:
        message: The step reached and how to continue.
        signal_number: The signal received; the exit code is 128 + this number, as shells expect.
    """

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number


class LostProcessError(UserError):
    """Another process of the cluster exited or timed out."""
