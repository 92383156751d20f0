"""Draw what every stage of reading makes of one photo: ``python3 docs/draw.py [PHOTO] [--out docs/stages.jpg]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.classify import STRIDE, log_softmax  # noqa: E402
from vinchar.decide import same_place  # noqa: E402
from vinchar.imaging import load  # noqa: E402
from vinchar.looks import LOOKS, Picture  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.rectify import (  # noqa: E402
    FINE_GLYPH,
    FINE_LENGTH,
    LINE_HEIGHT,
    LINE_WIDTH,
    Line,
    bend,
    frame_of_quad,
    line_picture,
)
from vinchar.vin import ALPHABET  # noqa: E402


def draw_line(axes: Axes, picture: np.ndarray, line: Line) -> None:
    """Draw a line picture with what the rectifier found in it."""
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    x = np.linspace(line.start, line.end, 50)
    centre, half = np.polyval(line.centre, 2 * x - 1), np.polyval(line.height, 2 * x - 1) / 2
    for shift in (-1, 0, 1):
        axes.plot(x * LINE_WIDTH, (centre + shift * half) * LINE_HEIGHT, color="tab:orange", linewidth=1.2)
    for end in (line.start, line.end):
        axes.axvline(end * LINE_WIDTH, color="tab:red", linewidth=1.2)
    axes.set(xlim=(0, LINE_WIDTH), ylim=(LINE_HEIGHT, 0))


def main() -> None:
    """Read the photo stage by stage and draw each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path, nargs="?", default=ROOT / "images" / "photos" / "door-label-white.jpg")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "stages.jpg")
    args = parser.parse_args()
    gray, reader = load(args.photo), Reader()
    picture = Picture(gray, "photo", reader.locator)
    quads, look = picture.located(), reader.locator.look(gray)
    decision = reader.search.read(gray, "photo")
    found = decision.best
    if found is None:
        sys.exit(f"{args.photo}: no line of a VIN found in it")
    same = [same_place(found.quads, quad.points[None]) for quad in quads]
    if not any(same):
        sys.exit(f"{args.photo}: the locator does not see its VIN; it was found by another look of {len(LOOKS)}")
    chosen = same.index(True)
    rough = frame_of_quad(quads[chosen])
    first = reader.rectifier.lines(gray, [rough])[0]
    finer = None if first is None else bend(rough, first, FINE_LENGTH, FINE_GLYPH, LINE_WIDTH // 4)
    second = None if finer is None else reader.rectifier.lines(gray, [finer])[0]
    if first is None or finer is None or second is None:
        sys.exit(f"{args.photo}: the rectifier finds no line where the VIN is")
    strip = found.reading.strip
    logits = reader.classifier.logits(strip.gray[None])[0]

    figure = Figure(figsize=(11, 14), dpi=90, layout="constrained")
    rows = figure.subplots(6, 1, height_ratios=(6, 1.7, 1.7, 1.1, 4.6, 1.5))
    rows[0].imshow(cv2.cvtColor(cv2.imread(str(args.photo)), cv2.COLOR_BGR2RGB))
    heat = look.maps.max(-1)
    extent = (0, heat.shape[1] / look.cells, heat.shape[0] / look.cells, 0)
    rows[0].imshow(heat, cmap="hot", alpha=heat, extent=extent)
    for i, quad in enumerate(quads):
        rows[0].add_patch(Polygon(quad.points, fill=False, color="tab:red" if i == chosen else "tab:blue", linewidth=2))
    draw_line(rows[1], line_picture(gray, rough), first)
    draw_line(rows[2], line_picture(gray, finer), second)
    rows[3].imshow(strip.gray, cmap="gray")
    chances = np.exp(log_softmax(logits))[:, : len(ALPHABET)].T
    rows[4].imshow(chances, aspect="auto", cmap="magma", extent=(0, len(logits) * STRIDE, len(ALPHABET), 0))
    rows[4].set_yticks(np.arange(len(ALPHABET)) + 0.5, list(ALPHABET), fontsize=7)
    rows[5].imshow(strip.gray, cmap="gray")
    for (x0, y0, x1, y1), char in zip(found.boxes, found.vin, strict=True):
        rows[5].add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, color="tab:green", linewidth=1.5))
        rows[5].text((x0 + x1) / 2, 42, char, ha="center", va="top", color="tab:green", fontsize=13)
    titles = (
        "locate: heat on a VIN's glyphs and gaps; red: the line that reads as one",
        "rectify, first pass: ends, centre and height of the line in the rough cut-out",
        "rectify, second pass: the same in the finer frame",
        "the strip: 17 glyphs over 340 of 400 columns, local contrast evened out",
        "classify: probability of each character, were a glyph centred in that column",
        f"assemble and segment: the best path of 17, cut where ink is least; probability {decision.chance:.3f}",
    )
    for axes, title in zip(rows, titles, strict=True):
        axes.set_title(title, fontsize=11, loc="left")
        axes.set_xticks([])
        if axes is not rows[4]:
            axes.set_yticks([])
    figure.savefig(args.out, pil_kwargs={"quality": 80})


if __name__ == "__main__":
    main()
