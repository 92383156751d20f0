"""Opening a network for inference, one way for all stages."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

# Since 1.29 ONNX Runtime reports to its makers, and keeps an identifier in the home folder, unless told so before.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime as ort

from vinchar.bundle import ModelError

MOST_THREADS = 4  # the networks are small: more threads wait for each other


def open_session(path: Path) -> ort.InferenceSession:
    """Open an ONNX model on the CPU, with as many threads a call as OpenCV has in this process, four at most.

    So ``cv2.setNumThreads`` says for all that reads how many cores a process may use. Raises ``ModelError`` if
    onnxruntime cannot load the model.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = max(1, min(cv2.getNumThreads(), MOST_THREADS))
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # pictures differ in size, and a pattern would be kept for each
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to others in between
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a dozen classes of its own for it, without a common one
        raise ModelError(f"{path}: onnxruntime {ort.__version__} cannot load it; train the model again") from error


class StripNetwork:
    """A network in ONNX that answers for strips. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._session = open_session(path)
        self._input = self._session.get_inputs()[0].name

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what it says, float32 (B, ...), of strips uint8 (B, 40, W)."""
        batch = strips[..., None].astype(np.float32) / 255
        (out,) = self._session.run(None, {self._input: batch})
        return np.asarray(out, np.float32)


def returning_memory() -> ort.RunOptions:
    """Return options for a pass over a whole photo, after which a session gives back the memory that it took."""
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
