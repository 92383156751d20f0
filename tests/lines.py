"""Line readings and lines made by hand, for the tests of what weighs them."""

from __future__ import annotations

import numpy as np

from vinchar.decide import Line
from vinchar.posterior import Posterior
from vinchar.types import LineReading, Strip
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"


def reading(
    x: float = 100, y: float = 200, beyond: float = 0.0, steps: tuple[float, ...] = (20.0,) * 16
) -> LineReading:
    """A strip that is the part of the photo from (x, y) on, with glyphs 18 wide from column 30 on, ``steps`` apart."""
    columns = np.arange(401, dtype=np.float32) + x
    edges = np.stack([np.stack([columns, np.full_like(columns, row)], 1) for row in (y, y + 40)])
    left = 30 + np.concatenate([[0], np.cumsum(steps)])
    boxes = np.stack([left, np.full(17, 7), left + 18, np.full(17, 33)], 1).astype(np.int32)
    strip = Strip(np.zeros((40, 400), np.uint8), edges.astype(np.float32))
    seen = np.full((1, 17, 33), -3.5, np.float32)
    return LineReading(strip, boxes[None], seen, np.zeros(1), np.full(1, beyond, np.float32), seen[None])


def posterior(
    vin: str = VIN,
    confidence: float = 0.9,
    weak: dict[int, str] | None = None,
    log_likelihood: float = -3.0,
    unlisted: str | None = None,
) -> Posterior:
    """Every character is read with 0.98, but those at the places (from 0) of ``weak`` with 0.6 against its one."""
    marginals = np.full((17, 33), 0.02 / 32, np.float32)
    for place, char in enumerate(vin):
        marginals[place, ALPHABET.index(char)] = 0.98
    for place, other in (weak or {}).items():
        marginals[place] = 0.0
        marginals[place, ALPHABET.index(vin[place])] = 0.6
        marginals[place, ALPHABET.index(other)] = 0.4
    strings = ((vin, confidence), (vin[:-1] + "3", 0.05))
    return Posterior(strings, marginals, 0, log_likelihood, -25.0, unlisted)


def line(vin: str = VIN, likeness: float = 20.0, look: str = "likeliest lines", **more: object) -> Line:
    """A line as ``posterior`` and ``reading`` make it, which share out what else is said."""
    where = {name: more.pop(name) for name in ("x", "y", "beyond", "steps") if name in more}
    return Line(reading(**where), posterior(vin, **more), likeness, look)  # type: ignore[arg-type]
