"""How long reading takes on this machine: ``python3 benchmarks/speed.py``. One core, models loaded, images/ read.

Prints a Markdown table: start-up beside the bare imports, a whole run over ``images/``, one strip, glyph and photo from
array to reading, and photos of 12 and 48 megapixels from file to reading with the most memory that a process of their
own took.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "images"
WIDTHS = (4000, 8000)  # pixels: photos of 12 and 48 megapixels
TIMES = 5  # that everything is done, the whole run three times
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402


def seconds(run: Callable[[], object], times: int) -> float:
    """Return the median time of ``run`` in seconds, after one run to warm up."""
    run()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def command(*arguments: str) -> Callable[[], object]:
    """Return a function that runs this Python with ``arguments``."""
    return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def large_photo(path: Path, width: int) -> None:
    """Write a drawn photo, 4 : 3 and ``width`` pixels wide, as a JPEG file with the noise of a sensor."""
    import cv2
    import numpy as np

    from vinchar.drawing.photos import draw_photo

    rng = np.random.default_rng(1)
    photo = cv2.resize(
        draw_photo(rng, place="label", calm=True).bgr, (width, width * 3 // 4), interpolation=cv2.INTER_CUBIC
    )
    noise = np.empty(photo.shape, np.int8)
    cv2.randn(noise, (0, 0, 0), (3, 3, 3))
    cv2.imwrite(str(path), cv2.add(photo, noise, dtype=cv2.CV_8U), [cv2.IMWRITE_JPEG_QUALITY, 92])


def most_memory(path: Path) -> float:
    """Return the most resident memory, in MB, of a process that reads one picture (Linux)."""
    code = "import sys, vinchar; vinchar.read(sys.argv[1]); print(open('/proc/self/status').read())"
    run = subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(run.stdout.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def main() -> None:
    """Measure, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    import cv2

    from vinchar.imaging import find_pictures, load
    from vinchar.reader import Reader

    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):  # for the processes started here
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pictures = find_pictures([IMAGES]).paths
    bare = seconds(command("-c", "import cv2, numpy, onnxruntime"), TIMES)
    whole = seconds(command("inference.py", str(IMAGES)), min(TIMES, 3))
    rows = [
        ("import cv2, numpy, onnxruntime", f"{bare * 1000:.0f} ms"),
        ("inference.py images, whole run", f"{whole * 1000:.0f} ms, {len(pictures)} pictures"),
        ("its bound: 3 imports and 50 ms a picture", f"{(3 * bare + 0.05 * len(pictures)) * 1000:.0f} ms"),
        ("making a Reader", f"{seconds(Reader, TIMES) * 1000:.0f} ms"),
    ]
    reader = Reader()
    for kind, folder in (("glyph", "glyphs"), ("strip", "strips"), ("photo", "photos")):
        arrays = [load(path) for path in find_pictures([IMAGES / folder]).paths]
        taken = [seconds(lambda a=array, k=kind: reader.read(a, k), TIMES) for array in arrays]  # type: ignore[misc]
        rows.append(
            (
                f"one {kind}, array to reading",
                f"{statistics.mean(taken) * 1000:.1f} ms, at most {max(taken) * 1000:.1f}",
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        for width in WIDTHS:
            path = Path(folder) / f"{width}.jpg"
            large_photo(path, width)
            decoding = seconds(lambda p=path: load(p), min(TIMES, 3))  # type: ignore[misc]
            reading = seconds(lambda p=path: reader.read(p), min(TIMES, 3))  # type: ignore[misc]
            said = (
                f"{reading * 1000:.0f} ms, of these {decoding * 1000:.0f} decoding; {most_memory(path):.0f} MB at most"
            )
            rows.append((f"a JPEG of {width * width * 3 // 4 // 10**6} megapixels, file to reading", said))
    show("speed", ("what", "time"), rows, args.write)


if __name__ == "__main__":
    main()
