"""A reader for other processes, which dies of a dark picture and fails at a light one."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vinchar.reading import Reading
from vinchar.scale.storage import folder_at

DEADLY, FAULTY, GRAY = 0, 255, 90  # what a picture shows: whoever reads it dies, makes a mistake, or reads it


class FragileReader:
    """Reads how large a picture is."""

    def read(self, picture: NDArray[np.uint8], kind: str) -> Reading:
        value = int(picture.mean())
        if value == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        if value == FAULTY:
            raise TypeError("no such thing")
        return Reading(None, "photo", f"{picture.shape[1]:017d}", "ok", 0.9)


class SlowReader:
    """Takes its time."""

    def read(self, picture: NDArray[np.uint8], kind: str) -> Reading:
        time.sleep(0.05)
        return Reading(None, "photo", "0" * 17, "ok", 0.9)


@dataclass(frozen=True)
class Hindered:
    """Makes a reader; meanwhile another run begins in the folder ``out``."""

    out: Path

    def __call__(self) -> FragileReader:
        folder_at(str(self.out)).write("_run/owner", b"another")
        return FragileReader()
