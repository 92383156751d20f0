"""How often other text is taken for a VIN: ``python3 benchmarks/false_alarms.py [--count N] [--seed S] [--out DIR]``.

Draws pictures without a VIN (other text on labels, plates and bare metal, street signs, textures without any text,
documents of every kind) and reads them. Prints what each kind ended as, and every reading called ok; ``--out`` keeps
the pictures to look at.
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.drawing import documents  # noqa: E402
from vinchar.drawing.faces import font_faces  # noqa: E402
from vinchar.drawing.other_text import TEXTS, texture  # noqa: E402
from vinchar.drawing.photos import draw_photo  # noqa: E402
from vinchar.reader import Reader  # noqa: E402


def main() -> None:
    """Draw, read, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    reader, faces = Reader(), font_faces(held_out=True)
    kinds = [*TEXTS, "texture", *documents.KINDS]
    ends: dict[str, collections.Counter[str]] = {kind: collections.Counter() for kind in kinds}
    alarms = []
    for i in range(args.count):
        rng = np.random.default_rng([args.seed, i])
        kind, text = kinds[i % len(kinds)], ""
        if kind == "texture":
            picture = texture(rng)
        elif kind in documents.KINDS:
            picture = documents.draw_document(rng, (), kind, held_out=True).gray
        else:
            place, draw = TEXTS[kind]
            text = draw(rng)
            face = faces[rng.integers(len(faces))]
            picture = draw_photo(rng, place=place, vin=text, face=face, calm=True, small=True).bgr
        if args.out is not None:
            args.out.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(args.out / f"{i:03d}.png"), picture)
        reading = reader.read(picture, "photo")
        ends[kind][reading.status] += 1
        if reading.status == "ok":
            alarms.append(f"{kind}: {text!r} read as {reading.vin}")
    statuses = ("ok", "uncertain", "not_found")
    rows = [(kind, *(count[status] for status in statuses)) for kind, count in ends.items()]
    show("false_alarms", ("picture", "accepted", "uncertain", "not found"), rows, args.write)
    print(*alarms, sep="\n")


if __name__ == "__main__":
    main()
