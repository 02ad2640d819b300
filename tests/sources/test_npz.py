import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.sources.npz import read_npz

from .conftest import mnist_arrays


def npy_bytes(array: np.ndarray, version: tuple[int, int] = (1, 0)) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


def archive(folder: Path, **replaced: bytes | None) -> Path:
    members = {name: npy_bytes(array) for name, array in mnist_arrays().items()} | replaced
    path = folder / "mnist.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            if content is not None:
                file.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_wrote_is_read(tmp_path: Path, save) -> None:
    arrays = mnist_arrays() | {"y_test": np.array([0, 9, 1, 2], dtype=np.int64)}
    arrays["x_test"] = np.asfortranarray(arrays["x_test"])
    save(tmp_path / "mnist.npz", **arrays)
    found = read_npz(tmp_path / "mnist.npz")
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"y_test": None}, "lacks y_test; found x_test.npy, x_train.npy, y_train.npy"),
        ({"x_train": npy_bytes(np.zeros((6, 28, 28)))}, r"x_train: found float64 \(6, 28, 28\)"),
        ({"x_train": npy_bytes(np.zeros((6, 784), dtype=np.uint8))}, r"x_train: found uint8 \(6, 784\)"),
        ({"x_train": npy_bytes(np.zeros((0, 28, 28), dtype=np.uint8))}, r"x_train: found uint8 \(0, 28, 28\)"),
        ({"y_train": npy_bytes(np.zeros((6, 10), dtype=np.uint8))}, r"y_train: found uint8 \(6, 10\)"),
        ({"y_train": npy_bytes(np.zeros(6))}, "y_train: found float64"),
        ({"y_train": npy_bytes(np.zeros(6, dtype=np.uint8), version=(2, 0))}, "y_train: not in version 1.0"),
        ({"y_train": npy_bytes(np.zeros(6, dtype=np.uint8))[:-1]}, "y_train: the data end after 5 of the 6 bytes"),
        ({"y_train": npy_bytes(np.zeros(6, dtype=np.uint8)) + b"x"}, "y_train: the data continue after the 6 bytes"),
        ({"y_train": b"nonsense"}, "y_train: cannot be read"),
        ({"y_train": b""}, "y_train: cannot be read"),
    ],
)
def test_wrong_member_is_named(tmp_path: Path, replaced: dict[str, bytes | None], message: str) -> None:
    path = archive(tmp_path, **replaced)
    with pytest.raises(UserError, match=message) as caught:
        read_npz(path)
    assert str(path) in str(caught.value)


def test_pickled_objects_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    np.savez(path, **(mnist_arrays() | {"y_train": np.array([{"a": 1}] * 6, dtype=object)}))
    with pytest.raises(UserError, match="y_train: found object"):
        read_npz(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a header", b"not a zip"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mnist.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"mnist\.npz: the compressed data are damaged"):
        read_npz(tmp_path / "mnist.npz")


def test_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    arrays = mnist_arrays()
    np.savez(path, **arrays)
    content = bytearray(path.read_bytes())
    content[content.index(arrays["x_train"].tobytes()) + 1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="Bad CRC-32"):
        read_npz(path)


def test_bomb_behind_a_header_is_not_inflated(tmp_path: Path) -> None:
    header = npy_bytes(np.zeros((2, 28, 28), dtype=np.uint8))[:-1568]
    path = archive(tmp_path, x_train=header + bytes(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="data continue after"):
            read_npz(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (100000000, 28, 28), }", "declares 78,400,000,000 bytes"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 28, 28), }", r"found uint8 \(-1, 28, 28\)"),
        ("{'descr': '|u1', 'fortran_order': False}", "cannot be read"),
        ("(" * 3000, "cannot be read"),
        ("__import__('os').abort()", "cannot be read"),
    ],
    ids=["78 GB", "negative", "no shape", "nested", "code"],
)
def test_hostile_array_headers(tmp_path: Path, header: str, message: str) -> None:
    text = header.encode() + b"\n"
    path = archive(tmp_path, x_train=b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(9000))
    with pytest.raises(UserError, match=message):
        read_npz(path)
