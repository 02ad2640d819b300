"""Ctrl-C and SIGTERM as a wish to stop, heard while the main thread is deep in compiled code.

Python runs signal handlers only between its own instructions, so a call of many compiled steps would delay them until
it returns. The operating system's handler, however, writes each signal's number to a socket at once, where a thread
reads it.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Interruption:
    """Whether a signal came.

    Args:
        signal_number: The first signal that came; None so far.
    """

    signal_number: int | None = None


@contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[Interruption]:
    """Calls ``stop`` from another thread when Ctrl-C or SIGTERM arrives; elsewhere than on the main thread, never."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    reading, writing = socket.socketpair()
    writing.setblocking(False)

    def listen() -> None:
        while received := reading.recv(1):
            if received[0] in _SIGNALS and interruption.signal_number is None:
                interruption.signal_number = received[0]
                stop()

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    listener.start()
    previous_handlers = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
    previous_descriptor = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield interruption
    finally:
        signal.set_wakeup_fd(previous_descriptor)
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
        writing.close()
        listener.join()
        reading.close()
