"""Several frames against one: ``python3 benchmarks/frames.py [--count 200] [--frames 5 15] [--share A...] [--write]``.

Draws clips of VINs that can be seen, in faces that were kept out of training, and reads frames of them, five a second:
one alone, the sharpest, the one that is read most surely, by a vote, and fused. Prints how many VINs are wrong, and how
many of those that read right in the same picture without shaking, glare and noise; how many are accepted, and how many
of those are wrong; and the time. ``--share``: also fused with other values of ``frames.SHARE``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar import frames  # noqa: E402
from vinchar.decide import Decision  # noqa: E402
from vinchar.drawing.clips import Clip, draw_clip  # noqa: E402
from vinchar.drawing.scenes import LEGIBLE_CONTRAST, least_contrast  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.evaluation.metrics import expected_calibration_error  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.training.parts import shared_out  # noqa: E402

Gray = NDArray[np.uint8]

RATE = 5  # frames a second
SIZES = ((640, 480), (1280, 720))
SMALLEST = 8  # pixels that a glyph is high: who aims goes so close
SOME = 5  # clips that a process reads in one go


class Read(NamedTuple):
    """What was read, how surely it is right, whether that is accepted, and the milliseconds it took."""

    vin: str | None
    chance: float
    ok: bool
    ms: float


class Burst(NamedTuple):
    """A VIN, whether it reads right in a calm picture, and how it was read, by way and number of frames."""

    vin: str
    calm: bool
    read: dict[tuple[str, int], Read]


def draw_legible(seed: int, number: int) -> Clip:
    """Draw clip after clip until the VIN of one can be seen while nothing disturbs."""
    for attempt in range(100):
        rng = np.random.default_rng([seed, number, attempt])
        clip = draw_clip(rng, SIZES[number % 2], vin=draw_vin(rng, uniform=0.0), held_out=True)
        gray, quads = calm_picture(clip)
        height = np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).mean()
        if height >= SMALLEST and least_contrast(gray, quads) >= LEGIBLE_CONTRAST:
            return clip
    raise ValueError(f"clip {number}: got none in 100 whose VIN can be seen, expected most")


def calm_picture(clip: Clip) -> tuple[Gray, NDArray[np.float32]]:
    """Return a clip's picture while nothing disturbs, and its quads."""
    frame = clip.calmed().frame(0.0)
    return grayed(frame.bgr), frame.quads


def grayed(bgr: NDArray[np.uint8]) -> Gray:
    """Return a picture without its colours."""
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def sharpness(gray: Gray) -> float:
    """Return the variance of the Laplacian, after some smoothing, so that noise is not taken for sharpness."""
    return float(cv2.Laplacian(cv2.GaussianBlur(gray, (0, 0), 1.0), cv2.CV_32F).var())


def read_bursts(seed: int, counts: Sequence[int], shares: Sequence[float], numbers: range) -> list[Burst]:
    """Read so many first frames of clips in every way."""
    cv2.setNumThreads(1)
    reader, bursts = Reader(), []
    for number in numbers:
        clip = draw_legible(seed, number)
        calm = reader.search.read(calm_picture(clip)[0], "photo").best
        grays = [grayed(clip.frame(k / RATE).bgr) for k in range(max(counts))]
        timed = [timed_read(reader, gray) for gray in grays]
        read = {}
        for count in counts:
            ways = ways_of(timed[:count], [sharpness(gray) for gray in grays[:count]])
            for share in (frames.SHARE, *shares):
                name = "fused" if share == frames.SHARE else f"fused, share {share:g}"
                ways[name] = fused(reader, timed[:count], share)
            read |= {(way, count): one for way, one in ways.items()}
        bursts.append(Burst(clip.vin, calm is not None and calm.vin == clip.vin, read))
    return bursts


def timed_read(reader: Reader, gray: Gray) -> tuple[Decision, float]:
    """Return what is decided of a photo, and the milliseconds it took."""
    started = time.perf_counter()
    decision = reader.search.read(gray, "photo")
    return decision, 1000 * (time.perf_counter() - started)


def ways_of(timed: Sequence[tuple[Decision, float]], sharp: Sequence[float]) -> dict[str, Read]:
    """Return what is read by the ways that take one frame, or ask each alone."""
    alone = [_as_read(decision, ms) for decision, ms in timed]
    surest = max(alone, key=lambda one: one.chance)
    votes = Counter(one.vin for one in alone if one.vin is not None)
    voted = max(alone, key=lambda one: (votes[one.vin], one.chance))
    total = sum(one.ms for one in alone)
    return {
        "the first frame": alone[0],
        "the sharpest frame": alone[int(np.argmax(sharp))],
        "the surest frame": surest._replace(ms=total),
        "a vote": voted._replace(ms=total),
    }


def fused(reader: Reader, timed: Sequence[tuple[Decision, float]], share: float) -> Read:
    """Return what several frames give as one."""
    usual, frames.SHARE = frames.SHARE, share
    started = time.perf_counter()
    decision, _ = frames.fuse([[one] for one, _ in timed], reader.search.judge)
    frames.SHARE = usual
    return _as_read(decision, 1000 * (time.perf_counter() - started) + sum(ms for _, ms in timed))


def _as_read(decision: Decision, ms: float) -> Read:
    return Read(decision.best and decision.best.vin, decision.chance, decision.is_ok, ms)


def row(way: str, count: int, bursts: Sequence[Burst]) -> list[str]:
    """Return what is measured of one way to read so many frames."""
    read = [burst.read[way, count] for burst in bursts]
    right = np.array([one.vin == burst.vin for one, burst in zip(read, bursts, strict=True)])
    ok, calm = np.array([one.ok for one in read]), np.array([burst.calm for burst in bursts])
    error = expected_calibration_error(np.array([one.chance for one in read]), right)
    return [
        way,
        str(count),
        f"{(~right).sum()} ({(~right).mean():.1%})",
        f"{(~right & calm).sum()} ({(~right[calm]).mean():.1%})" if calm.any() else "-",
        f"{ok.mean():.1%}",
        str((ok & ~right).sum()),
        f"{error:.3f}",
        f"{np.mean([one.ms for one in read]):.0f}",
    ]


def main() -> None:
    """Draw, read, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="clips")
    parser.add_argument("--frames", type=int, nargs="+", default=(5, 15), metavar="N")
    parser.add_argument("--share", type=float, nargs="+", default=(), metavar="A")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    jobs = [range(first, min(first + SOME, args.count)) for first in range(0, args.count, SOME)]
    work = partial(read_bursts, args.seed, args.frames, [share for share in args.share if share != frames.SHARE])
    done = tqdm(shared_out(work, jobs, args.workers), total=len(jobs), desc="reading clips", unit="job")
    bursts = [burst for some in done for burst in some]
    header = (
        "read",
        "frames",
        "wrong",
        "wrong, right if calm",
        "accepted",
        "of those wrong",
        "calibration error",
        "ms",
    )
    rows = [row(way, count, bursts) for way, count in sorted(bursts[0].read, key=lambda one: one[1])]
    show("frames", header, rows, args.write)
    print(f"{len(bursts)} clips, {sum(burst.calm for burst in bursts)} of which read right if calm", file=sys.stderr)


if __name__ == "__main__":
    main()
