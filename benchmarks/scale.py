"""Very many pictures: ``python3 benchmarks/scale.py [throughput] [growth] [limits] [node] [driver] [--write]``.

Draws strips and single characters, copies them with other frames and JPEG qualities, and reads them by
``vinchar batch`` on this machine. ``throughput``: beside ``inference.py --workers 2``, with the memory of both;
``growth``: one process and two; ``limits``: what a cluster will meet first; ``node``: two nodes, one of which is killed
half-way; ``driver``: the run itself is killed, and goes on. The last two say whether every picture is there exactly
once. ``--count``: pictures, instead of as many as each takes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np
import psutil
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.drawing.photos import draw_photo  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.pixels import Image  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.reading import Reading  # noqa: E402
from vinchar.scale.chunks import chunks_of, taking_over  # noqa: E402
from vinchar.scale.run import LOCAL, Listed, connected, read_chunks  # noqa: E402
from vinchar.scale.sources import Passed, list_files  # noqa: E402
from vinchar.scale.storage import folder_at  # noqa: E402

DISTINCT = 100  # pictures drawn
WIDTH = 400  # of a strip, pixels
SURE = 0.99  # what reads so surely reads fast, so that all else shows
COUNTS = {"throughput": 100_000, "growth": 8000, "limits": 40_000, "node": 8000, "driver": 8000}
WORKERS = 2


def draw_pictures(count: int, folder: Path) -> None:
    """Write drawn strips that read surely and single characters, as many of each, and copies of them, as JPEG files."""
    reader, drawn = Reader(), []
    seeds = iter(range(100 * DISTINCT))
    while len(drawn) < DISTINCT:
        rng = np.random.default_rng([11, next(seeds)])
        photo = draw_photo(rng, vin=draw_vin(rng, uniform=0.0), calm=True, small=True)
        whole, glyph = cut_out(photo.bgr, photo.quads, 12), cut_out(photo.bgr, photo.quads[:1], 4)
        strip = cv2.resize(whole, (WIDTH, round(whole.shape[0] * WIDTH / whole.shape[1])), interpolation=cv2.INTER_AREA)
        if reader.read(strip).confidence > SURE and reader.read(glyph).kind == "glyph":
            drawn += [strip, glyph]
    for i in tqdm(range(count), desc="pictures", unit="picture"):
        picture, variant = drawn[i % DISTINCT], i // DISTINCT
        left, top = variant % 3, variant // 3 % 3
        path = folder / f"{i // 1000:03d}" / f"{i:06d}.jpg"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), picture[top:, left:], [cv2.IMWRITE_JPEG_QUALITY, 60 + variant % 40])


def cut_out(picture: Image, quads: NDArray[np.float32], margin: int) -> Image:
    """Return the part of a picture in which quads lie, with a margin of so many pixels."""
    (left, top), (right, bottom) = quads.min((0, 1)).astype(int) - margin, quads.max((0, 1)).astype(int) + margin
    return picture[max(top, 0) : bottom, max(left, 0) : right]


def memory_of(process: int) -> dict[str, float]:
    """Return the resident MB of a run: of its own process, of those that read, and of all others that it started."""
    run = psutil.Process(process)
    found = Counter(run=run.memory_info().rss / 1e6)
    for child in run.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            words = " ".join(child.cmdline())
            reads = "spawn_main" in words or "ChunkReader" in words
            found["reading" if reads else "others"] += child.memory_info().rss / 1e6
    return dict(found)


@contextmanager
def watched(process: int, samples: list[dict[str, float]], every: float = 5.0) -> Iterator[None]:
    """Add the memory of a process to ``samples`` every so many seconds."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            with suppress(psutil.NoSuchProcess):
                samples.append(memory_of(process))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def run(command: Sequence[str | Path], samples: list[dict[str, float]] | None = None) -> tuple[float, str]:
    """Run a command; return its seconds and what it said on standard error."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said, env=environment()
        )
        with watched(process.pid, [] if samples is None else samples):
            process.wait()
        said.seek(0)
        text = said.read().decode(errors="replace")
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: ended with {process.returncode}\n{text}")
    return time.monotonic() - started, text


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def batch(source: Path, out: Path, *flags: object) -> list[str | Path]:
    return [sys.executable, "-m", "vinchar", "batch", source, "--out", out, *map(str, flags)]


def in_it(out: Path) -> list[str]:
    """Return the files whose readings are in a folder, as often as they are."""
    return [name for part in parts(out) for name in pq.read_table(part, columns=["file"])["file"].to_pylist()]


def parts(out: Path) -> list[Path]:
    return sorted(out.glob("part-*.parquet"))


def wait_for_half(out: Path, count: int) -> None:
    """Wait until half of the pictures are read."""
    while sum(pq.read_metadata(part).num_rows for part in parts(out)) < count // 2:
        time.sleep(0.5)


def verdict(out: Path, count: int) -> str:
    """Say whether every picture is there exactly once."""
    found = in_it(out)
    return f"{len(set(found))} of {count} pictures, {len(found) - len(set(found))} twice"


def throughput(pictures: Path, count: int, folder: Path) -> list[tuple[str, ...]]:
    """Read all by ``inference.py`` and by ``vinchar batch``."""
    rows, rates = [], []
    commands: dict[str, list[str | Path]] = {
        f"inference.py --workers {WORKERS}": [
            *(sys.executable, ROOT / "inference.py", pictures, "--workers", str(WORKERS)),
            *("--output", folder / "read.jsonl"),
        ],
        f"vinchar batch --workers {WORKERS}": batch(pictures, folder / "all", "--workers", WORKERS),
    }
    for name, command in commands.items():
        samples: list[dict[str, float]] = []
        seconds, said = run(command, samples)
        print(said.splitlines()[-2:], file=sys.stderr)
        rates.append(count / seconds)
        third = len(samples) // 3
        memory = [
            " to ".join(
                f"{np.median([one.get(of, 0.0) for one in some]):.0f}" for some in (samples[:third], samples[-third:])
            )
            for of in ("run", "reading", "others")
        ]
        rows.append((name, str(count), f"{rates[-1]:.1f}", f"{rates[-1] / rates[0]:.2f}", *memory))
    print(verdict(folder / "all", count), file=sys.stderr)
    return rows


def growth(pictures: Path, count: int, folder: Path) -> list[tuple[str, ...]]:
    """Read all with one process and with two; leave out what starting takes."""
    rows, rates = [], []
    for workers in range(1, WORKERS + 1):
        _, said = run(batch(pictures, folder / f"by-{workers}", "--workers", workers))
        rates.append(float(said.split(" a second")[0].split()[-1]))
        rows.append((str(workers), str(count), f"{rates[-1]:.1f}", f"{rates[-1] / rates[0]:.2f}"))
    return rows


class NoReader:
    """Reads nothing, so that all else shows."""

    def read(self, picture: Image, kind: str) -> Reading:
        return Reading(None, "photo", None, "not_found")


def limits(pictures: Path, count: int, folder: Path) -> list[tuple[str, ...]]:
    """Measure what grows with the cluster: listing, and the seconds of this process that a chunk takes."""
    started = time.monotonic()
    listed = sum(len(chunk) for chunk in chunks_of(list_files([str(pictures)], Passed())))
    rows = [
        ("files listed a second, in folders of 1,000 on this machine", f"{listed / (time.monotonic() - started):.0f}")
    ]
    out = folder_at(str(folder / "limits"))
    with connected(LOCAL, WORKERS) as workers:
        listing = Listed(list_files([str(pictures)], Passed()), set())
        started, used = time.monotonic(), time.process_time()
        with taking_over(out) as run_name:
            answers = sum(1 for _ in read_chunks(listing, NoReader, "auto", out, run_name, workers))
        used, took = time.process_time() - used, time.monotonic() - started
    return [
        *rows,
        (f"pictures a second through {WORKERS} processes, if reading took no time", f"{count / took:.0f}"),
        ("milliseconds of the run's own process, a chunk", f"{1000 * used / answers:.1f}"),
    ]


def node(pictures: Path, count: int, folder: Path) -> str:
    """Read all on two nodes with one core each, and kill one half-way."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    out = folder / "nodes"
    command = batch(pictures, out, "--address", cluster.address)
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, env=environment())
    wait_for_half(out, count)
    cluster.remove_node(second, allow_graceful=False)
    process.wait()
    cluster.shutdown()
    return verdict(out, count)


