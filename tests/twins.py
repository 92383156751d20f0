"""A picture of a VIN, and the same in every form of file that there is, for the tests of what can be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

VIN = "1HGCM82633A004352"
ORIENTATIONS = range(1, 9)  # as EXIF numbers them
_FONT = Path(__file__).parents[1] / "vinchar" / "drawing" / "fonts" / "cousine" / "cousine-700.woff"
_TURN = Image.Transpose
_STORED = {  # how an upright picture is turned before it is kept, so that the orientation turns it back
    2: _TURN.FLIP_LEFT_RIGHT,
    3: _TURN.ROTATE_180,
    4: _TURN.FLIP_TOP_BOTTOM,
    5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_90,
    7: _TURN.TRANSVERSE,
    8: _TURN.ROTATE_270,
}


def label(vin: str = VIN) -> Image.Image:
    """A strip with a VIN, RGB, 480 pixels wide; no two of its turns and mirror images look alike."""
    picture = Image.new("RGB", (480, 64), (226, 222, 205))
    draw = ImageDraw.Draw(picture)
    draw.text((40, 16), vin, (40, 44, 70), ImageFont.truetype(str(_FONT), 39))
    draw.rectangle((4, 4, 16, 24), (150, 60, 40))
    return picture


def stored(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera that was held so would keep it."""
    turn = _STORED.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def exif(orientation: int) -> Image.Exif:
    """The EXIF data of a picture with an orientation."""
    made = Image.Exif()
    made[274] = orientation
    return made


def differ(one: np.ndarray, other: np.ndarray) -> float:
    """By how many grey levels two pictures differ on average; all 255 where their sizes do."""
    return 255.0 if one.shape != other.shape else float(np.abs(one.astype(float) - other).mean())
