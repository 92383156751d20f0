"""Which frames of a video are read, and how closely.

Of every ``1 / RATE`` seconds the frame that is sharpest about where the VIN was last is glanced at: see
``Search.glance``. Where glances show none, a frame is searched all over now and then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np

from vinchar.decide import Decision, Line
from vinchar.kind import guess_line_kind
from vinchar.search import Search
from vinchar.types import Gray, Kind
from vinchar.video import Frame, frames_at

RATE = 5  # frames a second that are read
KEPT = 8  # frames that are kept in memory: few videos show more VINs, and of these they are decoded again
UNSEEN = 1.0  # seconds without a VIN, after which a frame is searched all over, which takes up to half a second
AROUND = 0.5  # of a line's height and length, how far about it sharpness is looked at: the hand goes on

Box = tuple[int, int, int, int]  # x0, y0, x1, y1


class Glance(NamedTuple):
    """A frame that was looked at: its time in seconds, and what was decided of it."""

    time: float
    decision: Decision


@dataclass(eq=False, slots=True)
class Watched:
    """The glances at a video in turn, and the pixels of some of their frames, by number."""

    kind: Kind
    glances: list[Glance] = field(default_factory=list)
    kept: dict[int, Gray] = field(default_factory=dict)

    @property
    def decisions(self) -> list[Decision]:
        return [one.decision for one in self.glances]

    def add(self, frame: Frame, decision: Decision) -> None:
        """Take a glance at a frame, and keep the most promising frames: of each VIN that one reads, the surest."""
        number = len(self.glances)
        self.glances.append(Glance(frame.time, decision.slim()))
        self.kept[number] = frame.pixels
        if len(self.kept) > KEPT:
            worth = sorted(self.kept, key=self._worth)
            best = {self._vin(i): i for i in worth}  # the last one, the surest
            del self.kept[next((i for i in worth if best[self._vin(i)] != i), worth[0])]

    def _vin(self, number: int) -> str | None:
        line = self.glances[number].decision.best
        return None if line is None else line.vin

    def _worth(self, number: int) -> tuple[float, float]:
        decision = self.glances[number].decision
        return decision.chance, max(decision.odds, default=-np.inf)

    def keep(self, numbers: Iterable[int], video: Path | bytes) -> None:
        """Take frames that were not kept out of the video once more."""
        missing = {self.glances[number].time: number for number in numbers if number not in self.kept}
        for frame in frames_at(video, missing) if missing else ():
            self.kept[missing[frame.time]] = frame.pixels


def watch(frames: Iterable[Frame], search: Search, kind: Kind | Literal["auto"]) -> Watched:
    """Glance at the frames of a video that are worth it; ``kind``: what they show, ``strip`` or ``photo``."""
    watched, last, found_by, due = Watched("photo" if kind == "auto" else kind), None, None, 0.0
    for _, some in groupby(frames, key=lambda frame: int(frame.time * RATE + 0.01)):
        frame = max(some, key=lambda one: sharpness(one.pixels, last))
        if kind == "auto" and not watched.glances:
            watched.kind = guess_line_kind(frame.pixels)
        decision = search.glance(frame.pixels, watched.kind, found_by)
        if not decision.is_settled and frame.time >= due:
            decision = search.read(frame.pixels, watched.kind)
            due = frame.time + UNSEEN
            # Sure or not: the next frame may show better what this look found.
            found_by = None if decision.best is None else decision.best.look
        if decision.is_settled and decision.best is not None:
            last, found_by = _about(decision.best, frame.pixels.shape), decision.best.look
            due = frame.time + UNSEEN
        watched.add(frame, decision)
    return watched


def sharpness(gray: Gray, box: Box | None = None) -> float:
    """Return how sharp a picture, uint8 (H, W), is in a box, or all over: the spread of its Laplacian at half its size.

    At half size, noise of the sensor is not taken for sharpness.
    """
    x0, y0, x1, y1 = box or (0, 0, gray.shape[1], gray.shape[0])
    half = cv2.resize(gray[y0:y1, x0:x1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, deviation = cv2.meanStdDev(cv2.Laplacian(half, cv2.CV_16S))
    return float(deviation[0, 0])


def _about(line: Line, shape: tuple[int, ...]) -> Box:
    """Return a box about a line, within a picture of a shape."""
    low, high = line.corners.min(axis=0), line.corners.max(axis=0)
    room = AROUND * (high - low)
    (x0, y0), (x1, y1) = np.maximum(low - room, 0).astype(int), np.ceil(high + room).astype(int)
    return int(x0), int(y0), int(min(x1, shape[1])), int(min(y1, shape[0]))
