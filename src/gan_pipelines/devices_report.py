"""What a training would run on here: the backend, its devices, and what suits them.

Keras and the backend are imported only when the report is made, since that takes seconds.
"""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from gan_pipelines.backend_choice import INSTALL_FOR_GPU, Backend
from gan_pipelines.errors import UserError

if TYPE_CHECKING:
    from rich.table import Table

    from gan_pipelines.training.backend import FoundDevice

_SECONDS_FOR_NVIDIA = 20.0  # the first question wakes a sleeping driver


@dataclass(frozen=True)
class NvidiaCard:
    """A GPU as its driver tells of it, whether or not the backend can use it.

    Args:
        model: NVIDIA's name.
        memory_bytes: All of it.
        driver_version: Of the driver.
    """

    model: str
    memory_bytes: int | None
    driver_version: str


@dataclass(frozen=True)
class DeviceEntry:
    """A device that the backend can use.

    Args:
        name: As the backend calls it.
        kind: CPU or GPU.
        model: The maker's name.
        memory_bytes: Of the device; of the machine for a CPU. None where it is not known.
        driver_version: NVIDIA's; None for other devices.
        compute_capability: NVIDIA's, such as ``9.0``; None for other devices.
        precision: The value of ``training.precision`` that suits it.
    """

    name: str
    kind: str
    model: str
    memory_bytes: int | None
    driver_version: str | None
    compute_capability: str | None
    precision: str


@dataclass(frozen=True)
class DevicesReport:
    """What a training would run on.

    Args:
        backend: What ``KERAS_BACKEND`` names.
        backend_version: Its version.
        keras_version: Keras's.
        python_version: Python's.
        processor: The processor's name.
        cores: How many of its cores this process may use.
        memory_bytes: Of the machine; None where the system does not tell.
        devices: What the backend can use.
        auto_device: What ``devices: auto`` takes.
        auto_jit_compile: Whether ``jit_compile: auto`` means XLA there.
        cluster: Which process this is, and where each is heard, the chief first; None without a cluster.
        advice: What is wrong or missing, and what to do.
    """

    backend: Backend
    backend_version: str
    keras_version: str
    python_version: str
    processor: str
    cores: int
    memory_bytes: int | None
    devices: tuple[DeviceEntry, ...]
    auto_device: str
    auto_jit_compile: bool
    cluster: dict[str, Any] | None
    advice: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the report in types that JSON knows."""
        return asdict(self)


def describe_devices(backend: Backend) -> DevicesReport:
    """Starts the backend and asks it, the driver and the environment.

    Args:
        backend: The one that Keras runs on, see `choose_backend`.
    """
    from gan_pipelines.training.backend import find_devices, open_device
    from gan_pipelines.training.environment import available_cores, processor_name

    cards = nvidia_cards()
    gpus, processor, memory = find_devices("GPU"), processor_name(), _machine_memory()
    cpus = [DeviceEntry(each.name, "CPU", processor, memory, None, None, "float32") for each in find_devices("CPU")]
    chosen = open_device("auto", "auto", batch_size=1)
    cluster, problems = _cluster()
    return DevicesReport(
        backend=backend,
        backend_version=_version(backend),
        keras_version=_version("keras"),
        python_version=platform.python_version(),
        processor=processor,
        cores=available_cores(),
        memory_bytes=memory,
        devices=(*(_gpu(each, cards) for each in gpus), *cpus),
        auto_device=chosen.description,
        auto_jit_compile=chosen.jit_compile,
        cluster=cluster,
        advice=(*problems, *_advice(backend, gpus, cards)),
    )


def suitable_precision(compute_capability: tuple[int, int] | None) -> str:
    """Returns the value of ``training.precision`` that suits a device.

    Matrix units compute in bfloat16 from compute capability 8.0 on, in float16 from 7.0 on.
    """
    if compute_capability is None or compute_capability < (7, 0):
        return "float32"
    return "mixed_bfloat16" if compute_capability >= (8, 0) else "mixed_float16"


def nvidia_cards() -> list[NvidiaCard]:
    """Asks NVIDIA's driver for its GPUs; there are none where there is no such driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed question to the driver's own program
            query, capture_output=True, text=True, check=True, timeout=_SECONDS_FOR_NVIDIA
        )
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[cell.strip() for cell in line.split(",")] for line in answer.stdout.splitlines()]
    return [NvidiaCard(row[0], _bytes_of_mebibytes(row[1]), row[2]) for row in rows if len(row) == 3]


