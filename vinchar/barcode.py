"""VINs in barcodes, through zxing-cpp, which reading does not need: ``pip install 'vinchar[barcode]'``."""

from __future__ import annotations

import re

from vinchar.types import Gray
from vinchar.vin import validate


def read_barcodes(gray: Gray) -> tuple[str, ...]:
    """Return the VINs that barcodes in a picture hold, each once.

    ``gray`` uint8 (H, W). All kinds of zxing-cpp are tried, linear ones, Data Matrix and QR codes among them, any way
    round. Raises ``ModuleNotFoundError`` where zxing-cpp is not installed.
    """
    import zxingcpp

    return tuple(dict.fromkeys(vin for code in zxingcpp.read_barcodes(gray) for vin in vins_in(code.text)))


def vins_in(text: str) -> list[str]:
    """Return the VINs in what a barcode says: it may hold a whole label."""
    vins = []
    for word in re.findall("[0-9A-Z]+", text.upper()):
        try:
            vins.append(validate(word))
        except ValueError:
            continue
    return vins
