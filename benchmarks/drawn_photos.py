"""Whole drawn photos read: ``python3 benchmarks/drawn_photos.py [--count 50]``. VINs in one row and in two, by place.

Faces that were kept out of training, even light; prints how many photos of each kind end as they should.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.drawing.photos import PLACES, draw_photo  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.reader import Reader  # noqa: E402


def main() -> None:
    """Draw, read and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    reader, rows = Reader(), []
    for place, lines in product(PLACES, (1, 2)):
        readings = []
        for i in tqdm(range(args.count), desc=f"{place}, {lines} rows", unit="photo"):
            rng = np.random.default_rng([3, i])
            vin = draw_vin(rng, uniform=0.0)
            photo = draw_photo(rng, place=place, vin=vin, held_out=True, calm=True, small=True, rows=lines)
            reading = reader.read(photo.bgr, "photo")
            readings.append((reading.vin == photo.vin, reading.status == "ok"))
        right, ok = np.array(readings).T
        rows.append((place, str(lines), f"{right.mean():.3f}", f"{ok.mean():.3f}", str(int((ok & ~right).sum()))))
    show("drawn_photos", ("place", "rows", "exact match", "accepted", "of those wrong"), rows, args.write)


if __name__ == "__main__":
    main()
