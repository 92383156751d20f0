"""Opening a network for inference, one way for all stages."""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort


def open_session(path: Path) -> ort.InferenceSession:
    """Open an ONNX model for one core a call, on the CPU; threads that share it run side by side."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # pictures differ in size, and a pattern would be kept for each
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def returning_memory() -> ort.RunOptions:
    """Return options for a pass over a whole photo, after which a session gives back the memory that it took."""
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
