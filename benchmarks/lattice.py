"""Is the true segmentation in the lattice? ``python3 benchmarks/lattice.py FOLDER --labels labels.csv``.

Reads labelled strips, aligns each best strip's lattice to the true VIN, and counts those in which all 17 aligned arcs
look like a glyph (probability at least 0.5) and like the true character (at least 0.1). Then the same with the arcs of
one source of cuts alone. What is not in the lattice nobody can read later; what is in it and still misread is the
classifier's or the search's.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.assemble import align  # noqa: E402
from vinchar.evaluation.labels import match_labels, read_labels  # noqa: E402
from vinchar.imaging import find_pictures, load  # noqa: E402
from vinchar.reader import Found, Reader  # noqa: E402
from vinchar.rectify import frame_of_picture  # noqa: E402
from vinchar.segment import GRID, GRID_COST  # noqa: E402
from vinchar.types import Lattice  # noqa: E402
from vinchar.vin import ALPHABET, LENGTH  # noqa: E402

Mask = NDArray[np.bool_]
SOURCES: dict[str, Callable[[Lattice], Mask]] = {
    "all sources": lambda lattice: np.ones(len(lattice.arcs), bool),
    "components and profile (no grid cut)": lambda lattice: lattice.cost < GRID_COST,
    "grid alone": lambda lattice: (lattice.cuts[lattice.arcs] % GRID == 0).all(1),
}


def is_plausible(reader: Reader, found: Found, vin: str, keep: Mask) -> bool:
    """Tell whether the lattice, with the arcs kept, holds 17 arcs that look like the VIN's glyphs."""
    lattice = found.lattice
    part = dataclasses.replace(lattice, arcs=lattice.arcs[keep], boxes=lattice.boxes[keep], cost=lattice.cost[keep])
    scores = reader.classifier.score(found.strip, part)
    path = align(part, scores, vin) if len(part.arcs) >= LENGTH else None
    if path is None:
        return False
    glyphs = scores.log_glyph[path[0]]
    characters = scores.log_probs[path[0], [ALPHABET.index(char) for char in vin]]
    return bool(glyphs.min() >= math.log(0.5) and characters.min() >= math.log(0.1))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    args = parser.parse_args()
    reader = Reader()
    pictures = find_pictures([args.folder])
    truths = match_labels(read_labels(args.labels), [args.labels.parent, args.folder], pictures)
    known = [(path, vin) for path, vin in zip(pictures, truths, strict=True) if vin and len(vin) == LENGTH]
    counts, right, arcs, read = dict.fromkeys(SOURCES, 0), 0, [], 0
    for path, vin in tqdm(known, unit="strip"):
        gray = load(path)
        found = reader.find(gray, [frame_of_picture(gray.shape)])
        if found is None:
            continue
        read += 1
        right += found.assembly.vin == vin
        arcs.append(len(found.lattice.arcs))
        for name, source in SOURCES.items():
            counts[name] += is_plausible(reader, found, vin, source(found.lattice))
    print(f"{len(known)} strips, a line in {read}, read right {right}, mean arcs {np.mean(arcs):.0f}")
    print("| arcs | strips with all 17 plausible |\n| --- | --- |")
    for name, count in counts.items():
        print(f"| {name} | {count} |")


if __name__ == "__main__":
    main()
