"""What every test gets, fixed seeds and no network, and what several share: pictures, a small EMNIST archive."""

from __future__ import annotations

import os

if "PYTEST_XDIST_WORKER" in os.environ:  # the other processes have the other cores; before NumPy and others look
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")

import csv
import gzip
import ipaddress
import random
import socket
import string
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from databases import emptied, new_postgres
from name_reader import Folder

if "PYTEST_XDIST_WORKER" in os.environ:
    cv2.setNumThreads(1)  # and so has every network one

BYCLASS = string.digits + string.ascii_uppercase + string.ascii_lowercase  # the archive's labels 0 to 61


def drawn_glyph(char: str) -> np.ndarray:
    """A handwritten-looking picture of a character as EMNIST has them: uint8 (28, 28), light on dark, upright."""
    image = np.zeros((28, 28), np.uint8)
    return np.asarray(cv2.putText(image, char, (5, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA), np.uint8)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def expect_picture(path: Path) -> None:
    """There is a picture, and it is a small file."""
    assert cv2.imread(str(path)) is not None
    assert path.stat().st_size < 200_000


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002  (for libraries that still draw from it)


def is_this_machine(host: object) -> bool:
    """Tell the name and the loopback addresses of this machine from all others."""
    try:
        return host == "localhost" or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def block_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt to reach another machine fail."""

    def guard(owner: Any, name: str, place: int, host_of: Callable[[Any], object]) -> None:
        allowed = getattr(owner, name)

        def guarded(*args: Any, **how: Any) -> Any:
            if not (len(args) > place and is_this_machine(host_of(args[place]))):
                raise RuntimeError(f"tests must not use the network: {args}")
            return allowed(*args, **how)

        monkeypatch.setattr(owner, name, guarded)

    def host(address: Any) -> object:
        return "localhost" if isinstance(address, str | bytes) else address[0]  # a text is the path of a unix socket

    for name in ("connect", "connect_ex"):
        guard(socket.socket, name, 1, host)
    guard(socket.socket, "sendto", -1, host)
    guard(socket, "create_connection", 0, lambda address: address[0])
    for name in ("getaddrinfo", "gethostbyname"):
        guard(socket, name, 0, lambda name: name)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    block_network(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes pictures of the given names in a folder, and returns it."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(path), np.full((20, 60, 3), 90, np.uint8))
        return tmp_path / "in"

    return make


@pytest.fixture(scope="session")
def postgres() -> Iterator[str | None]:
    """A database of PostgreSQL, for this process alone, if a server is lent to the tests."""
    with new_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store of the desk can be made: in a file, and in PostgreSQL."""
    return str(tmp_path / "desk.db") if request.param == "sqlite" else emptied(request.getfixturevalue("postgres"))


def train_eagerly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let networks train without being compiled to a graph: for a few steps that takes longer than the steps."""
    import keras

    compiled = keras.Model.compile

    def compile_eager(model: Any, *args: Any, **how: Any) -> None:
        compiled(model, *args, **how | {"run_eagerly": True})

    monkeypatch.setattr(keras.Model, "compile", compile_eager)


@pytest.fixture(scope="session")
def emnist_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose EMNIST cache holds a small archive in the published layout.

    The ByClass split, train and test: every one of the 62 classes, drawn, lying on its side as the pictures of the
    published archive do.
    """
    home = tmp_path_factory.mktemp("home")
    archive = home / ".cache" / "emnist" / "emnist.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as file:
        for usage, count in (("train", 6), ("test", 3)):
            labels = np.tile(np.arange(len(BYCLASS), dtype=np.uint8), count)
            images = np.stack([drawn_glyph(BYCLASS[label]).T for label in labels])
            for matrix, array in (("images", images), ("labels", labels)):
                header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
                name = f"gzip/emnist-byclass-{usage}-{matrix}-idx{array.ndim}-ubyte.gz"
                file.writestr(name, gzip.compress(header + array.tobytes()))
    return home
