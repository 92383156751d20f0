"""The frozen dataclasses that pass between stages.

Pixels throughout: x to the right, y down, boxes end-exclusive ``x0, y0, x1, y1``. Every class checks the shapes and
dtypes of its arrays when it is made and raises ``ValueError`` saying what it got and what it expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Kind = Literal["glyph", "strip", "photo"]
Status = Literal["ok", "uncertain", "not_found", "error"]
CheckDigit = Literal["valid", "invalid", "not_required"]
ReadFrom = Literal["text", "barcode", "both"]

# The geometry every rectified strip has: 17 glyphs of GLYPH_HEIGHT at PITCH, with a margin at both ends.
STRIP_HEIGHT, STRIP_WIDTH = 40, 400
GLYPH_HEIGHT, PITCH = 26, 20
JUMP = 5.0  # times the usual way from column to column: so far a strip goes on in another row of text


def _expect(name: str, array: Any, dtype: Any, shape: tuple[int | None, ...]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != np.dtype(dtype):
        raise ValueError(f"{name}: got {getattr(array, 'dtype', type(array).__name__)}, expected {np.dtype(dtype)}")
    fits = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        want_text = ", ".join("any" if n is None else str(n) for n in shape)
        raise ValueError(f"{name}: got shape {array.shape}, expected ({want_text})")


@dataclass(frozen=True, eq=False, slots=True)
class Quad:
    """Where a line of text lies in a photo.

    ``points`` float32 (4, 2), clockwise from the text's top left, in photo pixels; ``score``: higher is likelier.
    """

    points: NDArray[np.float32]
    score: float = 0.0

    def __post_init__(self) -> None:
        _expect("Quad.points", self.points, np.float32, (4, 2))


@dataclass(frozen=True, eq=False, slots=True)
class Strip:
    """A straightened line of text, light glyphs on dark.

    ``gray`` uint8 (H, W). ``edges`` float32 (2, W + 1, 2): the photo point of the strip's top edge (``edges[0]``) and
    of its bottom edge (``edges[1]``) at every column boundary, so a bowed or two-row line has exact photo positions.
    ``inverted``: the photo has dark glyphs on light.
    """

    gray: Gray
    edges: NDArray[np.float32]
    inverted: bool = False

    def __post_init__(self) -> None:
        _expect("Strip.gray", self.gray, np.uint8, (None, None))
        _expect("Strip.edges", self.edges, np.float32, (2, self.gray.shape[1] + 1, 2))

    def to_photo(self, boxes: NDArray[Any]) -> NDArray[np.float32]:
        """Return the photo quads, float32 (N, 4, 2) clockwise from top left, of boxes (N, 4) ``x0, y0, x1, y1``.

        A box that reaches over the place where the strip goes on from one row of text to the next ends there.
        """
        boxes = np.asarray(boxes, np.float64)
        height, width = self.gray.shape
        steps = np.linalg.norm(np.diff(self.edges.mean(0), axis=0), axis=1)
        jumps = np.flatnonzero(steps > JUMP * np.median(steps))
        if len(jumps):
            boxes = np.array([_within_row(box, jumps) for box in boxes])
        x, y = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
        column = np.clip(x, 0, width)
        low = np.minimum(column.astype(np.intp), width - 1)
        share = (column - low)[..., None]
        top, bottom = (1 - share) * self.edges[:, low] + share * self.edges[:, low + 1]  # (N, 4, 2)
        return np.asarray(top + (bottom - top) * (y / height)[..., None], np.float32)


def _within_row(box: NDArray[np.float64], jumps: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the larger part of a box where it reaches over columns, ``jumps``, between two rows of text."""
    x0, y0, x1, y1 = box
    over = jumps[(jumps >= x0) & (jumps < x1)]
    if not len(over):
        return box
    before, after = over[0], over[-1] + 1
    x0, x1 = (x0, before) if before - x0 > x1 - after else (after, x1)
    return np.array([x0, y0, x1, y1])


@dataclass(frozen=True, eq=False, slots=True)
class LineReading:
    """What a recogniser saw on a strip: S ways to part it into 17 glyphs, best first, nothing known of VINs in them.

    ``boxes`` int32 (S, 17, 4) in strip pixels; ``log_likelihoods`` float32 (S, 17, 33): of each character of
    ``vin.ALPHABET`` at each glyph; ``scores`` float64 (S,): log-likelihood of the parting itself, in nats;
    ``beyond`` float32 (S,): about how many glyphs more stand close beside the first and the last one; ``each`` float32
    (K, S, 17, 33): the log-likelihoods by each of the K experts that were asked.
    """

    strip: Strip
    boxes: NDArray[np.int32]
    log_likelihoods: NDArray[np.float32]
    scores: NDArray[np.float64]
    beyond: NDArray[np.float32]
    each: NDArray[np.float32]

    def __post_init__(self) -> None:
        count = len(self.scores)
        _expect("LineReading.boxes", self.boxes, np.int32, (count, 17, 4))
        _expect("LineReading.log_likelihoods", self.log_likelihoods, np.float32, (count, 17, 33))
        _expect("LineReading.scores", self.scores, np.float64, (None,))
        _expect("LineReading.beyond", self.beyond, np.float32, (count,))
        _expect("LineReading.each", self.each, np.float32, (None, count, 17, 33))
