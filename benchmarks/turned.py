"""What turning costs: ``python3 benchmarks/turned.py FOLDER --labels labels.csv``, labelled photos of one's own.

Reads every photo as it is, turned by quarters and tilted by 30 degrees either way, and prints the exact match.
"""

from __future__ import annotations

import argparse
import sys
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
from vinchar.reader import Reader  # noqa: E402

ANGLES = (0, 90, 180, 270, 30, -30)


def turned(gray: NDArray[np.uint8], angle: int) -> NDArray[np.uint8]:
    """Return the whole picture turned counter-clockwise by degrees, the corners it leaves filled with its mean."""
    if angle % 90 == 0:
        return np.ascontiguousarray(np.rot90(gray, angle // 90))
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    cos, sin = np.abs(matrix[0, :2])
    size = round(width * cos + height * sin), round(width * sin + height * cos)
    matrix[:, 2] += (np.array(size) - [width, height]) / 2
    mean = float(gray.mean())
    return np.asarray(cv2.warpAffine(gray, matrix, size, flags=cv2.INTER_CUBIC, borderValue=mean), np.uint8)


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    known = [(load(path), label.text) for path, label in labelled_pictures(args.labels, args.folder)]
    reader = Reader()
    rows = []
    for angle in ANGLES:
        right, sure = [], []
        for gray, vin in tqdm(known, desc=f"{angle} degrees", unit="photo"):
            reading = reader.read(turned(gray, angle), "photo")
            right.append(reading.vin == vin)
            sure.append(reading.status == "ok")
        good = np.mean(np.array(right)[sure]) if any(sure) else float("nan")
        rows.append((angle, f"{np.mean(right):.3f}", f"{np.mean(sure):.3f}", f"{good:.3f}"))
    header = ("turned by", "exact match", "accepted", "accuracy of accepted")
    show(f"turned_{args.folder.name}", header, rows, args.write)


if __name__ == "__main__":
    main()
