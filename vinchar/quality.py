"""Why a line is hard to read, measured along it in the photo, and what somebody with a camera can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.decide import Line
from vinchar.rectify import sample
from vinchar.types import Gray

BLACK, WHITE = 12, 243  # grey levels beyond which a sensor tells nothing apart
READS_BEST = 16  # pixels: from this height of the characters on nothing is gained by more
SMOOTH = 0.7  # pixels: against noise, before slopes are measured


@dataclass(frozen=True, slots=True)
class Fault:
    """Something measured that makes a line hard to read: from what value on, and what to say then.

    ``worse``: 1 if more of it is worse, -1 if less. ``aim``: what a camera that is held at a VIN should do better than:
    but for 5 in 100 of them, sure and right readings of drawn photos do.
    """

    name: str
    worse: int
    aim: float
    advice: str


# In the order in which to mention them: what explains most comes first.
FAULTS = (
    Fault("cut_off", 1, 0.0, "the line is cut off at the picture's edge: take all of it into the picture"),
    Fault("glyph_height", -1, READS_BEST, "the characters are too small: move closer"),
    Fault("washed_out", 1, 0.23, "glare or deep shadow on part of the line: change the angle or shade it"),
    Fault("blur", 1, 0.145, "out of focus or moved: move closer or hold still"),
    Fault("contrast", -1, 29.5, "hardly any contrast: light it from the side or wipe it"),
    Fault("covered", 1, 0.03, "part of the line is covered or worn: clean it or uncover it"),
)


def quality_of(line: Line, gray: Gray) -> dict[str, float]:
    """Return how hard a line is to read in the photo ``gray``, as ``measure`` gives it."""
    strip = line.reading.strip
    return measure(sample(gray, strip.edges, *strip.gray.shape), line.boxes, line.quads, gray.shape)


def measure(
    line: Gray, boxes: NDArray[np.int32], quads: NDArray[np.float32], shape: tuple[int, ...]
) -> dict[str, float]:
    """Return the value of every fault of ``FAULTS`` for a line of glyphs.

    ``line`` uint8 (H, W): the strip as the photo has it, contrast untouched; ``boxes`` int32 (N, 4): the glyphs in it;
    ``quads`` float32 (N, 4, 2): the same in the photo, whose height and width are ``shape``. ``cut_off``: share of the
    glyphs that reach beyond the photo; ``glyph_height``: median, photo pixels; ``washed_out``: share of the line at
    either end of the grey scale; ``blur``: how wide an edge between ink and ground is, in parts of a glyph's height;
    ``contrast``: between ink and ground, grey levels, median over the glyphs; ``covered``: share of glyphs with less
    than a third of that.
    """
    height = np.linalg.norm((quads[:, 0] + quads[:, 1] - quads[:, 2] - quads[:, 3]) / 2, axis=-1)
    outside = (quads < 0).any((1, 2)) | (quads > np.array(shape[1::-1])).any((1, 2))
    top, bottom = max(0, int(boxes[:, 1].min())), int(boxes[:, 3].max())
    band = line[top:bottom, max(0, int(boxes[0, 0])) : int(boxes[-1, 2])]
    smooth = cv2.GaussianBlur(line, (0, 0), SMOOTH).astype(np.float32)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)) / 8
    spans, edges = [], []
    for x0, y0, x1, y1 in boxes:
        part = np.s_[max(0, y0) : y1, max(0, x0) : x1]
        low, high = _quantile(smooth[part], 0.06), _quantile(smooth[part], 0.94)
        spans.append(high - low)
        edges.append((high - low) / max(_quantile(slope[part], 0.95), 0.1) if high > low else 0.0)
    span = float(np.median(spans))
    return {
        "cut_off": float(outside.mean()),
        "glyph_height": float(np.median(height)),
        "washed_out": float(((band <= BLACK) | (band >= WHITE)).mean()) if band.size else 0.0,
        "blur": float(np.median(edges)) / max(float(np.median(boxes[:, 3] - boxes[:, 1])), 1.0),
        "contrast": span,
        "covered": float((np.array(spans) < span / 3).mean()),
    }


def _quantile(values: NDArray[Any], share: float) -> float:
    """Return the value that ``share`` of the values are not above; 0 for none. numpy's own takes ten times as long."""
    at = round(share * (values.size - 1))
    return float(np.partition(values, at, axis=None)[at]) if values.size else 0.0


def advice(values: dict[str, float], thresholds: dict[str, float]) -> tuple[str, ...]:
    """Return what would help with a line of these values: for every fault beyond its threshold, most telling first.

    A fault without a threshold is never mentioned: none was found beyond which readings fail. Where there is none,
    characters that are not as high as those that read best can still be taken from closer by.
    """
    found = tuple(
        fault.advice
        for fault in FAULTS
        if fault.name in thresholds and fault.worse * (values[fault.name] - thresholds[fault.name]) > 0
    )
    if found:
        return found
    height = values["glyph_height"]
    if height >= READS_BEST:
        return ()
    return (f"the characters are {height:.0f} pixels high, from {READS_BEST} on they read best: move closer",)
