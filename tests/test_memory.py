"""Memory that comes back: measured in a process of its own, whose heap nothing else has used."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from vinchar.memory import keep_flat

# Frees a block of 24 MB, whereupon glibc keeps others up to that size in its heap; then takes many of 4 MB, with small
# ones between them that stay, and frees the large ones. Prints how many MB more than before are resident.
HOLES = """
import sys, numpy as np
from vinchar.memory import keep_flat
if sys.argv[1] == "flat":
    assert keep_flat()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
block = np.ones(24 << 20, np.uint8)
del block
before, large, small = resident(), [], []
for _ in range(30):
    large.append(np.ones(4 << 20, np.uint8))
    small.append(np.ones(100_000, np.uint8))
del large
print(resident() - before)
"""


def left_behind(how: str) -> float:
    run = subprocess.run([sys.executable, "-c", HOLES, how], capture_output=True, text=True, check=True)
    return float(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc hands memory back its way")
def test_large_blocks_go_back_to_the_system() -> None:
    assert left_behind("flat") < 20  # glibc 2.36 left alone: more than 60


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    assert not keep_flat()
