"""Processes that share work out end with the one that started them, even if it is killed."""

from __future__ import annotations

import subprocess
import sys

from vinchar.training.parts import shared_out

LONG = """
from vinchar.training.parts import shared_out
if __name__ == "__main__":
    list(shared_out(exec, ["import time; print('up', flush=True); time.sleep(300)"] * 2, 2))
"""


def test_results_come_in_the_order_of_the_jobs() -> None:
    assert list(shared_out(abs, [-3, 1, -2], 1)) == list(shared_out(abs, [-3, 1, -2], 2)) == [3, 1, 2]


def test_workers_do_not_outlive_a_killed_run() -> None:
    with subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"up\n"
        run.kill()
        run.communicate(timeout=30)  # ends when nobody can write to it any more
