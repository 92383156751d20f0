"""Videos: ``python3 benchmarks/frames.py [--count 200] [--cars 50] [--clips FOLDER] [--fit] [--write]``; takes PyAV.

Draws videos of three seconds, of VINs that can be seen in faces that were kept out of training, 30 frames a second: a
hand that shakes, glare that wanders over, blur, rows that are exposed one after another. Reads each whole, as
``inference.py`` does, and beside that single frames of it: the first, the sharpest of all, and 15, five a second, of
which it takes the sharpest, the surest, a vote, and all fused by ``Reader.read_frames``. Prints how many VINs are
wrong, and of those that read right in the same picture without shaking, glare and noise; how many are accepted, and how
many of those are wrong. Then videos in which two cars pass, one cut to the other or panned over; and the time it takes.

``--clips``: keeps what was drawn there, for the next time. ``--fit``: instead prints the mean log score of the
probabilities on other clips, for values of ``frames.SHARE`` and ``frames.SEEN``: those with the highest are taken.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

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
from vinchar.drawing.video import write_video  # noqa: E402
from vinchar.evaluation.metrics import expected_calibration_error  # noqa: E402
from vinchar.files import whole_file, write_whole  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.training.parts import shared_out  # noqa: E402
from vinchar.video import Frame, open_video  # noqa: E402
from vinchar.watch import RATE, sharpness, watch  # noqa: E402

Gray = NDArray[np.uint8]

PACE, SECONDS = 30, 3  # frames a second, and seconds, of a video
SIZES = ((640, 480), (1280, 720), (1920, 1080))
SMALLEST = 8  # pixels that a glyph is high: who aims goes so close
SOME = 5  # videos that a process reads in one go
TIMED = 30  # videos that are read once more, alone on the machine
FIT = {"SHARE": (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0), "SEEN": (0.0, 0.25, 0.5, 0.75, 1.0)}  # values that are tried
FITTED = 1000  # added to the seed of videos to fit on


class Read(NamedTuple):
    """What was read, how surely it is right, whether that is accepted."""

    vin: str | None
    chance: float
    ok: bool


class Video(NamedTuple):
    """A VIN, whether it reads right in a calm picture, and how it was read, by way."""

    vin: str
    calm: bool
    read: dict[str, Read]
    others: int


class Cars(NamedTuple):
    """How a video of two cars was read: how one goes over to the other, and how many VINs are right, ok, and wrong."""

    way: str
    right: int
    ok: int
    wrong: int


def draw_legible(seed: int, number: int, size: tuple[int, int]) -> Clip:
    """Draw clip after clip until the VIN of one can be seen while nothing disturbs."""
    for attempt in range(100):
        rng = np.random.default_rng([seed, number, attempt])
        clip = draw_clip(rng, size, vin=draw_vin(rng, uniform=0.0), held_out=True)
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


def drawn(folder: Path, seed: int, number: int) -> Path:
    """Return the video of a number in a folder, its calm picture and its VIN beside it; drawn if it is not there."""
    path = folder / str(seed) / f"{number:03d}.mp4"
    if not path.exists():
        clip = draw_legible(seed, number, SIZES[number % len(SIZES)])
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path.with_suffix(".png")), calm_picture(clip)[0])
        write_whole(path.with_suffix(".json"), json.dumps({"vin": clip.vin}))
        with whole_file(path) as part:
            write_video(part, (clip.frame(i / PACE).bgr for i in range(PACE * SECONDS)), PACE)
    return path


def drawn_cars(folder: Path, seed: int, number: int) -> Path:
    """Return the video of two cars of a number, cut where it is even, else panned; drawn if it is not there."""
    path = folder / str(seed) / f"cars-{number:03d}.mp4"
    if not path.exists():
        size = SIZES[number // 2 % 2]  # drawing takes its time
        cars = [draw_legible(seed, 10_000 + 2 * number + i, size) for i in (0, 1)]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path.with_suffix(".json"), json.dumps({"vins": [car.vin for car in cars]}))
        with whole_file(path) as part:
            write_video(part, (cut_over if number % 2 == 0 else panned_over)(*cars), PACE)
    return path


def cut_over(first: Clip, second: Clip) -> Iterator[NDArray[np.uint8]]:
    """Yield frames of two clips, one half of each."""
    count = PACE * SECONDS
    for i in range(count):
        yield (first if i < count // 2 else second).frame(i / PACE).bgr


def panned_over(first: Clip, second: Clip) -> Iterator[NDArray[np.uint8]]:
    """Yield what a camera sees that turns from one clip to the other, in the middle third of the time."""
    width = first.size[0]
    step = width / (PACE * SECONDS / 3)
    for i in range(PACE * SECONDS):
        at = round(np.clip(i - PACE * SECONDS / 3, 0, PACE * SECONDS / 3) * step)
        both = np.concatenate([clip.frame(i / PACE).bgr for clip in (first, second)], axis=1)[:, at : at + width]
        blur = max(round(step * PACE * first.sensor.exposure), 1) if 0 < at < width else 1
        yield np.asarray(cv2.blur(both, (blur, 1)), np.uint8)


def read_videos(folder: Path, seed: int, numbers: range) -> list[Video]:
    """Draw videos and read them in every way."""
    cv2.setNumThreads(1)
    reader, videos = Reader(), []
    for number in numbers:
        path = drawn(folder, seed, number)
        vin = json.loads(path.with_suffix(".json").read_text())["vin"]
        calm = reader.read(path.with_suffix(".png"), "photo").vin == vin
        whole = reader.read(path, "photo")
        with open_video(path) as shown:
            grays = [frame.pixels for frame in shown]
        ways = ways_of(reader, grays)
        ways["the video"] = Read(whole.vin, whole.confidence, whole.status == "ok")
        videos.append(Video(vin, calm, ways, len(whole.others)))
    return videos


def ways_of(reader: Reader, grays: Sequence[Gray]) -> dict[str, Read]:
    """Return what is read in single frames, and in 15 of them."""
    some = grays[:: PACE // RATE]
    decisions = [reader.search.read(gray, "photo") for gray in some]
    alone = [_as_read(one) for one in decisions]
    votes = Counter(one.vin for one in alone if one.vin is not None)
    sharpest = max(grays, key=sharpness)
    return {
        "the first frame": alone[0],
        "the sharpest frame of all": _as_read(reader.search.read(sharpest, "photo")),
        "the sharpest of 15": alone[int(np.argmax([sharpness(gray) for gray in some]))],
        "the surest of 15": max(alone, key=lambda one: one.chance),
        "a vote of 15": max(alone, key=lambda one: (votes[one.vin], one.chance)),
        "15 fused": _as_read(frames.fuse([[one] for one in decisions], reader.search.judge).decision),
    }


def _as_read(decision: Decision) -> Read:
    return Read(decision.best and decision.best.vin, decision.chance, decision.is_ok)


def read_cars(folder: Path, seed: int, numbers: range) -> list[Cars]:
    """Draw videos of two cars and read them."""
    cv2.setNumThreads(1)
    reader, found = Reader(), []
    for number in numbers:
        path = drawn_cars(folder, seed, number)
        vins = set(json.loads(path.with_suffix(".json").read_text())["vins"])
        reading = reader.read(path, "photo")
        each = {one.vin: one.status for one in (reading, *reading.others)}
        right = vins & each.keys()
        ok = sum(each[vin] == "ok" for vin in right)
        wrong = sum(status == "ok" for vin, status in each.items() if vin not in vins)
        found.append(Cars("cut" if number % 2 == 0 else "panned", len(right), ok, wrong))
    return found


def row(way: str, videos: Sequence[Video]) -> list[str]:
    """Return what is measured of one way to read."""
    read = [one.read[way] for one in videos]
    right = np.array([one.vin == video.vin for one, video in zip(read, videos, strict=True)])
    ok, calm = np.array([one.ok for one in read]), np.array([video.calm for video in videos])
    error = expected_calibration_error(np.array([one.chance for one in read]), right)
    return [
        way,
        f"{(~right).sum()} ({(~right).mean():.1%})",
        f"{(~right & calm).sum()} ({(~right[calm]).mean():.1%})" if calm.any() else "-",
        f"{ok.mean():.1%}",
        str((ok & ~right).sum()),
        f"{error:.3f}",
    ]


def cars_rows(cars: Sequence[Cars]) -> list[list[str]]:
    """Return what is measured of videos of two cars."""
    rows = []
    for way in sorted({one.way for one in cars}):
        some = [one for one in cars if one.way == way]
        both = [str(sum(two == 2 for two in each)) for each in ([c.right for c in some], [c.ok for c in some])]
        rows.append([way, str(len(some)), *both, str(sum(one.wrong for one in some))])
    return rows


def time_rows(paths: Sequence[Path]) -> list[list[str]]:
    """Return how long reading takes, and how much work of all processes it is, by the size of the frames."""
    reader = Reader()
    took: dict[int, list[tuple[float, float]]] = {}
    for path in tqdm(paths, desc="timing", unit="video"):
        started, worked = time.perf_counter(), _work()
        reader.read(path)
        spent = (time.perf_counter() - started) / SECONDS, (_work() - worked) / SECONDS
        took.setdefault(int(path.stem) % len(SIZES), []).append(spent)
    rows = []
    for size, some in sorted(took.items()):
        (mean, work), (most, _) = np.mean(some, axis=0), np.max(some, axis=0)
        rows.append([" x ".join(map(str, SIZES[size])), str(len(some)), f"{mean:.2f}", f"{most:.2f}", f"{work:.2f}"])
    return rows


def _work() -> float:
    """Return the seconds that cores have worked for this process and those it started."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def log_scores(seed: int, numbers: range) -> list[list[float]]:
    """Return, for each clip drawn of the seed, the logarithm of the probability of what is so, with each value of FIT.

    Clips are of the smallest size, in which most is in doubt, and are read as a video's frames are.
    """
    cv2.setNumThreads(1)
    reader, scores = Reader(), []
    for number in numbers:
        clip = draw_legible(seed, number, SIZES[0])
        shown = (Frame(i / RATE, grayed(clip.frame(i / RATE).bgr)) for i in range(RATE * SECONDS))
        decisions = watch(shown, reader.search, "photo").decisions
        scores.append([_log_score(decisions, reader, clip.vin, *one) for one in _tried()])
    return scores


