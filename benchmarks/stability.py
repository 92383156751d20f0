"""Does a reading hold if its picture changes a little? ``python3 benchmarks/stability.py FOLDER --labels labels.csv``.

Reads labelled pictures as they are, moved by one and by three pixels, turned by two degrees, and saved as JPEG of
quality 85. Prints how many of the right readings that are ok become wrong ones that are ok, and how many are lost: not
ok any more, or not right.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.imaging import load  # noqa: E402
from vinchar.kind import guess_kind  # noqa: E402
from vinchar.reader import Reader  # noqa: E402

Gray = NDArray[np.uint8]


def moved(gray: Gray, shift: tuple[int, int], degrees: float = 0.0) -> Gray:
    """Return a picture of the same size, moved to the right and down, and turned about its middle."""
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += shift
    return np.asarray(
        cv2.warpAffine(gray, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def saved(gray: Gray) -> Gray:
    """Return a picture as JPEG of quality 85 shows it."""
    _, code = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), np.uint8)


CHANGES: dict[str, Callable[[Gray], Gray]] = {
    "moved by 1 pixel": lambda gray: moved(gray, (1, 1)),
    "moved by 3 pixels": lambda gray: moved(gray, (-3, 3)),
    "turned by 2 degrees": lambda gray: moved(gray, (0, 0), 2.0),
    "turned by -2 degrees": lambda gray: moved(gray, (0, 0), -2.0),
    "JPEG 85": saved,
}


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    reader, sure = Reader(), []
    for path, label in tqdm(labelled_pictures(args.labels, args.folder), desc="as it is", unit="picture"):
        gray = load(path)
        kind = guess_kind(gray)
        reading = reader.read(gray, kind)
        if reading.status == "ok" and reading.vin == label.text:
            sure.append((gray, kind, label.text))
    rows = []
    for name, change in CHANGES.items():
        wrong = lost = 0
        for gray, kind, vin in tqdm(sure, desc=name, unit="picture"):
            reading = reader.read(change(gray), kind)
            wrong += reading.status == "ok" and reading.vin != vin
            lost += reading.status != "ok" or reading.vin != vin
        count = max(len(sure), 1)
        rows.append((name, len(sure), f"{wrong} ({wrong / count:.1%})", f"{lost} ({lost / count:.1%})"))
    header = ("change", "right and accepted before", "wrong and accepted", "lost")
    show(f"stability_{args.folder.name}", header, rows, args.write)


if __name__ == "__main__":
    main()
