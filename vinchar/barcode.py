"""VINs in barcodes, through zxing-cpp, which reading does not need: ``pip install 'vinchar[barcodes]'``."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.reading import Barcode
from vinchar.types import Gray
from vinchar.vin import validate


def read_barcodes(gray: Gray) -> tuple[Barcode, ...]:
    """Return the barcodes in a picture that hold a VIN, each VIN once.

    ``gray`` uint8 (H, W). All kinds of zxing-cpp are tried, linear ones, Data Matrix and QR codes among them, any way
    round. Raises ``ModuleNotFoundError`` where zxing-cpp is not installed.
    """
    import zxingcpp

    found: dict[str, Barcode] = {}
    for code in zxingcpp.read_barcodes(gray):
        for vin in vins_in(code.text):
            found.setdefault(vin, Barcode(vin, code.format.name, _corners(code.position)))
    return tuple(found.values())


def _corners(position: Any) -> NDArray[np.float32]:
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
