"""What the locator sees in training: parts of photos turned, scaled, squeezed and lit anew, and their heat maps."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.training.batches import Draw
from vinchar.training.cache import SceneCache
from vinchar.training.heat import heat_targets
from vinchar.training.nets import HEAT_STRIDE

SIDE = 384  # pixels; the net is fully convolutional and meets larger ones in use
LENGTHS = (60, 440)  # of a VIN's longest row, in the net's pixels: longer ones too, and it learns the short ones less
ELSEWHERE = 0.1  # share of pictures in which the VIN may lie outside
OTHERS = 0.15  # share of pictures without a VIN, if there are any


def draw_sight(
    gray: NDArray[np.uint8], quads: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a part of a photo as the locator may meet it, uint8 (384, 384), and where the glyphs are in it.

    ``quads`` float32 (17, 4, 2) in photo pixels, and so the answer. Mostly level, else tilted or turned.
    """
    middle = quads.mean((0, 1))
    centres = quads.mean(1)
    pitch = float(np.median(np.linalg.norm(np.diff(centres, axis=0), axis=1)))
    length = float(np.linalg.norm(centres - centres[0], axis=1).max()) + pitch
    kind = rng.random()
    if kind < 0.7:
        angle = rng.normal(0, 6) + (90 * rng.integers(1, 4) if kind < 0.1 else 0)
    else:
        angle = rng.uniform(-40, 40) if kind < 0.9 else rng.uniform(-180, 180)
    squeeze = np.exp(rng.normal(0, 0.25))
    scale = np.exp(rng.uniform(*np.log(LENGTHS))) / max(length, 1.0)
    turn = np.deg2rad(angle)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.diag([squeeze, 1 / squeeze])
    matrix *= scale
    reach = np.abs((quads.reshape(-1, 2) - middle) @ matrix.T).max(0)
    room = np.maximum(SIDE / 2 - reach, 0.1 * SIDE)
    if rng.random() < ELSEWHERE:
        room = np.full(2, SIDE)
    target = SIDE / 2 + rng.uniform(-1, 1, 2) * room
    offset = target - matrix @ middle
    if scale < 0.6:  # the pixels of the smaller photo gather light over their whole area
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.35 / scale), np.uint8)
    border = cv2.BORDER_REPLICATE if rng.random() < 0.5 else cv2.BORDER_CONSTANT
    picture = cv2.warpAffine(
        gray,
        np.column_stack([matrix, offset]),
        (SIDE, SIDE),
        flags=cv2.INTER_LINEAR,
        borderMode=border,
        borderValue=float(rng.uniform(0, 255)),
    )
    return relight(np.asarray(picture, np.uint8), rng), (quads @ matrix.T + offset).astype(np.float32)


def relight(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture in another light, now and then inverted, out of focus or noisy."""
    tone = np.arange(256) / 255
    tone = tone ** np.exp(rng.normal(0, 0.3))
    tone = (tone - 0.5) * np.exp(rng.normal(-0.1, 0.3)) + 0.5 + rng.normal(0, 0.08)
    if rng.random() < 0.3:
        tone = 1 - tone
    picture = np.asarray(cv2.LUT(picture, np.clip(tone * 255, 0, 255).astype(np.uint8)), np.uint8)
    if rng.random() < 0.25:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 2.0)), np.uint8)
    if rng.random() < 0.3:
        noise = rng.standard_normal(picture.shape, np.float32) * abs(rng.normal(0, 10))
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return picture


def sight_batches(sources: list[SceneCache], others: SceneCache | None, batch: int) -> Draw:
    """Return a source of batches for the locator, drawn from all sources alike; ``others``: photos without a VIN.

    Pictures float32 (B, 384, 384, 1) in 0..1, heat maps float32 (B, 96, 96, 2).
    """
    cells = SIDE // HEAT_STRIDE

    def draw(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        pictures, targets = [], []
        for _ in range(batch):
            photos = sources[rng.integers(len(sources))]
            empty = others is not None and rng.random() < OTHERS
            if others is not None and empty:
                photos = others
            index = int(rng.integers(len(photos)))
            picture, quads = draw_sight(photos.gray(index), photos.quads[index], rng)
            pictures.append(picture)
            targets.append(heat_targets(quads[:0] if empty else quads, (cells, cells), HEAT_STRIDE))
        return np.stack(pictures)[..., None].astype(np.float32) / np.float32(255), np.stack(targets)

    return draw
