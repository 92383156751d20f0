"""Opening a network: how many cores it takes (as many as OpenCV may), and a file that is none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from vinchar.bundle import ModelError, open_bundle
from vinchar.session import MOST_THREADS, open_session

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.mark.parametrize(("allowed", "taken"), [(1, 1), (2, 2), (64, MOST_THREADS)])
def test_a_network_has_as_many_threads_as_opencv_but_few(allowed: int, taken: int) -> None:
    cv2.setNumThreads(allowed)
    session = open_session(open_bundle(None).paths["rectifier"])
    assert session.get_session_options().intra_op_num_threads == taken


@pytest.mark.parametrize("content", [b"", b"not a network", b"\x08\x63"])
def test_a_file_that_onnxruntime_cannot_load_is_a_model_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "locator.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"locator\.onnx: onnxruntime .* cannot load it; train the model again"):
        open_session(path)


def test_reading_tells_nobody(tmp_path: Path) -> None:
    """ONNX Runtime left to itself keeps an identifier of the machine in the home folder, and reports."""
    code = "import numpy; from vinchar import Reader; Reader().read(numpy.zeros((40, 400), numpy.uint8))"
    left = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_", "CI"))}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=left | {"HOME": str(tmp_path)}, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
