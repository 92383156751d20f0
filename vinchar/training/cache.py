"""What the networks learn from, drawn once: scenes, the line pictures of the rectifier, the strips of the classifier.

Row ``i`` depends on the seed and on ``i`` alone, so the number of workers changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.faces import font_faces
from vinchar.drawing.other_text import TEXTS, approval, line, part_number, texture
from vinchar.drawing.photos import draw_photo
from vinchar.drawing.printing import Setting, set_line
from vinchar.drawing.scenes import Scene, draw_scene
from vinchar.drawing.strings import draw_vin
from vinchar.drawing.surfaces import MATERIALS
from vinchar.rectify import Rectifier, cut_strip, line_picture
from vinchar.training.framing import draw_frame, line_targets, place_in_frame
from vinchar.training.parts import PART, Arrays, Job, build, draw_rows
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH
from vinchar.vin import ALPHABET, LENGTH

FEWEST_OF_TEXT = 13  # glyphs of a line that may be taken for a VIN
_INDEX = {char: i for i, char in enumerate(ALPHABET)}


@dataclass(frozen=True, eq=False, slots=True)
class SceneCache:
    """Many scenes in memory.

    ``quads`` float32 (N, 17, 4, 2); ``classes`` int32 (N, 17) indices into ``vin.ALPHABET``; ``light`` bool (N,):
    light glyphs on dark; ``material`` uint8 (N,) indices into ``surfaces.MATERIALS``; ``blur`` float32 (N,) in glyph
    heights, not a number where it is not known. ``gray(i)`` is scene i's picture, uint8 (H, W).
    """

    pixels: NDArray[np.uint8]
    shapes: NDArray[np.int32]
    quads: NDArray[np.float32]
    classes: NDArray[np.int32]
    light: NDArray[np.bool_]
    material: NDArray[np.uint8]
    blur: NDArray[np.float32]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, arrays: Arrays) -> SceneCache:
        """Return a cache of these arrays, all but the offsets."""
        sizes = arrays["shapes"].astype(np.int64).prod(1)
        return cls(offsets=np.concatenate([[0], np.cumsum(sizes)[:-1]]), **arrays)

    def __len__(self) -> int:
        return len(self.shapes)

    def gray(self, index: int) -> NDArray[np.uint8]:
        """Return scene ``index`` as a view, uint8 (H, W)."""
        height, width = self.shapes[index]
        start = self.offsets[index]
        return self.pixels[start : start + height * width].reshape(height, width)

    def part(self, first: int, count: int | None = None) -> SceneCache:
        """Return the at most ``count`` scenes, else ``PART``, from ``first`` on."""
        chosen = np.s_[first : first + (count or PART)]
        start, sizes = int(self.offsets[first]), self.shapes[chosen].astype(np.int64).prod(1)
        return SceneCache(
            self.pixels[start : start + int(sizes.sum())],
            self.shapes[chosen],
            self.quads[chosen],
            self.classes[chosen],
            self.light[chosen],
            self.material[chosen],
            self.blur[chosen],
            self.offsets[chosen] - start,
        )

    def take(self, chosen: Sequence[int] | NDArray[np.intp]) -> SceneCache:
        """Return a copy of some of the scenes."""
        some = np.asarray(chosen, np.intp)
        return SceneCache.of(
            {
                "pixels": np.concatenate([np.zeros(0, np.uint8), *(self.gray(i).ravel() for i in some)]),
                "shapes": self.shapes[some],
                "quads": self.quads[some],
                "classes": self.classes[some],
                "light": self.light[some],
                "material": self.material[some],
                "blur": self.blur[some],
            }
        )

    def together(self, other: SceneCache) -> SceneCache:
        """Return a copy of these scenes, and others after them."""
        names = ("pixels", "shapes", "quads", "classes", "light", "material", "blur")
        return SceneCache.of({name: np.concatenate([getattr(one, name) for one in (self, other)]) for name in names})


@dataclass(frozen=True, eq=False, slots=True)
class LineCache:
    """``picture`` uint8 (N, 64, 256) and what the rectifier should say of it, ``target`` float32 (N, 64, 8)."""

    picture: NDArray[np.uint8]
    target: NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class StripCache:
    """``gray`` uint8 (N, 40, 400); ``centres`` float32 (N, 17): columns of the glyphs; ``classes`` int32 (N, 17).

    ``scene`` int32 (N,): which one each strip was cut from.
    """

    gray: NDArray[np.uint8]
    centres: NDArray[np.float32]
    classes: NDArray[np.int32]
    scene: NDArray[np.int32]


def draw_scenes(folder: Path, count: int, seed: int, workers: int, held_out: bool = False) -> SceneCache:
    """Draw ``count`` scenes; ``held_out``: in the faces kept for validation, and none of uniform characters."""
    return _draw_pictures("heldout" if held_out else "scenes", partial(_scene, held_out), folder, count, seed, workers)


def draw_photos(folder: Path, count: int, seed: int, workers: int, held_out: bool = False) -> SceneCache:
    """Draw ``count`` whole photos, grey, 640 x 480: what the locator learns on. ``held_out`` as in ``draw_scenes``."""
    kind = "heldoutphotos" if held_out else "photos"
    return _draw_pictures(kind, partial(_photo, held_out), folder, count, seed, workers)


def draw_others(folder: Path, count: int, seed: int, workers: int, held_out: bool = False) -> SceneCache:
    """Draw ``count`` photos that show other text, or none, and no VIN; ``quads`` are where a VIN might have been."""
    kind = "heldoutothers" if held_out else "others"
    return _draw_pictures(kind, partial(_other, held_out), folder, count, seed, workers)


def _draw_pictures(
    kind: str,
    draw: Callable[[np.random.Generator], Scene],
    folder: Path,
    count: int,
    seed: int,
    workers: int,
) -> SceneCache:
    return SceneCache.of(draw_rows(kind, partial(_pictures, draw), folder, count, seed, workers))


def _scene(held_out: bool, rng: np.random.Generator) -> Scene:
    return draw_scene(rng, held_out, _vin(held_out, rng))


def _vin(held_out: bool, rng: np.random.Generator) -> str | None:
    return draw_vin(rng, uniform=0.0) if held_out else None


def _photo(held_out: bool, rng: np.random.Generator) -> Scene:
    photo = draw_photo(rng, vin=_vin(held_out, rng), held_out=held_out, small=True)
    gray = np.asarray(cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    return Scene(gray, photo.quads, photo.vin, photo.light, photo.material, photo.blur)


def draw_texts(folder: Path, count: int, seed: int, workers: int) -> SceneCache:
    """Draw ``count`` clean lines of other text, in the faces kept for validation, each all of its picture."""
    return _draw_pictures("texts", _text, folder, count, seed, workers)


def draw_prints(folder: Path, count: int, seed: int, workers: int) -> SceneCache:
    """Draw ``count`` clean prints of VINs, as ``draw_texts`` draws other text."""
    return _draw_pictures("prints", _print, folder, count, seed, workers)


def _print(rng: np.random.Generator) -> Scene:
    vin = draw_vin(rng, uniform=0.0)
    return _clean(vin, rng, vin)


def _text(rng: np.random.Generator) -> Scene:
    text = ""
    while sum(char != " " for char in text) < FEWEST_OF_TEXT:
        text = (line, line, line, part_number, approval)[rng.integers(5)](rng)
    return _clean(text, rng)


def _clean(text: str, rng: np.random.Generator, vin: str = "0" * LENGTH) -> Scene:
    """Return a line printed in black on white; its glyphs' places are not kept."""
    faces = font_faces(held_out=True)
    ink, _ = set_line(text, faces[rng.integers(len(faces))], Setting(1.0, None, 0.1), 24.0, rng)
    gray = np.pad(255 - 235 * np.clip(ink, 0, 1), 12, constant_values=255).astype(np.uint8)
    return Scene(gray, np.zeros((LENGTH, 4, 2), np.float32), vin, False, "print", 0.0)


