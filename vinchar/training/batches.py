"""Batches drawn from EMNIST and from cached synthetic pictures, with the damage that is cheap enough to draw anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.training.cache import LineCache, StripCache
from vinchar.training.handwriting import BALANCE, draw_balanced, strip_of_glyphs, warp_glyph
from vinchar.training.targets import box_targets, dense_targets, left_out, sequence_target
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH

Draw = Callable[[np.random.Generator], tuple[NDArray[np.float32], NDArray[np.float32]]]
Strips = tuple[NDArray[np.uint8], NDArray[np.float32]]  # pictures (B, 40, 400) and targets (B, 200, 34)
Glyphs = tuple[NDArray[np.uint8], NDArray[np.int32]]  # pictures (N, H, W) and their classes (N,)
Shaken = tuple[NDArray[np.uint8], NDArray[np.float32]]  # a strip (40, 400) and its glyphs' columns (17,)
GLYPHS_A_STRIP = 7


def _input(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what a network sees of pictures uint8 (B, H, W): float32 (B, H, W, 1) in 0..1."""
    return np.asarray(pictures[..., None].astype(np.float32) / 255, np.float32)


def _together(one: Strips, other: Strips | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a batch of some strips and, if there are any, others after them."""
    if other is None:
        return _input(one[0]), one[1]
    return _input(np.concatenate([one[0], other[0]])), np.concatenate([one[1], other[1]])


def glyph_strips(
    glyphs: Glyphs,
    count: int,
    rng: np.random.Generator,
    power: float = BALANCE,
    nothing: NDArray[np.uint8] | None = None,
    share: float = 0.0,
) -> Strips:
    """Return strips of single glyphs, uint8 (count, 40, 400), and their targets, float32 (count, 200, 34).

    ``power``: how far the classes' counts count, see ``handwriting.class_weights``. ``nothing``: pictures (N, H, W)
    without a glyph, which take the place of a ``share`` of them.
    """
    images, labels = glyphs
    chosen = draw_balanced(labels, count * GLYPHS_A_STRIP, rng, power).reshape(count, GLYPHS_A_STRIP)
    strips, targets = [], []
    for row in chosen:
        pictures, kept = list(images[row]), np.ones(len(row), bool)
        if nothing is not None:
            kept = rng.random(len(row)) >= share
            for i in np.flatnonzero(~kept):
                pictures[i] = nothing[rng.integers(len(nothing))]
        strip, centres = strip_of_glyphs(pictures, rng)
        strips.append(strip)
        targets.append(dense_targets(centres[kept], labels[row][kept], STRIP_WIDTH))
    return np.stack(strips), np.stack(targets)


def glyph_strip_batches(
    written: Glyphs,
    batch: int,
    power: float = BALANCE,
    printed: Glyphs | None = None,
    share: float = 0.0,
    nothing: NDArray[np.uint8] | None = None,
    none: float = 0.0,
) -> Draw:
    """Return a source of batches of strips of handwritten glyphs, a ``share`` of which hold ``printed`` ones.

    A share ``none`` of all glyphs are pictures of ``nothing`` instead.
    """
    some = min(round(share * batch), batch - 1)

    def draw(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        strips = glyph_strips(written, batch - some, rng, power, nothing, none)
        if printed is None or not some:
            return _together(strips, None)
        return _together(strips, glyph_strips(printed, some, rng, BALANCE, nothing, none))

    return draw


def glyph_batches(images: NDArray[np.uint8], labels: NDArray[np.int32], batch: int) -> Draw:
    """Return a source of batches of single 28 x 28 glyphs for the baseline, with the same sampling and warps."""

    def draw(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        chosen = draw_balanced(labels, batch, rng)
        glyphs = np.stack([warp_glyph(images[i], rng) for i in chosen])
        return _input(glyphs), labels[chosen].astype(np.float32)

    return draw


def line_batches(lines: LineCache, batch: int) -> Draw:
    """Return a source of batches for the rectifier: line pictures float32 (B, 64, 256, 1), targets (B, 64, 8).

    Four in ten are turned to the other polarity.
    """

    def draw(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rows = rng.integers(0, len(lines.picture), batch)
        pictures, targets = lines.picture[rows], lines.target[rows]
        turned = rng.random(batch) < 0.4
        pictures[turned] = 255 - pictures[turned]
        targets[turned, :, 4] = 1 - targets[turned, :, 4]
        return _input(pictures), targets

    return draw


def shake_strip(gray: NDArray[np.uint8], centres: NDArray[np.float32], rng: np.random.Generator) -> Shaken:
    """Return the strip moved, stretched, leaned, blurred and noised a little, and its glyphs' columns moved along."""
    stretch, rise = np.exp(rng.normal(0, 0.04)), np.exp(rng.normal(0, 0.05))
    lean, turn = rng.normal(0, 0.06), rng.normal(0, 0.006)
    middle = np.array([STRIP_WIDTH / 2, STRIP_HEIGHT / 2])
    matrix = np.array([[stretch, lean], [turn, rise]])
    offset = middle - matrix @ middle + rng.normal(0, [6.0, 1.2])
    moved = cv2.warpAffine(
        gray,
        np.column_stack([matrix, offset]),
        (STRIP_WIDTH, STRIP_HEIGHT),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if rng.random() < 0.2:
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.2:  # fewer pixels than the strip has
        share = rng.uniform(0.3, 0.7)
        small = cv2.resize(moved, None, fx=share, fy=share * rng.uniform(0.8, 1.2), interpolation=cv2.INTER_AREA)
        moved = cv2.resize(small, (STRIP_WIDTH, STRIP_HEIGHT), interpolation=cv2.INTER_LINEAR)
    picture = moved.astype(np.float32)
    picture = 96 + (picture - 96 + rng.normal(0, 8)) * np.exp(rng.normal(0, 0.15))
    if rng.random() < 0.3:
        picture += rng.standard_normal(picture.shape, np.float32) * abs(rng.normal(0, 10))
    return np.clip(picture, 0, 255).astype(np.uint8), matrix[0, 0] * centres + lean * middle[1] + np.float32(offset[0])


Shake = Callable[[NDArray[np.uint8], NDArray[np.float32], np.random.Generator], Shaken]


@dataclass(frozen=True, eq=False, slots=True)
class Taught:
    """Strips of real photos; ``weight`` float64 (N,): how often each is drawn; ``taught`` bool (N, 17): which glyphs.

    The others teach nothing, as they are not sure.
    """

    strips: StripCache
    weight: NDArray[np.float64]
    taught: NDArray[np.bool_]


# What a network is to say of a strip with glyphs at these columns, of these classes, of which some are taught.
Target = Callable[[NDArray[np.float32], NDArray[np.int32], NDArray[np.bool_] | None], NDArray[np.float32]]


def dense(
    centres: NDArray[np.float32], classes: NDArray[np.int32], taught: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Return the target of the classifier, float32 (200, 34)."""
    target = dense_targets(centres, classes, STRIP_WIDTH)
    return target if taught is None else left_out(target, centres, taught)


def sequence(
    centres: NDArray[np.float32], classes: NDArray[np.int32], taught: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Return the target of the CTC network, float32 (17,). Raises ``ValueError`` where not all glyphs are taught."""
    if taught is not None and not taught.all():
        raise ValueError(f"sequence: got {taught.sum()} glyphs that are taught, expected all: it cannot skip one")
    return sequence_target(centres, classes, STRIP_WIDTH)


def boxes(
    centres: NDArray[np.float32], classes: NDArray[np.int32], taught: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Return the target of the detector, float32 (50, 4, 5)."""
    return box_targets(centres, classes, STRIP_WIDTH, taught)


def strip_batches(
    strips: StripCache,
    glyphs: Glyphs | None,
    batch: int,
    rehearsal: float,
    shake: Shake = shake_strip,
    real: Taught | None = None,
    share: float = 0.0,
    target: Target = dense,
) -> Draw:
    """Return a source of batches for a recogniser: synthetic strips and, for the classifier, handwritten ones.

    ``rehearsal``: the share of those. ``shake``: what each strip goes through whenever it is drawn. ``real``: strips of
    photos, which are a ``share`` of each batch, at least one. ``target``: what is to be said of a strip.
    """
    written = min(round(rehearsal * batch), batch - 1) if glyphs else 0
    photographed = min(max(1, round(share * batch)), batch - written) if real else 0

    def draw(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        pictures, targets = [], []
        for index in rng.integers(0, len(strips.gray), batch - written - photographed):
            gray, centres = shake(strips.gray[index], strips.centres[index], rng)
            pictures.append(gray)
            targets.append(target(centres, strips.classes[index], None))
        if real is not None:
            chances = real.weight / real.weight.sum()
            for index in rng.choice(len(chances), photographed, p=chances):
                gray, centres = shake(real.strips.gray[index], real.strips.centres[index], rng)
                pictures.append(gray)
                targets.append(target(centres, real.strips.classes[index], real.taught[index]))
        drawn = np.stack(pictures), np.stack(targets)
        return _together(drawn, glyph_strips(glyphs, written, rng) if glyphs and written else None)

    return draw