def driver(pictures: Path, count: int, folder: Path) -> str:
    """Kill the run half-way, and let it go on."""
    out = folder / "killed"
    command = batch(pictures, out, "--workers", WORKERS)
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, env=environment())
    wait_for_half(out, count)
    process.kill()
    process.wait()
    run([*command, "--resume"])
    return verdict(out, count)


def main() -> None:
    """Measure, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*COUNTS, []], metavar="WHAT")
    parser.add_argument("--count", type=int, help="pictures")
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    for what in args.what or COUNTS:
        count = args.count or COUNTS[what]
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            pictures = folder / "pictures"
            pictures.mkdir()
            draw_pictures(count, pictures)
            if what == "throughput":
                header = ("command", "pictures", "a second", "times", "MB: the run", "its readers", "Ray's others")
                show("scale", header, throughput(pictures, count, folder), args.write)
            elif what == "growth":
                show(
                    "scale_growth",
                    ("readers", "pictures", "a second", "times"),
                    growth(pictures, count, folder),
                    args.write,
                )
            elif what == "limits":
                show("scale_limits", ("what", "measured"), limits(pictures, count, folder), args.write)
            else:
                came = {"node": node, "driver": driver}[what](pictures, count, folder)
                show(f"scale_{what}", ("killed", "read"), [(what, came)], args.write)


if __name__ == "__main__":
    main()
