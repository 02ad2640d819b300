"""Training loop around the engine: resuming, chunks of steps, recordings, validation, checkpoints and signals."""

import logging
import signal
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import StoppedBySignalError, UserError
from gan_pipelines.training.agreement import agree_on_steps, broadcast_state
from gan_pipelines.training.backend import Device
from gan_pipelines.training.batches import Order
from gan_pipelines.training.checkpoint import Checkpoint, CheckpointStore
from gan_pipelines.training.engine import Engine
from gan_pipelines.training.environment import describe_environment
from gan_pipelines.training.examples import Examples
from gan_pipelines.training.interruption import Interruption, stop_on_signals
from gan_pipelines.training.pace import Pace
from gan_pipelines.training.progress import Report, progress
from gan_pipelines.training.recording import Recorder, Recording, Recordings
from gan_pipelines.training.validation import Measurements, Validation

logger = logging.getLogger(__name__)

_SECONDS_PER_CHUNK = 1.0  # target duration; results do not depend on it
_MISFITS_LISTED = 6


@dataclass(frozen=True)
class Schedule:
    """Length of a training and interval of its checkpoints.

    Args:
        total_steps: Number of steps.
        checkpoint_every: Interval of checkpoints in steps; one more is written at the end.
    """

    total_steps: int
    checkpoint_every: int

    def next_stop(self, step: int) -> int:
        """Returns the next step after which a checkpoint is due or training ends."""
        return min(self.total_steps, (step // self.checkpoint_every + 1) * self.checkpoint_every)


@dataclass
class _Progress:
    """Mutable state of a training, apart from the engine."""

    step: int = 0
    logs: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)
    measurements: Measurements = field(default_factory=Measurements)
    seconds: float = 0.0
    timed_steps: int = 0
    resumed_at: list[int] = field(default_factory=list)
    is_exact: bool = True


@dataclass(frozen=True)
class TrainingResult:
    """Result of a training, apart from its networks.

    Args:
        logs: Losses and metrics of all steps, ``(steps,)`` by name.
        recordings: Arrays recorded during the training and at its end, by recorder.
        measurements: Validation values with the best step and its weights; empty without validation. The engine's
            networks have the weights of the last step.
        has_stopped_early: Whether training ended early for lack of improvement.
        seconds_per_step: Mean duration of a step without compilation; 0 if no step was timed.
        resumed_at: Steps at which the training was resumed.
        is_exact: Whether all steps ran in the same environment, so that interruptions did not change any bit.
        environment: The environment; see `describe_environment`.
    """

    logs: dict[str, NDArray[np.float32]]
    recordings: Mapping[str, Recording]
    measurements: Measurements
    has_stopped_early: bool
    seconds_per_step: float
    resumed_at: tuple[int, ...]
    is_exact: bool
    environment: Mapping[str, str]

    def record(self, pace: Pace) -> dict[str, Any]:
        """Returns the duration and environment as JSON values for the model card."""
        steps = len(next(iter(self.logs.values())))
        seconds = self.seconds_per_step * steps
        return {
            "steps": steps,
            "epochs": float(pace.epochs(steps)),
            "examples_per_second": float(pace.examples_seen(steps)) / seconds if seconds else None,
            "seconds": seconds,
            "resumed": len(self.resumed_at),
            "is_exact": self.is_exact,
            "environment": dict(self.environment),
        }


class Trainer:
    """Trains an engine to the end of its schedule, from the latest checkpoint if there is one.

    Args:
        title: Name of the training in progress lines and messages.
        section: Section with the training's parameters, for messages.
        engine: The engine to train.
        data: Examples by name, ``(examples, ...)``, in memory or on disk.
        order: Order of the examples.
        device: Device on which the steps run.
        schedule: Number of steps and interval of checkpoints.
        configuration: Settings that affect the result, by configuration key; JSON values.
        store: Checkpoints. Default: none; an interrupted training starts from step 0 again.
        recorders: Arrays to record during the training.
        validation: Metric to compute during the training, and early stopping. Default: none.
    """

    def __init__(  # noqa: PLR0913 - one argument per part that tests and models replace
        self,
        title: str,
        *,
        section: str = "training",
        engine: Engine,
        data: Mapping[str, Examples],
        order: Order,
        device: Device,
        schedule: Schedule,
        configuration: Mapping[str, Any] | None = None,
        store: CheckpointStore | None = None,
        recorders: Collection[Recorder] = (),
        validation: Validation | None = None,
    ) -> None:
        self._title = title
        self._section = section
        self._engine = engine
        self._order = order
        self._schedule = schedule
        self._configuration = dict(configuration or {})
        self._store = store if device.is_chief else None
        self._recordings = Recordings(recorders)
        self._validation = validation
        self._device = device
        self._environment = describe_environment(device)
        self._steps = device.compile_steps(
            engine.step, engine.logged, [*engine.variables().values()], data, order.shape
        )
        self._progress = _Progress(logs={name: [] for name in engine.logged})
        self._saved_step: int | None = None

    def run(self, on_changed_configuration: str = "refuse") -> TrainingResult:
        """Trains the engine's networks.

        Args:
            on_changed_configuration: ``refuse`` or ``restart``, if a checkpoint has another configuration.

        Returns:
            Logs, recordings and validation values.

        Raises:
            UserError: If a checkpoint does not match or cannot be written, or a loss, metric or weight is not finite.
            StoppedBySignalError: If Ctrl-C or SIGTERM was received; a checkpoint of the last step is written first.
        """
        if self._store is not None:
            self._store.prepare()
            self._resume(self._store, on_changed_configuration)
        self._progress.step = broadcast_state(self._device, self._engine, self._progress.step)
        if agree_on_steps(self._device, 0 if self._is_finished() else 1, is_stopped=False)[0]:
            self._train_to_the_end()
        if self._validation is not None and self._has_stopped_early():
            now, best = self._progress, self._progress.measurements.best_step
            logger.info(
                "%s: stopped early at step %s; lowest %s at step %s.",
                *(self._title, f"{now.step:,}", self._validation.name.replace("_", " "), f"{best:,}"),
            )
        return self._result()

    def _is_finished(self) -> bool:
        return self._progress.step >= self._schedule.total_steps or self._has_stopped_early()

    def _has_stopped_early(self) -> bool:
        if self._validation is None or not self._device.is_chief:  # the chief decides for all processes
            return False
        return self._progress.measurements.are_exhausted(self._validation.patience)

    def _train_to_the_end(self) -> None:
        now, schedule = self._progress, self._schedule
        # Several processes stop between calls, by agreement: if one left a call alone, the others would wait for it.
        stop = self._steps.stop if self._device.processes == 1 else lambda: None
        with stop_on_signals(stop) as interruption:
            with progress(self._title, schedule.total_steps, now.step) as report:
                self._recordings.take(now.step)
                while steps := self._next_steps(interruption):
                    self._run_chunk(steps, report)
                    self._recordings.take(now.step)
                    self._measure()
                    if now.step % schedule.checkpoint_every == 0:
                        self._save_checkpoint()
            self._save_checkpoint()
        if interruption.signal_number is not None:
            raise StoppedBySignalError(self._stop_message(), interruption.signal_number)

    def _next_steps(self, interruption: Interruption) -> int:
        """Returns the number of steps in the next chunk; 0 if training has ended or was stopped by a signal."""
        wanted = 0 if self._is_finished() else min(self._next_stop() - self._progress.step, self._chunk_length())
        is_stopped = interruption.signal_number is not None
        steps, is_stopped = agree_on_steps(self._device, wanted, is_stopped=is_stopped)
        if is_stopped and interruption.signal_number is None:
            interruption.signal_number = signal.SIGTERM  # another process received a signal
        return 0 if is_stopped else steps

    def _run_chunk(self, steps: int, report: Report) -> None:
        now = self._progress
        start = time.perf_counter()
        logs = self._steps(now.step, self._order.indices(now.step, steps))
        seconds = time.perf_counter() - start
        done = len(next(iter(logs.values())))
        if done == 0:
            return
        self._check_finite(logs)
        for name, values in logs.items():
            now.logs[name].append(values)
        is_first_chunk = now.step == 0 or now.step in now.resumed_at
        if not is_first_chunk:  # it includes compilation
            now.seconds += seconds
            now.timed_steps += done
        now.step += done
        means = {name: float(np.mean(values)) for name, values in logs.items()} | self._last_measurement()
        report(now.step, means, done * self._order.batch_size * self._order.batches_per_step / seconds)

    def _next_stop(self) -> int:
        step = self._progress.step
        stops = [self._schedule.next_stop(step), self._recordings.next_moment(step)]
        if self._validation is not None:
            stops.append(self._validation.next_stop(step))
        return min(stop for stop in stops if stop is not None)

    def _chunk_length(self) -> int:
        now = self._progress
        if not now.timed_steps:
            return 1
        return max(1, int(_SECONDS_PER_CHUNK * now.timed_steps / now.seconds))

    def _check_finite(self, logs: Mapping[str, NDArray[np.float32]]) -> None:
        broken = {name: values[-1] for name, values in logs.items() if not np.isfinite(values[-1])}
        if broken:
            step = self._progress.step + len(next(iter(logs.values())))
            self._fail_not_finite(step, ", ".join(f"{name} is {value}" for name, value in broken.items()))

    def _fail_not_finite(self, step: int, problem: str) -> None:
        checkpoint = (
            ""
            if self._store is None or self._saved_step is None
            else f" The last finite checkpoint is in {self._store.folder}."
        )
        raise UserError(
            f"{self._title}: {problem} at step {step:,}. Training has diverged; lower the learning rate "
            f"in {self._section} or check the data.{checkpoint}"
        )

    def _measure(self) -> None:
        now, validation = self._progress, self._validation
        if validation is None or now.step % validation.every or now.step == 0 or now.step in now.measurements.values:
            return
        self._take_measurement(validation, now.measurements)

    def _take_measurement(self, validation: Validation, measurements: Measurements) -> None:
        step = self._progress.step
        measurements.take(validation, step)
        if not np.isfinite(measurements.values[step]):
            self._fail_not_finite(step, f"{validation.name} is {measurements.values[step]}")

    def _last_measurement(self) -> dict[str, float]:
        values = self._progress.measurements.values
        return {} if self._validation is None or not values else {self._validation.name: [*values.values()][-1]}

    def _save_checkpoint(self) -> None:
        now = self._progress
        if self._store is None or now.step == self._saved_step:
            return
        state = self._engine.state()
        for path, values in state.items():
            if not np.all(np.isfinite(values)):
                self._fail_not_finite(now.step, f"variable {path} is not finite")
        arrays = {f"state/{path}": values for path, values in state.items()}
        arrays |= {f"logs/{name}": values for name, values in self._joined_logs().items()}
        arrays |= {f"recordings/{path}": values for path, values in self._recordings.arrays().items()}
        arrays |= {f"measurements/{path}": values for path, values in now.measurements.arrays().items()}
        record = {
            "configuration": self._configuration,
            "environment": self._environment,
            "seconds": now.seconds,
            "timed_steps": now.timed_steps,
            "resumed_at": now.resumed_at,
            "is_exact": now.is_exact,
        }
        self._store.save(Checkpoint(now.step, arrays, record))
        self._saved_step = now.step

    def _resume(self, store: CheckpointStore, on_changed_configuration: str) -> None:
        checkpoint = store.latest()
        if checkpoint is not None and checkpoint.step > self._schedule.total_steps:
            total_steps, longer = self._schedule.total_steps, checkpoint.step
            self._store = store = store.sub_store(f"until-{total_steps:09d}")
            logger.info(
                "%s: the latest checkpoint, at step %s, is past the last step %s; using the checkpoints in %s.",
                *(self._title, f"{longer:,}", f"{total_steps:,}", store.folder),
            )
            store.prepare()
            checkpoint = store.latest()
        if checkpoint is None:
            return
        differences = _differences(checkpoint.record["configuration"], self._configuration)
        misfits = self._engine.misfits(_below(checkpoint.arrays, "state/"))
        if (differences or misfits) and on_changed_configuration == "restart":
            reason = "has another configuration" if differences else "does not match the networks and optimizers"
            logger.warning("%s: the checkpoint %s; training from the start.", self._title, reason)
            store.clear()
            return
        if differences:
            raise UserError(
                f"{self._title}: the checkpoint in {store.folder} has another configuration:\n  "
                + "\n  ".join(differences)
                + "\nRestore the configuration to continue, or train from the start with "
                "training.on_changed_configuration=restart."
            )
        if misfits:
            self._refuse_misfits(store, misfits, _differences(checkpoint.record["environment"], self._environment))
        self._restore(checkpoint)

    def _refuse_misfits(self, store: CheckpointStore, misfits: list[str], changed: list[str]) -> NoReturn:
        """Raises an error for a checkpoint with other variables, for example of another release of Keras."""
        listed = misfits[:_MISFITS_LISTED] + [f"and {len(misfits) - _MISFITS_LISTED} more"] * (
            len(misfits) > _MISFITS_LISTED
        )
        environment = ["It was written in another environment:", *(f"  {each}" for each in changed)] if changed else []
        lines = [
            f"{self._title}: the checkpoint in {store.folder} does not match the networks and optimizers:",
            *(f"  {each}" for each in listed),
            *environment,
            "Restore the environment to continue, or train from the start with "
            "training.on_changed_configuration=restart.",
        ]
        raise UserError("\n".join(lines))

    def _restore(self, checkpoint: Checkpoint) -> None:
        arrays, record, now = checkpoint.arrays, checkpoint.record, self._progress
        self._engine.restore(_below(arrays, "state/"))
        now.step = checkpoint.step
        now.logs = {name: [values] for name, values in _below(arrays, "logs/").items()}
        self._recordings.restore(_below(arrays, "recordings/"))
        now.measurements = Measurements.from_arrays(_below(arrays, "measurements/"))
        now.seconds, now.timed_steps = record["seconds"], record["timed_steps"]
        now.resumed_at = [*record["resumed_at"]]
        now.is_exact = record["is_exact"]
        self._saved_step = checkpoint.step
        if self._is_finished():
            self._environment = record["environment"]
            logger.info("%s: already trained to step %s.", self._title, f"{now.step:,}")
            return
        now.resumed_at.append(now.step)
        logger.info("%s: resumed at step %s of %s.", self._title, f"{now.step:,}", f"{self._schedule.total_steps:,}")
        changed = _differences(record["environment"], self._environment)
        if changed:
            now.is_exact = False
            logger.warning("%s: continues, but not bit for bit: %s", self._title, "; ".join(changed))

    def _stop_message(self) -> str:
        event = f"{self._title}: stopped at step {self._progress.step:,} of {self._schedule.total_steps:,}."
        if self._store is None:
            return f"{event} Run the same command to start it again."
        return f"{event} A checkpoint is in {self._store.folder}; run the same command to continue."

    def _joined_logs(self) -> dict[str, NDArray[np.float32]]:
        empty = np.zeros(0, np.float32)
        return {name: np.concatenate([empty, *values]) for name, values in self._progress.logs.items()}

    def _result(self) -> TrainingResult:
        now = self._progress
        measurements = replace(now.measurements, values=dict(now.measurements.values))
        if self._validation is not None and now.step not in measurements.values:
            self._take_measurement(
                self._validation, measurements
            )  # not stored: a longer training would not measure here
        return TrainingResult(
            logs=self._joined_logs(),
            recordings=self._recordings.finish(now.step),
            measurements=measurements,
            has_stopped_early=now.step < self._schedule.total_steps,
            seconds_per_step=now.seconds / now.timed_steps if now.timed_steps else 0.0,
            resumed_at=tuple(now.resumed_at),
            is_exact=now.is_exact,
            environment=self._environment,
        )


def _below(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {path.removeprefix(prefix): values for path, values in arrays.items() if path.startswith(prefix)}


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Lists the keys whose values differ, with both values."""
    keys = sorted(before.keys() | now.keys())
    return [
        f"{key}: {before.get(key)!r} in the checkpoint, {now.get(key)!r} now"
        for key in keys
        if before.get(key) != now.get(key)
    ]
