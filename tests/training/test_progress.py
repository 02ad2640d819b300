import io
import sys

from gan_pipelines.training.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def report_steps(total=10):
    with progress("Training", total, 0) as report:
        for step in range(1, total + 1):
            report(step, {"generator_loss": 0.5}, 1234.0)


def test_lines_elsewhere_than_on_a_terminal(monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    caplog.set_level("INFO")
    report_steps()
    assert [record.getMessage() for record in caplog.records] == [
        "Training: step 0 of 10, compiling",
        "Training: step 10 of 10, generator loss 0.500, 1,234 examples/s, 0:00 left",
    ]


def test_a_bar_on_a_terminal(monkeypatch, caplog):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    report_steps()
    assert "step 10 of 10" in terminal.getvalue()
    assert "generator loss 0.500, 1,234 examples/s" in terminal.getvalue()
    assert not caplog.records
