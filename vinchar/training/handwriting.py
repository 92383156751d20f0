"""EMNIST, 33 classes: digits and capitals of the ByClass split, without I, O and Q.

Cohen, Afshar, Tapson, van Schaik 2017, arXiv 1702.05373. ByClass keeps upper and lower case apart; the merged splits
would teach a lower-case l as L and g as G.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.classify import WINDOW, glyph_window
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH
from vinchar.vin import ALPHABET

BALANCE = 0.4  # how far the counts of the classes count: a digit is 25 times as frequent as a Z
ALIKE = "swxyz"  # lower case written as its capital is, for more pictures of what is rare; many a v looks like a U
_BYCLASS = string.digits + string.ascii_uppercase + string.ascii_lowercase  # labels 0 to 61


# As torchvision has them, datasets/mnist.py, pull requests 3570 and 8350.
URL = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
MD5 = "58c8d27c78d21e728a6bc7b3cc06412e"
ARCHIVE = "~/.cache/emnist/emnist.zip"


class DataError(ValueError):
    """Training data that is missing or broken, with what to do about it."""


def load(split: Literal["train", "test"], alike: str = "") -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the pictures, uint8 (N, 28, 28) light on dark, and labels, int32 (N,) indices into ``vin.ALPHABET``.

    ``alike``: lower-case letters that count as their capitals; all others are left out.
    Goes through the ``emnist`` package: its cache (~/.cache/emnist/emnist.zip) is used where it is filled, else it
    downloads, from the official address alone. Raises ``DataError`` with advice where neither works.
    """
    try:
        import emnist

        emnist.SOURCE_URLS[:] = [URL]  # the package has a copy on a file host, and an address that has moved
        extract = emnist.extract_training_samples if split == "train" else emnist.extract_test_samples
        images, labels = extract("byclass")
    except Exception as error:  # the package raises whatever requests, zipfile or numpy raise
        raise DataError(
            f"EMNIST could not be loaded ({type(error).__name__}: {error}). It is downloaded once, about 540 MB; "
            f"without a network get {URL} elsewhere (MD5 {MD5}) and put it at {ARCHIVE}{_found()}."
        ) from error
    index = np.full(256, -1, np.int32)
    for label, char in enumerate(_BYCLASS):
        index[label] = ALPHABET.find(char.upper() if char in alike else char)
    classes = index[labels]
    keep = classes >= 0
    return np.ascontiguousarray(images[keep]), classes[keep]


def is_there() -> bool:
    """Tell whether the archive lies in the cache, so that nothing has to be downloaded."""
    return Path(ARCHIVE).expanduser().is_file()


def _found() -> str:
    """Return what to say of the archive that lies in the cache and could not be used, if one does."""
    if not is_there():
        return ""
    path = Path(ARCHIVE).expanduser()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "md5").hexdigest()
    return "" if digest == MD5 else f"; the file there has the MD5 {digest} and is another one: remove it"


def class_weights(labels: NDArray[np.int32], power: float = BALANCE) -> NDArray[np.float64]:
    """Return how often to draw each class, float64 (33,), summing to 1: as its count to the ``power``.

    1 draws the classes as often as they come, 0 all alike.
    """
    counts = np.bincount(labels, minlength=len(ALPHABET)).astype(np.float64)
    weights = np.where(counts > 0, counts**power, 0.0)
    return np.asarray(weights / weights.sum(), np.float64)


def rare_first(labels: NDArray[np.int32], power: float) -> NDArray[np.float32]:
    """Return what to add to the logits of the classes, float32 (33,), mean 0: more, the rarer a class is.

    By it a network answers as if it had learned each class ``power`` less by its count: logit adjustment (Menon et al.
    2021, arXiv 2007.07314).
    """
    counts = np.maximum(np.bincount(labels, minlength=len(ALPHABET)), 1)
    return np.asarray(power * (np.log(counts).mean() - np.log(counts)), np.float32)


def draw_balanced(
    labels: NDArray[np.int32], count: int, rng: np.random.Generator, power: float = BALANCE
) -> NDArray[np.int64]:
    """Return ``count`` indices, int64, drawn so that classes come as often as ``class_weights`` says."""
    counts = np.maximum(np.bincount(labels, minlength=len(ALPHABET)), 1)
    per_sample = class_weights(labels, power)[labels] / counts[labels]
    return rng.choice(len(labels), count, p=per_sample / per_sample.sum())


def warp_glyph(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the glyph a little turned, slanted, scaled and moved, uint8 of the same shape."""
    height, width = image.shape
    angle, shear = rng.normal(0, 0.09), rng.normal(0, 0.1)
    scale = np.exp(rng.normal(0, 0.08, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, shear], [0, 1]]) @ np.diag(scale)
    centre = np.array([width / 2 - 0.5, height / 2 - 0.5])
    offset = centre - matrix @ centre + rng.normal(0, 0.7, 2)
    warped = cv2.warpAffine(image, np.column_stack([matrix, offset]), (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(warped, np.uint8)


def strip_of_glyphs(
    images: Sequence[NDArray[np.uint8]], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Set glyphs wide apart in one strip; return it, uint8 (40, 400), and their centre columns, float32 (n,)."""
    strip = np.zeros((STRIP_HEIGHT, STRIP_WIDTH), np.uint8)
    step = STRIP_WIDTH / len(images)
    centres = (np.arange(len(images)) + 0.5) * step + rng.uniform(-3, 3, len(images))
    for image, centre in zip(images, centres, strict=True):
        window = glyph_window(warp_glyph(image, rng))
        x = int(centre) - WINDOW // 2
        left, right = max(0, -x), min(WINDOW, STRIP_WIDTH - x)
        part = strip[:, x + left : x + right]
        np.maximum(part, window[:, left:right], out=part)
    return strip, (np.floor(centres)).astype(np.float32)
