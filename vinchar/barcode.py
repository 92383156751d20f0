"""VINs in barcodes, through zxing-cpp, which reading does not need: ``pip install 'vinchar[barcode]'``."""

from __future__ import annotations

import re

from vinchar.types import Gray
from vinchar.vin import ALPHABET, LENGTH

# A VIN that stands alone, or after the leading I of import labels (ISO 3779 leaves I out of VINs for that reason too).
_VIN = re.compile(rf"(?<![0-9A-Z])I?([{ALPHABET}]{{{LENGTH}}})(?![0-9A-Z])")


def read_barcodes(gray: Gray) -> tuple[str, ...]:
    """Return the VINs that barcodes in a picture hold, each once.

    ``gray`` uint8 (H, W). All kinds of zxing-cpp are tried, linear ones, Data Matrix and QR codes among them, any way
    round. Raises ``ModuleNotFoundError`` where zxing-cpp is not installed.
    """
    import zxingcpp

    return tuple(dict.fromkeys(vin for code in zxingcpp.read_barcodes(gray) for vin in vins_in(code.text)))


def vins_in(text: str) -> list[str]:
    """Return the VINs in what a barcode says: it may hold a whole label."""
    return _VIN.findall(text.upper())
