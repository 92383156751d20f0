"""What is read in pictures, all stages together."""

from __future__ import annotations

from typing import Any

import numpy as np

from vinchar import Reader, readings_to_rows
from vinchar.reading import Barcode, Reading
from vinchar.types import Gray
from web.golden.lines import dated
from web.golden.pictures import Cases, blurred, picture

GROUND, GAP = 128, 40  # grey level, and rows of it between pictures below each other
CAR, STAMP, RELIEF = "windscreen-laser-strip", "strokes-stamp-dark", "roboto-500-relief-light"
# Each by the pictures that are set below each other, and what else is done to them: turned upside down, smoothed, or
# with glare over some columns.
FRAMES: list[list[dict[str, Any]]] = [
    *([{"of": [name]}] for name in ("2", "h", "barlow-condensed-600-print-dark", "roboto-condensed-400-print-light")),
    *([{"of": [name]}] for name in (RELIEF, STAMP, CAR)),
    [{"of": ["frame-stamped"], "turned": True}],
    [{"of": [RELIEF, STAMP]}],
    [{"of": [CAR], "glare": [150, 185]}],
    [{"of": [CAR], "sigma": 2.0}, {"of": [CAR], "sigma": 2.0}, {"of": [CAR], "glare": [150, 185]}],
    [{"of": [RELIEF, STAMP], "sigma": 1.5}, {"of": [RELIEF, STAMP]}],
    [{"of": ["h"], "sigma": 2.0}, {"of": ["h"]}],
]


def frame(of: list[str], turned: bool = False, sigma: float = 0, glare: list[int] | None = None) -> Gray:
    """Return a frame of ``FRAMES``."""
    gap = np.full((GAP, picture(of[0]).shape[1]), GROUND, np.uint8)
    gray = np.vstack([part for name in of for part in (picture(name), gap)][:-1])
    if turned:
        gray = np.ascontiguousarray(gray[::-1, ::-1])
    if sigma:
        gray = blurred(gray, sigma)
    if glare is not None:
        gray[:, slice(*glare)] = 255
    return gray


def cases() -> Cases:
    """Return what is read in ``FRAMES``: one VIN and, where there are several, all."""
    reader = Reader()
    found: Cases = []
    for frames in FRAMES:
        grays = [frame(**one) for one in frames]
        for every in (False, True) if len(frames[0]["of"]) > 1 else (False,):
            reading = dated(reader.looking_for(every=every).read_frames(grays))
            found.append({"frames": frames, "every": every, "reading": reading})
    return found


def table() -> dict[str, Any]:
    """Return readings as JSON, and as rows of a table."""
    quad = np.array([[0, 0], [9.25, 0.75], [9, 5], [0, 5]], np.float32)
    vin = "1HGCM82633A004352"
    second = Reading(None, "photo", vin[::-1], "ok", 0.97, source="text", quad=quad, model="2", frame=1, frames=(0, 1))
    first = Reading(
        "a, b.jpg",
        "photo",
        vin,
        "uncertain",
        0.41239,
        check_digit="valid",
        reasons=("the check digit does not fit", "move closer"),
        alternatives=((vin[:-1] + "3", 0.25), (vin[:-1] + "4", 0.125)),
        maker="Honda",
        region="North America",
        model_year=(1973, 2003),
        source="both",
        quad=quad,
        barcodes=(Barcode(vin, "Code39", quad), Barcode(vin, "QRCode", quad)),
        others=(second,),
        without_list=vin[:-1] + "5",
    )
    readings = [first, Reading("sky.jpg", "photo", None, "not_found")]
    return {"readings": [one.to_dict() for one in readings], "rows": readings_to_rows(readings)}
