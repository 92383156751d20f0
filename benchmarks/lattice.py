"""Is the true segmentation in the lattice? ``python3 benchmarks/lattice.py FOLDER --labels FILE`` or ``--drawn N``.

FOLDER: reads labelled strips, aligns each best strip's lattice to the true VIN, and counts those in which all 17
aligned arcs look like a glyph (probability at least 0.5), and those in which they look like the true character too (at
least 0.1). Then the same with the arcs of one source of cuts alone. What is not in the lattice nobody can read later;
what is in it and still misread is the classifier's or the search's.

``--drawn N``: draws N scenes in held-out faces, where the place of every glyph is known, and counts the lattices with
17 arcs in a row whose middles are within a fifth of the pitch of the glyphs' own.
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
from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.found import Found  # noqa: E402
from vinchar.imaging import load  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
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


def part(lattice: Lattice, keep: Mask) -> Lattice:
    """Return the lattice with some of its arcs alone."""
    return dataclasses.replace(lattice, arcs=lattice.arcs[keep], boxes=lattice.boxes[keep], cost=lattice.cost[keep])


def looks(reader: Reader, found: Found, vin: str, keep: Mask) -> tuple[bool, bool]:
    """Tell whether the arcs kept hold 17 that look like glyphs where the VIN's are, and also like its characters."""
    some = part(found.lattice, keep)
    scores = reader.classifier.score(found.strip, some)
    path = align(some, scores, vin) if len(some.arcs) >= LENGTH else None
    if path is None:
        return False, False
    glyphs = scores.log_glyph[path[0]].min() >= math.log(0.5)
    characters = scores.log_probs[path[0], [ALPHABET.index(char) for char in vin]].min() >= math.log(0.1)
    return bool(glyphs), bool(glyphs and characters)


def holds(lattice: Lattice, middles: NDArray[np.float64]) -> bool:
    """Tell whether disjoint arcs in a row have their middles where the glyphs have theirs, float64 (17,) columns."""
    start, end = lattice.cuts[lattice.arcs].T
    near = 0.2 * float(np.median(np.diff(middles)))
    reached = 0
    for middle in middles:
        fits = (np.abs((start + end) / 2 - middle) <= near) & (start >= reached)
        if not fits.any():
            return False
        reached = int(end[fits].min())
    return True


def drawn(count: int) -> None:
    """Draw scenes, cut them up and print in how many lattices the glyphs' own places are."""
    from vinchar.drawing.scenes import draw_scene
    from vinchar.training.framing import draw_box_frame, place_in_frame

    reader, lines, held = Reader(), 0, 0
    for i in tqdm(range(count), unit="scene"):
        rng = np.random.default_rng([11, i])
        scene = draw_scene(rng, held_out=True)
        found = reader.search.find(scene.gray, [draw_box_frame(scene.quads, rng)])
        if found is None:
            continue
        placed = place_in_frame(scene.quads.mean(1), found.strip.edges)
        inside = (placed[:, 0] > 0) & (placed[:, 0] < 1) & (np.abs(placed[:, 1] - 0.5) < 0.2)
        if inside.all():  # the strip shows this line and all of it
            lines += 1
            held += holds(found.lattice, placed[:, 0] * found.strip.gray.shape[1])
    print(f"{count} scenes, the whole line in the strip of {lines}, its segmentation in the lattice of {held}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--drawn", type=int, metavar="N")
    args = parser.parse_args()
    if args.drawn:
        drawn(args.drawn)
        return
    if args.folder is None or args.labels is None:
        parser.error("give a folder and --labels, or --drawn N")
    reader = Reader()
    labelled = labelled_pictures(args.labels, args.folder)
    known = [(path, label.text) for path, label in labelled if len(label.text) == LENGTH]
    counts, right, arcs, read = {name: np.zeros(2, int) for name in SOURCES}, 0, [], 0
    for path, vin in tqdm(known, unit="strip"):
        gray = load(path)
        found = reader.search.find(gray, [frame_of_picture(gray.shape)])
        if found is None:
            continue
        read += 1
        right += found.assembly.vin == vin
        arcs.append(len(found.lattice.arcs))
        for name, source in SOURCES.items():
            counts[name] += looks(reader, found, vin, source(found.lattice))
    print(f"{len(known)} strips, a line in {read}, read right {right}, mean arcs {np.mean(arcs):.0f}")
    print("| arcs | strips in which all 17 look like glyphs | like the right ones |\n| --- | --- | --- |")
    for name, (glyphs, characters) in counts.items():
        print(f"| {name} | {glyphs} | {characters} |")


if __name__ == "__main__":
    main()
