"""Whether tests share the cores: all of them do, those of a single file, and the benchmarks, are not worth it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return 0, no processes but this one, where at most one file is asked for; None leaves it to xdist."""
    paths = {Path(argument.split("::")[0]) for argument in config.args}
    return 0 if len(paths) == 1 and paths.pop().is_file() else None