def as_text(report: DevicesReport) -> str:
    """Returns the report as lines of plain text."""
    lines = [f"{name + ':':<22}{value}" for name, value in _facts(report).items()]
    for device in report.devices:
        lines += ["", f"{device.kind} {device.name}"]
        lines += [f"  {name + ':':<20}{value}" for name, value in _facts_of(device).items()]
    for advice in report.advice:
        lines += ["", advice]
    return "\n".join(lines)


def as_tables(report: DevicesReport) -> list["Table | str"]:
    """Returns the report as what `rich` prints on a terminal."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    facts = Table(box=box.SIMPLE, show_header=False)
    for name, value in _facts(report).items():
        facts.add_row(escape(name), escape(value))
    devices = Table("device", *(_facts_of(report.devices[0]) if report.devices else ()), box=box.SIMPLE_HEAD)
    for device in report.devices:
        devices.add_row(escape(f"{device.kind} {device.name}"), *map(escape, _facts_of(device).values()))
    return [facts, devices, *map(escape, report.advice)]


def _facts(report: DevicesReport) -> dict[str, str]:
    cluster = report.cluster
    return {
        "backend": f"{report.backend} {report.backend_version}, Keras {report.keras_version}",
        "Python": report.python_version,
        "processor": f"{report.processor}, {report.cores} cores may be used",
        "memory": _size(report.memory_bytes),
        "devices: auto": report.auto_device,
        "jit_compile: auto": "XLA" if report.auto_jit_compile else "without XLA",
        "cluster": "none" if cluster is None else f"process {cluster['process']} of {', '.join(cluster['addresses'])}",
    }


def _facts_of(device: DeviceEntry) -> dict[str, str]:
    return {
        "model": device.model or "unknown",
        "memory": _size(device.memory_bytes),
        "driver": device.driver_version or "none",
        "compute capability": device.compute_capability or "none",
        "precision": device.precision,
    }


def _gpu(found: "FoundDevice", cards: Sequence[NvidiaCard]) -> DeviceEntry:
    capability = found.compute_capability
    # Driver and backend count GPUs differently; those of one model are alike.
    card = next((card for card in cards if card.model == found.model), cards[0] if cards else None)
    is_the_same = card is not None and card.model == found.model
    return DeviceEntry(
        name=found.name,
        kind="GPU",
        model=found.model,
        memory_bytes=card.memory_bytes if card is not None and is_the_same else found.memory,
        driver_version=None if card is None or capability is None else card.driver_version,
        compute_capability=None if capability is None else "{}.{}".format(*capability),
        precision=suitable_precision(capability),
    )


def _advice(backend: Backend, gpus: Sequence[object], cards: Sequence[NvidiaCard]) -> list[str]:
    if gpus:
        return []
    install = f"`{INSTALL_FOR_GPU[backend]}`"
    if cards:
        models = ", ".join(card.model for card in cards)
        return [
            f"No GPU is found by {backend}, but the driver {cards[0].driver_version} knows {models}. Install what "
            f"{backend} needs for it with {install}, and see that CUDA_VISIBLE_DEVICES does not hide it."
        ]
    return [
        f"No GPU is found. If there is one from NVIDIA, install its driver until `nvidia-smi` shows it, then {install}."
    ]


def _cluster() -> tuple[dict[str, Any] | None, list[str]]:
    """Returns which process of a cluster this is, and what is wrong with how it is told."""
    from gan_pipelines.training.cluster import find_cluster, has_cluster

    if not has_cluster():
        return None, []
    try:
        cluster = find_cluster()
        return {"process": cluster.process, "addresses": list(cluster.addresses)}, []
    except UserError as error:
        return None, [str(error)]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a build under another name, such as tf-nightly
        return "of unknown version"


def _machine_memory() -> int | None:
    names: Mapping[str, int] = getattr(os, "sysconf_names", {})
    if not {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= names.keys():
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _bytes_of_mebibytes(text: str) -> int | None:
    return int(text) * 2**20 if text.isdigit() else None  # some cards share the machine's memory and name none


def _size(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 2**30:.1f} GiB"
