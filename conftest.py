"""Over how many processes tests are spread: those of a single file, and the benchmarks, run in this one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

MOST = 4  # more save little time, and each that trains takes a gigabyte


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes ``-n auto`` stands for; 0: none but this one."""
    paths = {Path(argument.split("::")[0]) for argument in config.args}
    if len(paths) == 1 and paths.pop().is_file():
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST)
