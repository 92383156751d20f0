"""How many barcodes are read, and how many of them wrong: ``python3 benchmarks/barcodes.py [--count N] [--seed S]``.

Draws a VIN in print with its barcode below, small, tilted, blurred, noisy and packed as JPEG, and reads the barcode in
the whole picture alone and round the line, too. Then it looks round lines of pictures without a VIN's barcode, and
times photos of three sizes. Takes zxing-cpp.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.barcode import read_barcodes  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.imaging import load  # noqa: E402
from vinchar.resizing import resized  # noqa: E402

KINDS = ("Code39", "Code128", "DataMatrix", "QRCode", "PDF417")
LINEAR = KINDS[:2]
SIDES = (256, 1000, 3464)  # pixels: photos that are timed
WAYS = ("whole picture", "and round the line")
MARGIN = 90  # pixels of print round the barcode
Quad = NDArray[np.float32]


def label(text: str, kind: str, module: int) -> tuple[NDArray[np.uint8], Quad, Quad]:
    """Return a label, uint8 (H, W), with a line of text and a barcode below, and the corners of both."""
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    bars = np.array(zxingcpp.write_barcode_to_image(barcode, scale=module), np.uint8)
    gray = np.full((bars.shape[0] + 4 * MARGIN, max(bars.shape[1] + 2 * MARGIN, 900)), 255, np.uint8)
    top = 3 * MARGIN
    gray[top : top + bars.shape[0], MARGIN : MARGIN + bars.shape[1]] = bars
    cv2.putText(gray, text, (MARGIN, top - 30), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4, cv2.LINE_AA)
    cv2.putText(gray, "GVWR 2063 KG", (MARGIN, top - 110), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 3, cv2.LINE_AA)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.6, 4)
    line = _box(MARGIN, top - 30 - height, MARGIN + width, top - 30)
    ink = np.argwhere(bars < 128)[:, ::-1] + [MARGIN, top]
    return gray, line, _box(*ink.min(axis=0), *ink.max(axis=0))


def _box(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def photo(text: str, kind: str, rng: np.random.Generator, module: float) -> tuple[NDArray[np.uint8], Quad, Quad]:
    """Return a photo of a label, uint8 (H, W), whose narrowest bar is ``module`` pixels, and the corners in it."""
    gray, line, bars = label(text, kind, 6)
    height, width = gray.shape
    corners = _box(0, 0, width, height)
    seen = corners - corners.mean(axis=0) + rng.uniform(-0.06, 0.06, (4, 2)) * [width, height]
    angle = np.deg2rad(rng.uniform(-30, 30))
    seen = seen @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * module / 6
    seen = (seen - seen.min(axis=0) + 10).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    soft = cv2.GaussianBlur(gray, (0, 0), 3 / module)  # a pixel gathers all of its area
    size = (seen.max(axis=0) + 10).astype(int)
    small = cv2.warpPerspective(soft, matrix, size.tolist(), flags=cv2.INTER_AREA, borderValue=120).astype(np.float32)
    if (blur := rng.uniform(0, 0.8) * module) > 0.2:
        small = cv2.GaussianBlur(small, (0, 0), blur)
    dark, light = rng.uniform(10, 90), rng.uniform(130, 250)
    shade = np.linspace(rng.uniform(0.7, 1), rng.uniform(0.7, 1), small.shape[1])
    small = (dark + small / 255 * (light - dark)) * shade + rng.normal(0, rng.uniform(1, 10), small.shape)
    ok, packed = cv2.imencode(
        ".jpg", np.clip(small, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 96))]
    )
    assert ok
    line, bars = (cv2.perspectiveTransform(quad[None], matrix)[0] for quad in (line, bars))
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8), line, bars


def trial(seed: int, i: int) -> list[tuple[str, str, bool, int]]:
    """Return for both ways of reading one photo: the kind, the way, whether its VIN was read, how many others were."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, i])
    kind = KINDS[i % len(KINDS)]
    vin = draw_vin(rng)
    module = rng.uniform(0.9, 3) if kind in LINEAR else rng.uniform(1.5, 4)
    gray, line, _ = photo("I" * (rng.random() < 0.3) + vin, kind, rng, module)
    rows = []
    for way, lines in zip(WAYS, ((), (line,)), strict=True):
        said = [code.vin for code in read_barcodes(gray, lines)]
        rows.append((kind, way, vin in said, sum(one != vin for one in said)))
    return rows


def without(seed: int, i: int) -> int:
    """Return how many VINs are read round a line of a photo whose barcode holds another number or is mere stripes."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, 1, i])
    text = "".join(rng.choice(list("0123456789ABCDEFGH"), rng.integers(8, 21)))
    gray, line, _ = photo(text, "Code39", rng, rng.uniform(0.9, 3))
    if i % 2:  # stripes of no symbology
        stripes = np.repeat(rng.integers(0, 2, 500) * 200 + 20, rng.integers(1, 5, 500))[: gray.shape[1]]
        gray[: len(gray) // 2, : len(stripes)] = stripes
    return len([c for c in read_barcodes(gray, [line]) if c.vin not in text])


def times() -> list[tuple[str, str, int, int]]:
    """Return sizes of photos, what barcode they show, and milliseconds of processor time both ways."""
    rows = []
    cv2.setNumThreads(1)
    plain = load(ROOT / "images" / "photos" / "door-label-white.jpg")
    shown, inner, _ = label(draw_vin(np.random.default_rng(5)), "Code39", 6)
    for side in SIDES:
        for barcode in ("sharp", "too blurred", "none"):
            gray = resized(plain, side, side)
            line = _box(0.2 * side, 0.4 * side, 0.6 * side, 0.44 * side)
            if barcode != "none":
                small = resized(shown, int(side * 0.8), int(side * 0.4))
                small = small if barcode == "sharp" else cv2.blur(small, (1 + side // 40, 1))
                gray[: len(small), : small.shape[1]] = small
                line = np.float32(inner * [small.shape[1] / shown.shape[1], small.shape[0] / shown.shape[0]])
            took = [_milliseconds(partial(read_barcodes, gray, lines)) for lines in ((), (line,))]
            rows.append((f"{side} x {side}", barcode, *took))
    return rows


def _milliseconds(call: Callable[[], object], count: int = 5) -> int:
    call()
    start = time.process_time()
    for _ in range(count):
        call()
    return round((time.process_time() - start) / count * 1e3)


def main() -> None:
    """Draw, read, count, time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    seen: dict[tuple[str, str], list[tuple[bool, int]]] = collections.defaultdict(list)
    with ProcessPoolExecutor(args.workers) as pool:
        for rows in tqdm(pool.map(partial(trial, args.seed), range(args.count), chunksize=20), total=args.count):
            for kind, way, right, wrong in rows:
                seen[kind, way].append((right, wrong))
        none = args.count // 4
        false = sum(pool.map(partial(without, args.seed), range(none), chunksize=20))
    rows = []
    for kind in KINDS:
        whole, around = (seen[kind, way] for way in WAYS)
        read, wrong = (sum(column) for column in zip(*around, strict=True))
        rows.append((kind, len(around), sum(right for right, _ in whole), read, wrong))
    rows.append(("no VIN's barcode", none, "-", "-", false))
    header = ("symbology", "pictures", "read in the whole picture", "and round the line", "other VINs read")
    show("barcodes", header, rows, args.write)
    show("barcodes_time", ("photo", "barcode", "whole, ms", "and round one line, ms"), times(), args.write)


if __name__ == "__main__":
    main()
