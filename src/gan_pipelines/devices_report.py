"""Report of the training environment: backend, devices and suitable precision.

Keras and the backend are imported only when the report is created, since the import takes seconds.
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

_NVIDIA_SMI_TIMEOUT = 20.0  # the first query may have to initialise the driver


@dataclass(frozen=True)
class NvidiaCard:
    """GPU found by the NVIDIA driver, whether or not the backend can use it.

    Args:
        model: NVIDIA's name of the model.
        memory_bytes: Total memory; None if unknown.
        driver_version: Version of the driver.
    """

    model: str
    memory_bytes: int | None
    driver_version: str


@dataclass(frozen=True)
class DeviceEntry:
    """Device available to the backend.

    Args:
        name: The backend's name of the device.
        kind: CPU or GPU.
        model: The manufacturer's name of the model.
        memory_bytes: Total memory of the device; for a CPU, of the machine. None if unknown.
        driver_version: Version of the NVIDIA driver; None for other devices.
        compute_capability: NVIDIA compute capability, such as ``9.0``; None for other devices.
        precision: Recommended value of ``training.precision``.
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
    """Backend, devices and cluster that a training would use.

    Args:
        backend: The backend in ``KERAS_BACKEND``.
        backend_version: Version of the backend.
        keras_version: Version of Keras.
        python_version: Version of Python.
        processor: Name of the processor.
        cores: Number of cores available to this process.
        memory_bytes: Total memory of the machine; None if unknown.
        devices: Devices available to the backend.
        auto_device: Device chosen by ``devices: auto``.
        auto_jit_compile: Whether ``jit_compile: auto`` enables XLA on that device.
        cluster: Index of this process, and the addresses of all, the chief first; None without a cluster.
        advice: Problems found, each with a remedy.
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
        """Returns the report as a dictionary for JSON."""
        return asdict(self)


def describe_devices(backend: Backend) -> DevicesReport:
    """Initialises the backend and returns the report.

    Args:
        backend: The backend of Keras, see `choose_backend`.
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
    """Returns the recommended value of ``training.precision`` for a device.

    Tensor cores support float16 from compute capability 7.0 and bfloat16 from 8.0.
    """
    if compute_capability is None or compute_capability < (7, 0):
        return "float32"
    return "mixed_bfloat16" if compute_capability >= (8, 0) else "mixed_float16"


def nvidia_cards() -> list[NvidiaCard]:
    """Returns the GPUs found by ``nvidia-smi``; an empty list without an NVIDIA driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        result = subprocess.run(  # noqa: S603 - fixed arguments
            query, capture_output=True, text=True, check=True, timeout=_NVIDIA_SMI_TIMEOUT
        )
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[cell.strip() for cell in line.split(",")] for line in result.stdout.splitlines()]
    return [NvidiaCard(row[0], _bytes_of_mebibytes(row[1]), row[2]) for row in rows if len(row) == 3]


def as_text(report: DevicesReport) -> str:
    """Returns the report as lines of plain text."""
    lines = [f"{name + ':':<22}{value}" for name, value in _summary_fields(report).items()]
    for device in report.devices:
        lines += ["", f"{device.kind} {device.name}"]
        lines += [f"  {name + ':':<20}{value}" for name, value in _device_fields(device).items()]
    for advice in report.advice:
        lines += ["", advice]
    return "\n".join(lines)


def as_tables(report: DevicesReport) -> list["Table | str"]:
    """Returns the report as renderables of `rich`."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    summary = Table(box=box.SIMPLE, show_header=False)
    for name, value in _summary_fields(report).items():
        summary.add_row(escape(name), escape(value))
    devices = Table("device", *(_device_fields(report.devices[0]) if report.devices else ()), box=box.SIMPLE_HEAD)
    for device in report.devices:
        devices.add_row(escape(f"{device.kind} {device.name}"), *map(escape, _device_fields(device).values()))
    return [summary, devices, *map(escape, report.advice)]


def _summary_fields(report: DevicesReport) -> dict[str, str]:
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


def _device_fields(device: DeviceEntry) -> dict[str, str]:
    return {
        "model": device.model or "unknown",
        "memory": _size(device.memory_bytes),
        "driver": device.driver_version or "none",
        "compute capability": device.compute_capability or "none",
        "precision": device.precision,
    }


def _gpu(found: "FoundDevice", cards: Sequence[NvidiaCard]) -> DeviceEntry:
    capability = found.compute_capability
    # Driver and backend number GPUs differently, so they are matched by model.
    card = next((card for card in cards if card.model == found.model), cards[0] if cards else None)
    is_same_model = card is not None and card.model == found.model
    return DeviceEntry(
        name=found.name,
        kind="GPU",
        model=found.model,
        memory_bytes=card.memory_bytes if card is not None and is_same_model else found.memory,
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
            f"{backend} finds no GPU, but the driver {cards[0].driver_version} lists {models}. Install GPU support "
            f"for {backend} with {install}, and check that CUDA_VISIBLE_DEVICES does not hide the GPU."
        ]
    return [f"No GPU found. For an NVIDIA GPU, install the driver so that `nvidia-smi` lists the GPU, then {install}."]


def _cluster() -> tuple[dict[str, Any] | None, list[str]]:
    """Returns the index of this process and all addresses of the cluster, and the errors in its configuration."""
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
    except PackageNotFoundError:  # a build with another package name, such as tf-nightly
        return "of unknown version"


def _machine_memory() -> int | None:
    names: Mapping[str, int] = getattr(os, "sysconf_names", {})
    if not {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= names.keys():
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _bytes_of_mebibytes(text: str) -> int | None:
    return int(text) * 2**20 if text.isdigit() else None  # GPUs with unified memory report no number


def _size(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 2**30:.1f} GiB"
