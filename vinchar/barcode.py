"""VINs in barcodes, through zxing-cpp, which reading does not need: ``pip install 'vinchar[barcodes]'``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.bars import bands
from vinchar.reading import Barcode
from vinchar.resizing import resized
from vinchar.types import Gray
from vinchar.vin import check_digit_status, validate

Floats = NDArray[np.float32]
Found = list[tuple[str, str, Floats]]  # VIN, symbology, corners

MOST_PIXELS = 6_000_000  # of a whole picture: what is too small then stands by a line, and is looked for there
MOST_LINES = 4  # round which barcodes are looked for
# Of a line's length before and behind it, and of its height above and below: labels have their barcodes there.
BEFORE, BEHIND, ABOVE, BELOW = 1.0, 3.5, 5.0, 6.0
LARGER, MOST_COLUMNS = 4.0, 1800  # the surroundings of a line are enlarged so much, to no more columns
AGREE = 2  # bands of one barcode that must say the same: Code 39 has no check character


def read_barcodes(gray: Gray, lines: Sequence[Floats] = ()) -> tuple[Barcode, ...]:
    """Return the barcodes in a picture that hold a VIN, each VIN once.

    ``gray`` uint8 (H, W). All kinds of zxing-cpp are tried, linear ones, Data Matrix and QR codes among them, any way
    round. ``lines``: corners of lines of text, float32 (4, 2) each, clockwise from the text's top left. Where no
    barcode was found near one of the first few, its surroundings are straightened and enlarged, and what bars are there
    are averaged along their length and sharpened. Raises ``ModuleNotFoundError`` where zxing-cpp is not installed.
    """
    shrink = min(1.0, (MOST_PIXELS / gray.size) ** 0.5)
    small = gray if shrink == 1 else resized(gray, *(max(1, round(side * shrink)) for side in gray.shape[::-1]))
    scale = np.array(gray.shape[::-1]) / small.shape[::-1]
    found = [(vin, kind, np.asarray(quad * scale, np.float32)) for vin, kind, quad in _decoded(small)]
    for line in lines[:MOST_LINES]:
        place = _surroundings(gray, line)
        if place is None:
            continue
        around, to_photo = place
        if not any(_inside(quad, around.shape, to_photo) for _, _, quad in found):
            height = float(np.hypot(*(line[3] - line[0])) / np.hypot(*to_photo[:, 1]))
            near = _decoded(around) or _from_bars(around, height)
            found += [(vin, kind, _moved(quad, to_photo)) for vin, kind, quad in near]
    barcodes: dict[str, Barcode] = {}
    for vin, kind, quad in found:
        barcodes.setdefault(vin, Barcode(vin, kind, quad))
    return tuple(barcodes.values())


def _surroundings(gray: Gray, line: Floats) -> tuple[Gray, NDArray[np.float64]] | None:
    """Return the picture round a line with the line level, and the affine map, float64 (2, 3), from it to the photo.

    None where nothing of that is in the picture.
    """
    height, width = gray.shape
    length, high = (float(np.hypot(*(line[i] - line[0]))) for i in (1, 3))
    if min(length, high) < 1:
        return None
    along = (line[1] - line[0]) / length
    axes = np.array([along, [-along[1], along[0]]], np.float64)
    reach = (np.array([[0, 0], [width, 0], [width, height], [0, height]]) - line[0]) @ axes.T
    start = np.maximum(reach.min(axis=0), [-BEFORE * length, -ABOVE * high])
    end = np.minimum(reach.max(axis=0), [(1 + BEHIND) * length, (1 + BELOW) * high])
    if (end - start).min() < 1:
        return None
    larger = min(LARGER, MOST_COLUMNS / float(end[0] - start[0]))
    columns, rows = (max(1, int(side)) for side in (end - start) * larger)
    to_photo = np.column_stack([axes.T / larger, line[0] + start @ axes])
    method = cv2.INTER_CUBIC if larger > 1 else cv2.INTER_LINEAR
    around = cv2.warpAffine(
        gray, to_photo, (columns, rows), flags=method | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(around, np.uint8), to_photo


def _moved(quad: Floats, by: NDArray[np.float64]) -> Floats:
    return np.asarray(quad @ by[:, :2].T + by[:, 2], np.float32)


def _inside(quad: Floats, shape: tuple[int, ...], to_photo: NDArray[np.float64]) -> bool:
    """Tell whether a quad of the photo has its middle in the picture that ``to_photo`` maps from."""
    x, y = np.linalg.solve(to_photo[:, :2], quad.mean(axis=0) - to_photo[:, 2])
    return bool(0 <= x < shape[1] and 0 <= y < shape[0])


def _decoded(gray: Gray, **options: Any) -> Found:
    import zxingcpp

    codes = zxingcpp.read_barcodes(gray, **options)
    return [(vin, code.format.name, _corners(code.position)) for code in codes for vin in vins_in(code.text)]


def _from_bars(around: Gray, height: float) -> Found:
    """Return the VIN that bands across the bars in the surroundings of a line hold, or nothing."""
    import zxingcpp

    options = {
        "formats": zxingcpp.BarcodeFormat.AllLinear,
        "binarizer": zxingcpp.Binarizer.FixedThreshold,
        "try_rotate": False,
        "try_downscale": False,
    }
    votes: Counter[str] = Counter()
    for band in bands(around, height):
        for vin, kind, quad in _decoded(band.lines, **options):
            votes[vin] += 1
            if votes[vin] >= AGREE or check_digit_status(vin) == "valid":
                return [(vin, kind, band.quad(quad[:, 0].min(), quad[:, 0].max()))]
    return []


def _corners(position: Any) -> Floats:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(corner.x, corner.y) for corner in corners], np.float32)


def vins_in(text: str) -> list[str]:
    """Return the VINs in what a barcode says: it may hold a whole label."""
    vins = []
    for word in re.findall("[0-9A-Z]+", text.upper()):
        try:
            vins.append(validate(word))
        except ValueError:
            continue
    return vins
