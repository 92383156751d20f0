"""Pictures, readings and a clock for the tests of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np

from vinchar.reading import Reading
from vinchar.service.desk.store import NewTask, Store, open_store

VIN, OTHER, THIRD = "1HGCM82633A004352", "WVWZZZ1JZ3W386752", "1M8GDM9AXKP042788"
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
QUAD = np.array([[10, 20], [180, 24], [179, 40], [9, 36]], np.float32)


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time

    def go(self, minutes: float) -> None:
        self.time += timedelta(minutes=minutes)


def picture(number: int = 0, ending: str = ".png", shape: tuple[int, ...] = (60, 200, 3)) -> bytes:
    """The file of a picture that differs from those of other numbers, a line in it."""
    pixels = np.full(shape, 230, np.uint8)
    cv2.putText(pixels, f"{number:09d}", (10, 36), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20, 20, 20), 2)
    return cv2.imencode(ending, pixels)[1].tobytes()


def reading(vin: str | None = VIN, confidence: float = 0.5, **more: Any) -> Reading:
    """What was read in a picture, in doubt."""
    status = "uncertain" if vin else "not_found"
    of: dict[str, Any] = {"quad": QUAD if vin else None, "source": "text" if vin else None, "model": "0.1.0-01234567"}
    return Reading("door.jpg", "photo", vin, status, confidence, **of | more)  # type: ignore[arg-type]


def new(number: int = 0, **more: Any) -> NewTask:
    """A task, whose picture differs from those of other numbers."""
    of: dict[str, Any] = {"data": picture(number), "name": f"{number}.png", "reading": reading()}
    return NewTask(**of | more)


def filled(url: str, count: int, now: Callable[[], datetime], **more: Any) -> Store:
    """A store with tasks, the first worth most."""
    store = open_store(url, now)
    for number in range(count):
        store.add(new(number, **{"worth": float(count - number)} | more))
    return store
