"""Draw what every stage of reading makes of one photo: ``python3 docs/draw.py [PHOTO] [--out docs/stages.jpg]``.

The notebook ``notebooks/1_read_and_look.ipynb`` draws the same, stage by stage.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.classify import STRIDE, log_softmax  # noqa: E402
from vinchar.decide import Decision, same_place  # noqa: E402
from vinchar.decide import Line as ReadLine  # noqa: E402
from vinchar.imaging import Source, load  # noqa: E402
from vinchar.locate import Heat  # noqa: E402
from vinchar.looks import LOOKS, Picture  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.rectify import LINE_HEIGHT, LINE_WIDTH, Line, frame_of_quad, line_picture  # noqa: E402
from vinchar.straighten import Straightener  # noqa: E402
from vinchar.types import Quad  # noqa: E402
from vinchar.vin import ALPHABET  # noqa: E402


@dataclass(frozen=True, eq=False, slots=True)
class Stages:
    """What the stages made of a photo: ``color`` uint8 (H, W, 3) RGB.

    ``heat``: the locator's; ``quads``: its lines, of which ``chosen`` is the VIN's; ``passes``: line pictures uint8
    (64, 256) and what the rectifier found in each; ``line``: the best of the ``decision``; ``logits`` float32
    (200, 34): the classifier's answers on its strip.
    """

    color: np.ndarray
    heat: Heat
    quads: list[Quad]
    chosen: int
    passes: list[tuple[np.ndarray, Line]]
    decision: Decision
    line: ReadLine
    logits: np.ndarray


def look_through(photo: Source, reader: Reader) -> Stages:
    """Read a photo stage by stage. Raises ``ValueError`` where its VIN is not found in the usual way."""
    gray = load(photo)
    quads = Picture(gray, "photo", reader.locator).located()
    decision = reader.search.read(gray, "photo")
    found = decision.best
    if found is None:
        raise ValueError("no line of a VIN found in it")
    same = [same_place(found.quads, quad.points[None]) for quad in quads]
    if not any(same):
        raise ValueError(f"the locator does not see its VIN; it was found by another look of {len(LOOKS)}")
    chosen = same.index(True)
    passes = Straightener(reader.rectifier).passes(gray, [frame_of_quad(quads[chosen])])
    if not passes or len(passes[0]) < 2:
        raise ValueError("the rectifier finds no line where the VIN is")
    return Stages(
        color=cv2.cvtColor(load(photo, color=True), cv2.COLOR_BGR2RGB),
        heat=reader.locator.look(gray),
        quads=quads,
        chosen=chosen,
        passes=[(line_picture(gray, edges), line) for edges, line in passes[0]],
        decision=decision,
        line=found,
        logits=reader.classifier.logits(found.reading.strip.gray[None])[0],
    )


def draw_located(axes: Axes, stages: Stages) -> None:
    """Draw the locator's heat and lines over the photo, that of the VIN in red."""
    axes.imshow(stages.color)
    heat = stages.heat.maps.max(-1)
    extent = (0, heat.shape[1] / stages.heat.cells, heat.shape[0] / stages.heat.cells, 0)
    axes.imshow(heat, cmap="hot", alpha=heat, extent=extent)
    for i, quad in enumerate(stages.quads):
        color = "tab:red" if i == stages.chosen else "tab:blue"
        axes.add_patch(Polygon(quad.points, fill=False, color=color, linewidth=2))
    axes.set(xticks=[], yticks=[])


def draw_line(axes: Axes, picture: np.ndarray, line: Line) -> None:
    """Draw a line picture with what the rectifier found in it."""
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    x = np.linspace(line.start, line.end, 50)
    centre, half = np.polyval(line.centre, 2 * x - 1), np.polyval(line.height, 2 * x - 1) / 2
    for shift in (-1, 0, 1):
        axes.plot(x * LINE_WIDTH, (centre + shift * half) * LINE_HEIGHT, color="tab:orange", linewidth=1.2)
    for end in (line.start, line.end):
        axes.axvline(end * LINE_WIDTH, color="tab:red", linewidth=1.2)
    axes.set(xlim=(0, LINE_WIDTH), ylim=(LINE_HEIGHT, 0), xticks=[], yticks=[])


def draw_strip(axes: Axes, stages: Stages) -> None:
    """Draw the straightened strip."""
    axes.imshow(stages.line.reading.strip.gray, cmap="gray")
    axes.set(xticks=[], yticks=[])


def draw_answers(axes: Axes, stages: Stages) -> None:
    """Draw the probability of each character in each column of the strip."""
    chances = np.exp(log_softmax(stages.logits))[:, : len(ALPHABET)].T
    axes.imshow(chances, aspect="auto", cmap="magma", extent=(0, len(stages.logits) * STRIDE, len(ALPHABET), 0))
    axes.set_xticks([])
    axes.set_yticks(np.arange(len(ALPHABET)) + 0.5, list(ALPHABET), fontsize=7)


def draw_path(axes: Axes, stages: Stages) -> None:
    """Draw the boxes of the best path over the strip, and its characters below."""
    draw_strip(axes, stages)
    for (x0, y0, x1, y1), char in zip(stages.line.boxes, stages.line.vin, strict=True):
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, color="tab:green", linewidth=1.5))
        axes.text((x0 + x1) / 2, 42, char, ha="center", va="top", color="tab:green", fontsize=13)


def main() -> None:
    """Read the photo stage by stage and draw each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path, nargs="?", default=ROOT / "images" / "photos" / "door-label-white.jpg")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "stages.jpg")
    args = parser.parse_args()
    try:
        stages = look_through(args.photo, Reader())
    except ValueError as error:
        sys.exit(f"{args.photo}: {error}")

    figure = Figure(figsize=(11, 14), dpi=90, layout="constrained")
    rows = figure.subplots(6, 1, height_ratios=(6, 1.7, 1.7, 1.1, 4.6, 1.5))
    draw_located(rows[0], stages)
    for axes, (picture, line) in zip(rows[1:3], stages.passes, strict=True):
        draw_line(axes, picture, line)
    draw_strip(rows[3], stages)
    draw_answers(rows[4], stages)
    draw_path(rows[5], stages)
    sure = f"probability {stages.decision.chance:.3f}"
    titles = (
        "locate: heat on a VIN's glyphs and gaps; red: the line that reads as one",
        "rectify, first pass: ends, centre and height of the line in the rough cut-out",
        "rectify, second pass: the same in the finer frame",
        "the strip: 17 glyphs over 340 of 400 columns, local contrast evened out",
        "classify: probability of each character, were a glyph centred in that column",
        f"assemble and segment: the best path of 17, cut where ink is least; {sure}",
    )
    for axes, title in zip(rows, titles, strict=True):
        axes.set_title(title, fontsize=11, loc="left")
    figure.savefig(args.out, pil_kwargs={"quality": 80})


if __name__ == "__main__":
    main()