def _tried() -> list[tuple[str, float]]:
    return [(name, value) for name, values in FIT.items() for value in values]


def _log_score(decisions: Sequence[Decision], reader: Reader, vin: str, name: str, value: float) -> float:
    usual = getattr(frames, name)
    setattr(frames, name, value)
    best = frames.vins_in_clip(decisions, reader.search.judge, None)[0]
    setattr(frames, name, usual)
    right = best.line is not None and best.line.vin == vin
    return float(np.log(max(best.chance if right else 1 - best.chance, 1e-4)))


def fit(seed: int, jobs: Sequence[range], workers: int) -> None:
    """Print the mean log score with each value of FIT, the others as they are, on clips that are not measured on."""
    work = partial(log_scores, seed + FITTED)
    done = tqdm(shared_out(work, jobs, workers), total=len(jobs), desc="fitting", unit="job")
    scores = np.array([one for some in done for one in some])
    apart = scores - scores[:, [scores.mean(axis=0).argmax()]]
    rows = [
        (f"{name} {value:g}", f"{mean:.4f}", f"{gap.std() / np.sqrt(len(gap)):.4f}")
        for (name, value), mean, gap in zip(_tried(), scores.mean(axis=0), apart.T, strict=True)
    ]
    show("frames_fit", ("with", "mean log score", "standard error of its distance to the best"), rows, write=False)


