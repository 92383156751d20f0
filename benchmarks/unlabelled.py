"""Which model reads better, on photos nobody transcribed: ``python3 benchmarks/unlabelled.py FOLDER... --models A B``.

Reads every picture without what is known of VINs, the check digit above all, and counts the readings that obey it: one
in eleven of wrong ones does, of right ones as many as comply, whoever reads them. So the difference between two models
on the same pictures is one of reading, and costs nobody a label. The last two columns are the pictures where only this
model's reading, or only that of the first model, obeys.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.command.workers import read_all  # noqa: E402
from vinchar.imaging import find_pictures  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.vin import LENGTH, check_digit  # noqa: E402


def obeys(vin: str | None) -> bool:
    """Tell whether a VIN was read and its check digit is right, required or not."""
    return vin is not None and len(vin) == LENGTH and check_digit(vin) == vin[8]


def row(name: str, first: Sequence[str | None], read: Sequence[str | None]) -> tuple[str, int, str, int, int]:
    """Return a model's row: readings, share of all pictures that obey, alone against the first model, the reverse."""
    here, there = (np.array([obeys(vin) for vin in vins]) for vins in (read, first))
    one, other = _count(here & ~there), _count(there & ~here)
    return name, sum(vin is not None for vin in read), f"{here.mean():.4f}", one, other


def _count(some: NDArray[np.bool_]) -> int:
    return int(some.sum())


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--models", type=Path, nargs="+", default=[ROOT / "model"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    pictures = find_pictures(args.pictures).paths
    if not pictures:
        parser.error(f"no pictures in {', '.join(map(str, args.pictures))}")
    rows, first = [], None
    for model in args.models:
        reading = read_all(pictures, partial(Reader, model, vin_priors=False), "auto", args.workers)
        read = [one.vin for one in tqdm(reading, desc=str(model), total=len(pictures), unit="picture")]
        first = read if first is None else first
        rows.append(row(str(model), first, read))
    header = ("model", f"readings of {len(pictures)}", "obey", "only it", "only the first")
    show("unlabelled", header, rows, args.write)


if __name__ == "__main__":
    main()
