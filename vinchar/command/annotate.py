"""What was read, drawn on the picture, which keeps its size: for people who want to see what the reader saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.reading import Character, Reading

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]  # BGR
Box = tuple[int, int, int, int]  # x0, y0, x1, y1

_OK, _UNCERTAIN, _WEAK, _PLAIN = (80, 200, 60), (40, 150, 255), (80, 80, 255), (255, 255, 255)
_SURE_FROM = 0.9  # a character's confidence from which it is drawn as sure
_SHADE = 0.75  # how dark the ground of the writing is
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_CAP = 22.0  # height of a capital of _FONT at scale 1, in pixels
_LEAST_SCALE = 0.35  # of _FONT, below which nobody can read it
_COVERED = 0.3  # of what was read, from which on it is better not written over
_SHOWN_AT = 720  # pixels: so wide a picture is shown, and can be read there
_WIDEST = 0.96  # of the picture, so much is written on


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of writing: ``text`` at a ``scale`` of the font, each character with its colour."""

    text: str
    scale: float
    colours: Sequence[Colour]


def draw(picture: Picture, reading: Reading) -> Picture:
    """Return a copy of ``picture`` with every character outlined, and what was read, with reasons, close to its line.

    ``picture`` uint8 (H, W, 3) BGR, in whose pixels the reading's quads are; the answer has its size. Writing lies
    where no line is: above, below, or at the picture's upper or lower edge. Raises ``ValueError`` for another array.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"picture: got {picture.dtype} {picture.shape}, expected uint8 (H, W, 3)")
    canvas = picture.copy()
    height, width = canvas.shape[:2]
    unit = max(height, width) / _SHOWN_AT  # picture pixels in one of those that are looked at
    readings = (reading, *reading.others)
    taken = [box for one in readings for box in _outlines(canvas, one, unit)]
    for one in readings:
        rows = _rows(one, width, unit)
        box = _place(one, _size(rows), (width, height), taken, unit)
        if any(_shared(box, other) > _COVERED * _shared(other, other) for other in taken):
            continue  # in a picture that is hardly larger than its line
        taken.append(box)
        _write(canvas, rows, box)
    return canvas


def caption(reading: Reading) -> str:
    """Return the reading in one line: what, how sure, and what its check digit says."""
    if reading.vin is None:
        return "no VIN found" if reading.kind != "glyph" else "no character found"
    words = [reading.vin, f"{reading.confidence:.2f}" if reading.confidence < 0.995 else ">0.99"]
    if reading.status == "uncertain":
        words.append("uncertain")
    if reading.source == "barcode":
        words.append("barcode")
    if reading.check_digit in ("valid", "invalid"):
        words.append(f"check digit {reading.check_digit}")
    return "  ".join(words)


def _outlines(canvas: Picture, reading: Reading, unit: float) -> Iterator[Box]:
    """Outline what was read; yield the box round it, which no writing should cover."""
    thick = max(1, round(unit))
    for character in reading.characters:
        cv2.polylines(canvas, [np.rint(character.quad).astype(np.int32)], True, _colour(reading, character), thick)
    quads = [reading.quad] if reading.quad is not None else [one.quad for one in reading.characters]
    if reading.quad is not None and not reading.characters:
        cv2.polylines(canvas, [np.rint(reading.quad).astype(np.int32)], True, _colour(reading), thick)
    if quads:
        points = np.concatenate(quads)
        (x0, y0), (x1, y1) = np.floor(points.min(axis=0)).astype(int), np.ceil(points.max(axis=0)).astype(int)
        yield int(x0), int(y0), int(x1), int(y1)


def _colour(reading: Reading, character: Character | None = None) -> Colour:
    """Return the colour of a reading, or of a character of it, which stands out if it is in doubt."""
    if character is not None and reading.status != "ok" and character.confidence < _SURE_FROM:
        return _WEAK
    return {"ok": _OK, "uncertain": _UNCERTAIN}.get(reading.status, _PLAIN)


def _rows(reading: Reading, width: int, unit: float) -> list[_Row]:
    """Return what is to be written: the reading, each character as sure as it is, and in smaller letters why."""
    text = caption(reading)
    scale = min(max(0.8 * unit, _LEAST_SCALE), _WIDEST * width / _wide(text, 1.0))
    small = min(max(0.55 * unit, _LEAST_SCALE), scale)
    marks = [_colour(reading, one) for one in reading.characters]
    lines = [_Row(text, scale, [*marks, *[_colour(reading)] * (len(text) - len(marks))])]
    for reason in reading.reasons:
        lines += [_Row(line, small, [_PLAIN] * len(line)) for line in _wrapped(reason, small, _WIDEST * width)]
    return lines


def _size(rows: Sequence[_Row]) -> tuple[int, int]:
    """Return the width and height of rows of writing with room round them."""
    return max(_wide(row.text, row.scale) for row in rows) + round(_CAP * rows[0].scale), sum(map(_tall, rows))


def _place(reading: Reading, size: tuple[int, int], picture: tuple[int, int], taken: Sequence[Box], unit: float) -> Box:
    """Return where writing of a ``size`` covers least of what is ``taken``: by its own line, or at an edge."""
    (wide, tall), (width, height) = size, picture
    quad = reading.quad if reading.quad is not None else np.zeros((1, 2))
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    left = int(np.clip(x0, 0, max(0, width - wide)))
    gap, middle = round(4 * unit), int(y0 + y1 - tall) // 2
    corners = [
        (left, int(y0) - gap - tall),
        (left, int(y1) + gap),
        (int(x1) + gap, middle),
        (int(x0) - gap - wide, middle),
    ]
    corners += [(left, 0), (left, height - tall)]
    boxes = [(x, y, x + wide, y + tall) for x, y in corners if 0 <= x <= width - wide and 0 <= y <= height - tall]
    boxes = boxes or [(left, 0, left + wide, tall)]
    return min(boxes, key=lambda box: sum(_shared(box, other) for other in taken))


def _shared(a: Box, b: Box) -> int:
    """Return the area that two boxes have in common."""
    across, down = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    return max(across, 0) * max(down, 0)


def _write(canvas: Picture, rows: Sequence[_Row], box: Box) -> None:
    x0, y0, x1, y1 = box
    ground = canvas[y0:y1, x0:x1]
    ground[:] = (ground * (1 - _SHADE)).astype(np.uint8)
    top = y0
    for row in rows:
        x, bottom = x0 + _CAP * rows[0].scale / 2, top + round(0.72 * _tall(row))
        thick = max(1, round(row.scale))
        for place, (char, colour) in enumerate(zip(row.text, row.colours, strict=True)):
            at = (round(x + _wide(row.text[:place], row.scale)), bottom)
            cv2.putText(canvas, char, at, _FONT, row.scale, colour, thick, cv2.LINE_AA)
        top += _tall(row)


def _tall(row: _Row) -> int:
    return round(1.8 * _CAP * row.scale)


def _wide(text: str, scale: float) -> int:
    return int(cv2.getTextSize(text, _FONT, scale, 1)[0][0]) if text else 0


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
