"""Does reading hold: ``python3 benchmarks/endurance.py [--files 10000] [--pictures 1000]``.

Reads the project's sample files whole, then mutated copies of them in five formats (bytes changed, cut out, doubled,
cut short), in one process. Prints the slowest file, and the resident memory after the first 50, half way and after the
last of each. A crash ends it with a traceback; the file that did it lies in the working folder as ``crash.bin``.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.imaging import find_pictures, load  # noqa: E402
from vinchar.reader import Reader  # noqa: E402

FORMATS = (".jpg", ".png", ".bmp", ".webp", ".tiff")
SETTLED = 50  # readings after which everything that stays in memory is there


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Return the bytes with one to four damages."""
    out = bytearray(data)
    for _ in range(int(rng.choice([1, 1, 2, 4]))):
        at = int(rng.integers(len(out))) if len(out) else 0
        size = int(rng.integers(1, 64))
        match int(rng.choice(5, p=[0.35, 0.2, 0.2, 0.1, 0.15])):
            case 0:
                out[at : at + size] = rng.bytes(len(out[at : at + size]))
            case 1:
                del out[at : at + size]
            case 2:
                out[at:at] = out[at : at + size]
            case 3:
                del out[at:]
            case _:
                head = int(rng.integers(min(len(out), 64) or 1))  # sizes, types and depths stand at the beginning
                out[head : head + 2] = rng.bytes(2)
    return bytes(out)


def resident() -> float:
    """Return the resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def endure(name: str, count: int, read: Callable[[int], str]) -> None:
    """Call ``read`` for every number below ``count`` and print time, memory and what it returned."""
    slowest, settled, half = 0.0, 0.0, 0.0
    ends: collections.Counter[str] = collections.Counter()
    for i in tqdm(range(count), desc=name, unit="file", mininterval=2):
        started = time.perf_counter()
        ends[read(i)] += 1
        slowest = max(slowest, time.perf_counter() - started)
        settled = resident() if i == SETTLED - 1 else settled
        half = resident() if i == count // 2 else half
    said = ", ".join(f"{number} {status}" for status, number in ends.most_common())
    print(
        f"| {name} | {count} | {said} | {slowest:.2f} s | {settled:.0f}, {half:.0f}, {resident():.0f} MB |", flush=True
    )


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--pictures", type=int, default=1_000)
    args = parser.parse_args()
    paths = find_pictures([ROOT / "images"]).paths
    samples = [path.read_bytes() for path in paths]
    written = [cv2.imencode(suffix, load(path, color=True))[1].tobytes() for suffix in FORMATS for path in paths]
    reader = Reader()

    def read_mutated(i: int) -> str:
        rng = np.random.default_rng([1, i])
        data = mutated(written[int(rng.integers(len(written)))], rng)
        try:
            return reader.read(data).status
        except BaseException:
            Path("crash.bin").write_bytes(data)
            raise

    print("| what | n | ended as | slowest | memory after 50, half, all |\n| --- | --- | --- | --- | --- |")
    endure("pictures", args.pictures, lambda i: reader.read(samples[i % len(samples)]).status)
    endure("mutated files", args.files, read_mutated)


if __name__ == "__main__":
    main()
