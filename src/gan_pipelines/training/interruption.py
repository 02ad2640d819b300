"""Stop requests by Ctrl-C or SIGTERM, which take effect even while the main thread runs compiled code.

Python runs signal handlers only between bytecode instructions, so a call of many compiled steps would delay them until
it returns. Python's C handler, however, writes each signal number to a socket immediately (`signal.set_wakeup_fd`),
from which a thread reads it.
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
    """Stop request.

    Args:
        signal_number: First signal received; None if there was none.
    """

    signal_number: int | None = None


@contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[Interruption]:
    """Calls ``stop`` from another thread on Ctrl-C or SIGTERM; does nothing outside the main thread."""
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