def _other(held_out: bool, rng: np.random.Generator) -> Scene:
    kinds = [*TEXTS, "texture"]
    kind = kinds[rng.integers(len(kinds))]
    if kind == "texture":
        gray = texture(rng)
        quads = np.tile(np.array([[0, 0], [20, 0], [20, 30], [0, 30]], np.float32), (LENGTH, 1, 1))
        quads += (20 * np.arange(LENGTH, dtype=np.float32)[:, None, None] + [150, 225]) * [1, 0] + [0, 225]
        return Scene(gray, quads.astype(np.float32), "0" * LENGTH, False, "print", 0.0)
    place, draw = TEXTS[kind]
    text = draw(rng)
    photo = draw_photo(rng, place=place, vin=text, held_out=held_out, small=True)
    gray = np.asarray(cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    chosen = np.linspace(0, len(photo.quads) - 1, LENGTH).round().astype(int)
    return Scene(gray, photo.quads[chosen], "0" * LENGTH, photo.light, photo.material, photo.blur)


def _pictures(draw: Callable[[np.random.Generator], Scene], first: int, rows: int, seed: int) -> Arrays:
    return scene_arrays([draw(np.random.default_rng([seed, first + i])) for i in range(rows)])


def scene_arrays(scenes: Sequence[Scene]) -> Arrays:
    """Return what ``SceneCache.of`` makes a cache of: of any number of scenes drawn in any way, with VINs of 17."""
    return {
        "pixels": np.concatenate([np.zeros(0, np.uint8), *(s.gray.ravel() for s in scenes)]),
        "shapes": np.array([s.gray.shape for s in scenes], np.int32).reshape(-1, 2),
        "quads": np.array([s.quads for s in scenes], np.float32).reshape(-1, LENGTH, 4, 2),
        "classes": np.array([[_INDEX[c] for c in s.vin] for s in scenes], np.int32).reshape(-1, LENGTH),
        "light": np.array([s.light for s in scenes], bool),
        "material": np.array([MATERIALS.index(s.material) for s in scenes], np.uint8),
        "blur": np.array([s.blur for s in scenes], np.float32),
    }


def draw_lines(folder: Path, scenes: SceneCache, seed: int, workers: int, frames: int) -> LineCache:
    """Draw every scene in ``frames`` random frames, as the rectifier meets it."""
    jobs = [
        Job(
            folder / f"lines-{seed}-{len(scenes)}-{frames}-{first}.npz",
            len(part.shapes),
            partial(_lines, part, first, seed, frames),
        )
        for first in range(0, len(scenes), PART)
        for part in [scenes.part(first)]
    ]
    return LineCache(**build(jobs, "drawing lines", workers))


def _lines(scenes: SceneCache, first: int, seed: int, frames: int) -> Arrays:
    pictures, targets = [], []
    for i in range(len(scenes)):
        rng = np.random.default_rng([seed, 1, first + i])
        for _ in range(frames):
            edges = draw_frame(scenes.quads[i], rng)
            pictures.append(line_picture(scenes.gray(i), edges))
            targets.append(line_targets(scenes.quads[i], edges, bool(scenes.light[i])))
    return {"picture": np.stack(pictures), "target": np.stack(targets)}


def cut_strips(
    folder: Path, scenes: SceneCache, rectifier: Path, seed: int, workers: int, copies: int = 1
) -> StripCache:
    """Rectify every scene from a random frame by the trained rectifier, so the classifier learns on what it will get.

    Scenes whose line the rectifier misses are left out: nearly all of them are beyond reading. ``copies``: from so many
    frames each, by ``seed`` and the seeds after it, one after the other. Raises ``ValueError`` if it finds none.
    """
    jobs = [
        Job(
            folder / f"strips-{seed + copy}-{len(scenes)}-{first}.npz",
            len(part.shapes),
            partial(_strips, part, first, seed + copy, rectifier),
        )
        for copy in range(copies)
        for first in range(0, len(scenes), PART)
        for part in [scenes.part(first)]
    ]
    strips = StripCache(**build(jobs, "cutting strips", workers))
    if not len(strips.gray):
        raise ValueError(f"the rectifier found the line in none of {len(scenes)} scenes: train it longer")
    return strips


def _strips(scenes: SceneCache, first: int, seed: int, model: Path) -> Arrays:
    rectifier = Rectifier(model)
    gray, centres, classes, kept = [], [], [], []
    for i in range(len(scenes)):
        rng = np.random.default_rng([seed, 2, first + i])
        picture, quads = scenes.gray(i), scenes.quads[i]
        found = rectifier.refine(picture, draw_frame(quads, rng), passes=2 if rng.random() < 0.8 else 1)
        if found is None:
            continue
        strip = cut_strip(picture, *found, inverted=not scenes.light[i])
        placed = place_in_frame(quads.mean(1), strip.edges)
        if np.count_nonzero(np.abs(placed[:, 1] - 0.5) < 0.2) < 13:
            continue  # it took another line, or nothing can be seen
        gray.append(strip.gray)
        centres.append(placed[:, 0] * STRIP_WIDTH)
        classes.append(scenes.classes[i])
        kept.append(first + i)
    return {
        "gray": np.array(gray, np.uint8).reshape(-1, STRIP_HEIGHT, STRIP_WIDTH),
        "centres": np.array(centres, np.float32).reshape(-1, LENGTH),
        "classes": np.array(classes, np.int32).reshape(-1, LENGTH),
        "scene": np.array(kept, np.int32),
    }
