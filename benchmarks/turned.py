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
    args = parser.parse_args()
    known = [(load(path), label.text) for path, label in labelled_pictures(args.labels, args.folder)]
    reader = Reader()
    print("| turned by | exact match | called ok | of those right |\n| --- | --- | --- | --- |")
    for angle in ANGLES:
        right, sure = [], []
        for gray, vin in tqdm(known, desc=f"{angle} degrees", unit="photo"):
            reading = reader.read(turned(gray, angle), "photo")
            right.append(reading.vin == vin)
            sure.append(reading.status == "ok")
        good = np.mean(np.array(right)[sure]) if any(sure) else float("nan")
        print(f"| {angle} | {np.mean(right):.3f} | {np.mean(sure):.3f} | {good:.3f} |", flush=True)


if __name__ == "__main__":
    main()
