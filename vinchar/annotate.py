"""Draw what was read on its picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.types import Reading

Picture = NDArray[np.uint8]

_SMALLEST, _LARGEST = 480, 1600  # the drawn picture's longest side, so that one glyph and a big photo both show well
_MARGIN = 40  # round the picture, for the names of glyphs at its edge
_SURE, _UNSURE, _PLAIN = (80, 200, 60), (40, 150, 255), (255, 255, 255)  # BGR
_SURE_FROM = 0.9  # a character's confidence from which it is drawn as sure
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_CAP = 22.0  # height of a capital of _FONT at scale 1, in pixels


def draw(picture: Picture, reading: Reading) -> Picture:
    """Return a copy of ``picture`` with every character outlined and named, and what was read, with reasons, above.

    ``picture`` uint8 (H, W, 3) BGR, in whose pixels the reading's quads are; the answer is uint8 (H', W', 3): the
    picture scaled so that its longest side is between 480 and 1600 pixels, with a margin of 40 and a band a VIN. Raises
    ``ValueError`` for another array.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"picture: got {picture.dtype} {picture.shape}, expected uint8 (H, W, 3)")
    longest = max(picture.shape[:2])
    scale = min(max(longest, _SMALLEST), _LARGEST) / longest
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(picture, (width, height), interpolation=method)
    canvas = np.pad(resized, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0))).astype(np.uint8, copy=False)
    readings = (reading, *reading.others)
    for character in (character for one in readings for character in one.characters):
        colour = _SURE if character.confidence >= _SURE_FROM else _UNSURE
        quad = character.quad * (width / picture.shape[1], height / picture.shape[0]) + _MARGIN
        cv2.polylines(canvas, [np.rint(quad).astype(np.int32)], True, colour, 1, cv2.LINE_AA)
        _name(canvas, character.char, quad, colour)
    return np.vstack([*(_band(one, canvas.shape[1]) for one in readings), canvas])


def caption(reading: Reading) -> str:
    """Return the reading in one line: what, how sure, and what its check digit says."""
    if reading.vin is None:
        return "no VIN found" if reading.kind != "glyph" else "no character found"
    words = [reading.vin, f"{reading.confidence:.2f}"]
    if reading.status == "uncertain":
        words.append("uncertain")
    if reading.check_digit in ("valid", "invalid"):
        words.append(f"check digit {reading.check_digit}")
    return "  ".join(words)


def _name(canvas: Picture, char: str, quad: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    """Write ``char`` above the top edge of ``quad``, wherever the photo has its top."""
    top, bottom = quad[:2].mean(axis=0), quad[2:].mean(axis=0)
    up = (top - bottom) / max(float(np.hypot(*(top - bottom))), 1e-6)
    scale = float(np.clip(np.hypot(*(quad[1] - quad[0])) / _CAP, 0.35, 1.5))
    (wide, tall), _ = cv2.getTextSize(char, _FONT, scale, 1)
    centre = top + up * 0.9 * tall
    corner = (round(float(centre[0]) - wide / 2), round(float(centre[1]) + tall / 2))
    cv2.putText(canvas, char, corner, _FONT, scale, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(canvas, char, corner, _FONT, scale, colour, 1, cv2.LINE_AA)


def _band(reading: Reading, width: int) -> Picture:
    """Return what was read, and below it in smaller letters why it is not sure."""
    text = caption(reading)
    scale = min(0.88 * width / _wide(text, 1.0), 1.0)
    colour = {"ok": _SURE, "uncertain": _UNSURE}.get(reading.status, _PLAIN)
    small = 0.7 * scale
    lines = [(text, scale, colour)]
    lines += [(line, small, _PLAIN) for reason in reading.reasons for line in _wrapped(reason, small, 0.95 * width)]
    heights = [max(12, round(2.0 * _CAP * size)) for _, size, _ in lines]
    band = np.zeros((sum(heights), width, 3), np.uint8)
    for (line, size, ink), height, top in zip(lines, heights, np.cumsum([0, *heights[:-1]]), strict=True):
        corner = (round(0.025 * width), int(top) + round(0.75 * height))
        cv2.putText(band, line, corner, _FONT, size, ink, 1, cv2.LINE_AA)
    return band


def _wide(text: str, scale: float) -> int:
    return int(cv2.getTextSize(text, _FONT, scale, 1)[0][0])


def _wrapped(text: str, scale: float, width: float) -> list[str]:
    """Return the text in lines that are no wider than ``width`` pixels, or of one word."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _wide(longer, scale) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
