"""Reading many pictures against readers that fail in every way there is."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from vinchar.command.workers import read_all
from vinchar.processes import _without_interrupts
from vinchar.reading import Reading


class Fragile:
    """Reads a picture's name; dies, raises or says its process where the name asks for it."""

    def read(self, picture: Path, kind: str) -> Reading:
        match picture.stem:
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "gone":
                os._exit(3)
            case "mistake":
                raise TypeError("no such thing")
            case "memory":
                raise MemoryError
            case "who":
                return Reading(str(picture), "photo", str(os.getpid()), "ok")
        return Reading(str(picture), "photo", kind, "ok")


def names(*stems: str) -> list[Path]:
    return [Path(f"{stem}.png") for stem in stems]


@pytest.mark.parametrize("workers", [1, 3])
def test_an_exception_costs_one_picture(workers: int) -> None:
    pictures = names("a", "mistake", "memory", "b")
    readings = list(read_all(pictures, Fragile, "strip", workers))  # type: ignore[arg-type]
    assert [reading.image for reading in readings] == [str(picture) for picture in pictures]
    assert [reading.status for reading in readings] == ["ok", "error", "error", "ok"]
    assert readings[0].vin == "strip"
    assert "TypeError: no such thing" in readings[1].reasons[0]


def test_a_dead_worker_costs_one_picture() -> None:
    pictures = names("a", "killed", "b", "gone", "c", "d")
    readings = list(read_all(pictures, Fragile, "auto", 2))  # type: ignore[arg-type]
    assert [reading.image for reading in readings] == [str(picture) for picture in pictures]
    assert [reading.status for reading in readings] == ["ok", "error", "ok", "error", "ok", "ok"]
    assert "signal 9" in readings[1].reasons[0]
    assert "exit status 3" in readings[3].reasons[0]


def test_workers_are_processes_of_their_own_and_as_many_as_asked() -> None:
    readings = list(read_all(names(*["who"] * 6), Fragile, "auto", 2))  # type: ignore[arg-type]
    processes = {reading.vin for reading in readings}
    assert len(processes) == 2
    assert str(os.getpid()) not in processes
    assert {reading.vin for reading in read_all(names("who", "who"), Fragile, "auto", 1)} == {  # type: ignore[arg-type]
        str(os.getpid())
    }


def test_no_pictures() -> None:
    assert list(read_all([], Fragile, "auto", 4)) == []  # type: ignore[arg-type]


def test_interrupts_are_held_back_while_a_process_starts() -> None:
    with _without_interrupts():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
