import os


def note(name):
    """Notes a call where no run looks."""
    log = os.environ.get("_".join(["FUZZ", "LOG"]))
    if log:
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{name}\n".encode())
        os.close(descriptor)
