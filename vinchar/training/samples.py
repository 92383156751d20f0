"""Sample pictures for a demonstration and a regression test: glyphs, strips and photos, drawn and labelled.

    python -m vinchar.training.samples OUT [--seed N]

OUT/glyphs/z.png, OUT/strips/*.png, OUT/photos/*.jpg; OUT/labels.csv with the columns image (relative to OUT) and vin
(for a glyph the character). They are moderately easy on purpose: pale, blurred and steep ones are drawn again.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.dots import dot_face
from vinchar.drawing.faces import Face, font_faces
from vinchar.drawing.photos import Photo, Place, draw_photo
from vinchar.drawing.printing import draw_glyph
from vinchar.drawing.scenes import Scene, draw_scene, is_clear
from vinchar.drawing.strings import draw_vin
from vinchar.drawing.strokes import stroke_face
from vinchar.files import whole_folder
from vinchar.types import Gray
from vinchar.vin import check_digit, maker

Polarity = Literal["light", "dark"]
Drawn = TypeVar("Drawn", Scene, Photo)

# Character, face, side in pixels, colour of the glyph.
GLYPHS: tuple[tuple[str, str, int, Polarity], ...] = (
    ("0", "roboto-condensed-400", 64, "light"),
    ("2", "arimo-400", 28, "light"),
    ("3", "barlow-700", 80, "dark"),
    ("4", "osp-din-400", 48, "dark"),
    ("5", "cousine-700", 64, "light"),
    ("7", "strokes", 72, "light"),
    ("8", "ubuntu-condensed-400", 40, "dark"),
    ("9", "roboto-slab-400", 56, "light"),
    ("A", "inter-400", 96, "dark"),
    ("E", "ocr-b-400", 64, "light"),
    ("G", "roboto-700", 64, "dark"),
    ("H", "strokes", 36, "light"),
    ("K", "share-tech-mono-400", 56, "dark"),
    ("M", "barlow-condensed-600", 64, "light"),
    ("R", "ibm-plex-mono-400", 88, "dark"),
    ("W", "fira-mono-400", 72, "light"),
    ("X", "public-sans-400", 32, "dark"),
    ("Z", "rajdhani-600", 64, "light"),
)
# Face, material, colour of the glyphs, take: which of several drawings, chosen by eye.
STRIPS: tuple[tuple[str, str, Polarity, int], ...] = (
    ("arimo-700", "print", "light", 2),
    ("barlow-condensed-600", "print", "dark", 7),
    ("cousine-700", "print", "light", 15),
    ("dots", "print", "light", 8),
    ("fira-mono-400", "print", "dark", 3),
    ("ocr-b-400", "print", "dark", 3),
    ("osp-din-400", "stamp", "dark", 13),
    ("roboto-500", "relief", "light", 1),
    ("roboto-condensed-400", "print", "light", 4),
    ("saira-stencil-one-400", "print", "dark", 1),
    ("strokes", "print", "light", 4),
    ("strokes", "stamp", "dark", 3),
    ("ubuntu-condensed-400", "relief", "dark", 2),
)
# Name, place, face, colour of the glyphs, VIN (published examples; drawn where None), take.
PHOTOS: tuple[tuple[str, Place, str, Polarity, str | None, int], ...] = (
    ("door-label-white", "label", "roboto-condensed-700", "dark", "1HGCM82633A004352", 1),
    ("door-label-black", "label", "cousine-700", "light", "1M8GDM9AXKP042788", 1),
    ("door-label-typewritten", "label", "ocr-b-400", "dark", None, 1),
    ("windscreen-laser-strip", "windscreen", "arimo-700", "light", "5GZCZ43D13S812715", 1),
    ("windscreen-metal-plate", "windscreen", "roboto-500", "dark", None, 4),
    ("windscreen-dot-matrix", "windscreen", "dots", "light", None, 2),
    ("frame-stamped", "frame", "osp-din-400", "dark", "JH4TB2H26CC000000", 6),
    ("frame-stamped-strokes", "frame", "strokes", "dark", None, 8),
)
LEAST_HEIGHT = 17.0  # pixels of a glyph
MAX_BYTES = 150_000


def write_samples(out: Path, seed: int = 0) -> None:
    """Draw the sample pictures into the folder ``out``, whole or not at all.

    Raises ``ValueError`` if ``out`` holds anything, ``OSError`` if it cannot be written.
    """
    with whole_folder(out) as part:
        rows = []
        for i, (char, face, side, polarity) in enumerate(GLYPHS):
            rng = np.random.default_rng([seed, 0, i])
            gray = draw_glyph(char, _face(face, rng), side, polarity == "light", rng)
            rows.append((_save(part, f"glyphs/{char.lower()}.png", gray), char))
        for i, (face, material, polarity, take) in enumerate(STRIPS):
            scene = _strip(np.random.default_rng([seed + take, 1, i]), face, material, polarity)
            rows.append((_save(part, f"strips/{face}-{material}-{polarity}.png", scene.gray), scene.vin))
        for i, (name, place, face, polarity, vin, take) in enumerate(PHOTOS):
            photo = _photo(np.random.default_rng([seed + take, 2, i]), place, face, polarity, vin)
            rows.append((_save(part, f"photos/{name}.jpg", photo.bgr), photo.vin))
        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows([("image", "vin"), *rows])
        (part / "labels.csv").write_text(table.getvalue(), encoding="utf-8")


def _strip(rng: np.random.Generator, face: str, material: str, polarity: Polarity) -> Scene:
    def draw() -> Scene:
        return draw_scene(rng, vin=_vin(rng), face=_face(face, rng), material=material)

    def fits(scene: Scene) -> bool:
        height, width = scene.gray.shape
        return 200 <= width <= 700 and width >= 2.8 * height and _is_clear(scene.gray, scene.quads)

    return _draw_until(draw, lambda scene: scene.light == (polarity == "light") and fits(scene))


def _photo(rng: np.random.Generator, place: Place, face: str, polarity: Polarity, vin: str | None) -> Photo:
    def draw() -> Photo:
        return draw_photo(rng, place, vin or _vin(rng), _face(face, rng), calm=True)

    def fits(photo: Photo) -> bool:
        gray = np.asarray(cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        return 60 < gray.mean() < 190 and _is_clear(gray, photo.quads) and len(_encoded(photo.bgr, ".jpg")) <= MAX_BYTES

    return _draw_until(draw, lambda photo: photo.light == (polarity == "light") and fits(photo))


def _draw_until(draw: Callable[[], Drawn], fits: Callable[[Drawn], bool]) -> Drawn:
    for _ in range(1000):
        drawn = draw()
        if fits(drawn):
            return drawn
    raise RuntimeError("no picture of a thousand was clear enough")


def _is_clear(gray: Gray, quads: NDArray[np.float32]) -> bool:
    """Tell whether the VIN is easy to see and every glyph tall."""
    return is_clear(gray, quads) and np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).min() >= LEAST_HEIGHT


def _vin(rng: np.random.Generator) -> str:
    """Return a VIN as makers build them, with a valid check digit."""
    while True:
        vin = draw_vin(rng)
        if maker(vin) and vin[8] == check_digit(vin) and vin[12:].isdecimal():
            return vin


def _face(name: str, rng: np.random.Generator) -> Face:
    if name == "strokes":
        return stroke_face(rng)
    if name == "dots":
        return dot_face(rng)
    return next(face for face in font_faces() if face.name == name)


def _save(folder: Path, name: str, picture: NDArray[np.uint8]) -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_encoded(picture, path.suffix))
    return name


def _encoded(picture: NDArray[np.uint8], suffix: str) -> bytes:
    flags = [cv2.IMWRITE_JPEG_QUALITY, 85] if suffix == ".jpg" else []
    return cv2.imencode(suffix, picture, flags)[1].tobytes()


def main(argv: Sequence[str] | None = None) -> None:
    """Write the sample pictures to the folder that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m vinchar.training.samples", description="Draw the sample pictures.")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    write_samples(args.out, args.seed)


if __name__ == "__main__":
    main()