def run_all(args: argparse.Namespace, folder: Path, jobs: Sequence[range], write: bool) -> None:
    """Draw, read and print."""
    work: Any = partial(read_videos, folder, args.seed)
    done = tqdm(shared_out(work, jobs, args.workers), total=len(jobs), desc="reading videos", unit="job")
    videos: list[Video] = [one for some in done for one in some]
    header = ("read", "wrong", "wrong, right if calm", "accepted", "of those wrong", "calibration error")
    show("frames", header, [row(way, videos) for way in videos[0].read], write)
    print(
        f"{len(videos)} videos, {sum(one.calm for one in videos)} of which read right if calm; "
        f"{sum(one.others > 0 for one in videos)} with a second VIN",
        file=sys.stderr,
    )
    work = partial(read_cars, folder, args.seed)
    cars = [one for some in shared_out(work, _jobs(args.cars), args.workers) for one in some]
    header = ("from car to car", "videos", "both right", "both right and accepted", "others accepted")
    show("frames_cars", header, cars_rows(cars), write)
    header = ("frames", "videos", "mean", "most", "of work, mean")
    paths = [drawn(folder, args.seed, number) for number in range(min(TIMED, args.count))]
    show("frames_time", header, time_rows(paths), write)


def _jobs(count: int) -> list[range]:
    return [range(first, min(first + SOME, count)) for first in range(0, count, SOME)]


def main() -> None:
    """Draw, read, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="videos")
    parser.add_argument("--cars", type=int, default=50, help="videos of two cars")
    parser.add_argument("--clips", type=Path, help="keep what is drawn in this folder")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    jobs = _jobs(args.count)
    if args.fit:
        fit(args.seed, jobs, args.workers)
        return
    with tempfile.TemporaryDirectory() as folder:
        run_all(args, args.clips or Path(folder), jobs, args.write)


if __name__ == "__main__":
    main()
