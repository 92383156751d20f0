"""A line that was read: its strip, its lattice, what it reads as, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.assemble import Assembly
from vinchar.quality import measure
from vinchar.rectify import STRIP_END, STRIP_START, sample
from vinchar.types import STRIP_WIDTH, Gray, Lattice, Strip

OTHERS = 8.0  # nats: so much more common than VINs is other text
EDGE, WIDER = 22, 40  # columns: glyphs nearer to a strip's end may go on beyond it, and are looked for so much farther
MARGIN_ALONG, MARGIN_ACROSS = 0.25, 0.15  # of an outline, in pitches and in glyph heights


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """One strip, what it reads as, and the probability that this is right.

    ``likeness``: by how much the string is likelier as a VIN than as other text, in nats.
    """

    strip: Strip
    lattice: Lattice
    assembly: Assembly
    probability: float
    likeness: float

    @property
    def rank(self) -> float:
        """Return what readings of one picture are compared by, in nats: about the log-odds that it is a VIN."""
        return self.assembly.log_likelihood + self.likeness - OTHERS

    def quality(self, gray: Gray) -> dict[str, float]:
        """Return how hard to read the line is in the photo ``gray``, as ``quality.measure`` gives it."""
        boxes = self.lattice.boxes[self.assembly.arcs]
        line = sample(gray, self.strip.edges, *self.strip.gray.shape)
        return measure(line, boxes, self.strip.to_photo(boxes), gray.shape)

    def centres(self) -> NDArray[np.float32]:
        """Return the glyphs' middles in the photo, float32 (17, 2)."""
        return np.asarray(self.strip.to_photo(self.lattice.boxes[self.assembly.arcs]).mean(axis=1), np.float32)

    def outline(self) -> NDArray[np.float32]:
        """Return the corners in the photo, float32 (68, 2), of boxes round the glyphs with some margin."""
        boxes = self.lattice.boxes[self.assembly.arcs].astype(np.float64)
        along = MARGIN_ALONG * self.assembly.pitch
        across = MARGIN_ACROSS * np.median(boxes[:, 3] - boxes[:, 1])
        return self.strip.to_photo(boxes + np.array([-along, -across, along, across])).reshape(-1, 2)

    def cover(self, gray: Gray) -> None:
        """Paint the line over in the photo ``gray`` with what is typical there."""
        outline = np.concatenate([self.strip.edges[0], self.strip.edges[1, ::-1]])
        level = int(np.median(sample(gray, self.strip.edges, *self.strip.gray.shape)))
        cv2.fillPoly(gray, [np.rint(outline).astype(np.int32)], level)

    def ends(self) -> tuple[float, float]:
        """Return the columns of the strip between which the glyphs lie."""
        boxes = self.lattice.boxes[self.assembly.arcs]
        return float(boxes[0, 0]), float(boxes[-1, 2])

    def is_whole(self) -> bool:
        """Tell whether the glyphs keep clear of the strip's ends, so that none can be cut off there."""
        first, last = self.ends()
        return first >= EDGE and last <= STRIP_WIDTH - EDGE

    def room(self) -> tuple[float, float]:
        """Return the columns from and to which to cut the strip next: as far as the glyphs go, or farther at an end."""
        first, last = self.ends()
        if first < EDGE:
            first = STRIP_START - WIDER
        if last > STRIP_WIDTH - EDGE:
            last = STRIP_END + WIDER
        return first, last
