"""Photos parted into those to learn from, to choose by, and to measure on: all photos of a VIN in one part."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from vinchar.training.adapting.lessons import Outcome
from vinchar.training.adapting.photos import PARTS, Photo


def split_by_vin(
    photos: Sequence[Photo], seed: int = 0, shares: tuple[float, float, float] = (0.75, 0.15, 0.10)
) -> list[str]:
    """Return the part of each photo, one of ``PARTS``; ``shares``: how many of the VINs go to each.

    All photos of a VIN are in one part: the one that the source gives any of them, else by a hash of seed and VIN. So a
    VIN stays where it is when more photos come, unless it had to fill an empty part: that gets the VIN whose hash lies
    nearest to its range. A photo without a VIN goes where its source says, else by a hash of its file name.
    Raises ``ValueError`` for fewer than 3 VINs, a VIN given to two parts, or a part that is empty as the rest is given.
    """
    if len(shares) != len(PARTS) or min(shares) <= 0 or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise ValueError(f"shares: got {shares}, expected three numbers above 0 that sum to 1")
    given = _given_parts(photos)
    places = {photo.vin: _place(seed, f"vin {photo.vin}") for photo in photos if photo.vin}
    if len(places) < len(PARTS):
        raise ValueError(f"got photos of {len(places)} VINs, expected {len(PARTS)} or more: one each for {_listed()}")
    bounds = [0.0, *accumulate(shares[:-1]), 1.0]
    parts = {vin: given.get(vin) or _part_at(place, bounds) for vin, place in places.items()}
    _fill(parts, {vin: place for vin, place in places.items() if vin not in given}, bounds)
    return [
        parts[photo.vin] if photo.vin else photo.part or _part_at(_place(seed, f"file {photo.path.name}"), bounds)
        for photo in photos
    ]


@dataclass(frozen=True, eq=False, slots=True)
class Parted:
    """All photos, and the part of each. Those of validation and test have a VIN: the owner's, or else what was read.

    No part, an empty text, has a photo that its owner kept out of training and of which no VIN is known.
    """

    photos: list[Photo]
    parts: list[str]
    own_labels: bool

    def rows(self, part: str) -> list[int]:
        """Return the indices of the photos of a part."""
        return [i for i, one in enumerate(self.parts) if one == part]

    def of(self, part: str) -> list[Photo]:
        """Return the photos of a part."""
        return [self.photos[i] for i in self.rows(part)]


def parted(photos: list[Photo], outcomes: Sequence[Outcome], labelled: bool, seed: int) -> Parted:
    """Return the photos split by VIN. Where none has a label, what was surely read stands for it but in training."""
    if labelled:
        known, vins = [i for i, one in enumerate(photos) if one.vin], [one.vin for one in photos]
    else:
        known, vins = [i for i, one in enumerate(outcomes) if not one.why], [one.read for one in outcomes]
        if len({vins[i] for i in known}) < len(PARTS):
            few = f"got {len(known)} of {len(photos)} photos without a label that are read surely"
            raise ValueError(f"{few}, expected those of {len(PARTS)} VINs or more: label some")
    split = split_by_vin([replace(photos[i], vin=vins[i]) for i in known], seed)
    parts = ["train" if one.part in ("", "train") else "" for one in photos]
    for i, part in zip(known, split, strict=True):
        parts[i] = part
    named = [
        replace(one, vin=vin) if part in ("validation", "test") else one
        for one, part, vin in zip(photos, parts, vins, strict=True)
    ]
    return Parted(named, parts, labelled)


def _listed() -> str:
    return f"{', '.join(PARTS[:-1])} and {PARTS[-1]}"


def _given_parts(photos: Sequence[Photo]) -> dict[str, str]:
    given: dict[str, str] = {}
    for photo in photos:
        if photo.vin and photo.part and given.setdefault(photo.vin, photo.part) != photo.part:
            both = f"{given[photo.vin]} and {photo.part}"
            raise ValueError(f"split: got {both} for photos of {photo.vin}, expected one part for all photos of a VIN")
    return given


def _place(seed: int, name: str) -> float:
    """Return a number from 0 to 1 that hangs on nothing but seed and name."""
    digest = hashlib.sha256(f"{seed} {name}".encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _part_at(place: float, bounds: Sequence[float]) -> str:
    return next(part for part, end in zip(PARTS, bounds[1:], strict=True) if place < end)


def _fill(parts: dict[str, str], free: dict[str, float], bounds: Sequence[float]) -> None:
    """Move into each empty part the free VIN that lies nearest to its range and is not the last of another part."""
    for part, low, high in zip(PARTS, bounds, bounds[1:], strict=False):
        counts = {one: list(parts.values()).count(one) for one in PARTS}
        if counts[part]:
            continue
        spare = {vin: max(low - place, place - high) for vin, place in free.items() if counts[parts[vin]] > 1}
        if not spare:
            raise ValueError(
                f"split: got no VIN for {part}, as the sources give the others their parts; give it one, or give none"
            )
        parts[min(spare, key=lambda vin: (spare[vin], vin))] = part
