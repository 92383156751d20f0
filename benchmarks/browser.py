"""The browser beside Python: ``python3 benchmarks/browser.py [PICTURE ...] [--photos FOLDER] [--write]``.

Reads pictures, by default those of ``images/``, and JPEGs of 12 megapixels that some of them are enlarged to, with a
``Reader`` on one core and with ``web/dist/`` in Chromium, each picture in turns, file to reading; the best of several
times counts. Prints how long that takes, how long a first reading takes from opening the page with nothing kept from
before, how much memory the tab has after many readings, and in what the readings differ. ``--photos``: reads pictures
of this folder, too.

Takes Playwright, a Chromium, at ``$CHROMIUM`` or ``/usr/bin/chromium``, and ``web/dist/``, which ``npm run build`` in
``web/`` makes.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.imaging import find_pictures, load  # noqa: E402
from vinchar.reader import Reader  # noqa: E402

IMAGES = ROOT / "images"
DIST = ROOT / "web" / "dist"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
TIMES = 3  # readings of each picture, the best of which counts
SOME = 40  # photos of a folder
ENLARGED = 4  # pictures that are enlarged
NEAR = 0.02  # of a character's confidence: as good as the same
LARGE, GRAIN = 12_000_000, 4.0  # pixels, and the deviation of their grain in grey levels
READINGS = (20, 200)  # after so many the memory is measured
PAGE = b"<!doctype html><title>vinchar</title><link rel=icon href=data:>"
READ = """async (address) => {
  const { read } = await import('./vinchar.js');
  const picture = await (await fetch(address)).blob();
  const started = performance.now();
  const reading = await read(picture);
  const now = performance.now();
  return { reading, took: now - started, sinceOpening: now };
}"""
Json = dict[str, Any]


class Site(ThreadingHTTPServer):
    """Serves ``web/dist/``, an empty page ``/``, and ``pictures`` by their numbers."""

    def __init__(self, pictures: Sequence[Path]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pictures = pictures
        self.address = f"http://127.0.0.1:{self.server_port}/"


class Handler(SimpleHTTPRequestHandler):
    """Answers for a ``Site``."""

    server: Site

    def translate_path(self, path: str) -> str:
        """Return the file of an address."""
        if path.startswith("/pictures/"):
            return str(self.server.pictures[int(path.rsplit("/", 1)[1])])
        return str(DIST / path.split("?")[0].lstrip("/"))

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Return what a file is; systems differ in what they call a module."""
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def end_headers(self) -> None:
        """Isolate the page from other origins, as the service and the page's own service worker do."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def do_GET(self) -> None:
        """Answer with the empty page or with a file."""
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(pictures: Sequence[Path]) -> Iterator[str]:
    """Serve a site meanwhile and yield its address."""
    with Site(pictures) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site.address
        site.shutdown()


@contextmanager
def opened(address: str) -> Iterator[tuple[Any, Any]]:
    """Start a Chromium that knows nothing from before, and yield it and the page at an address in its only tab."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        yield browser, page
        browser.close()


@dataclass
class Picture:
    """A picture, what is read in it, and how many milliseconds each time took, by who read it."""

    path: Path
    readings: dict[str, Json] = field(default_factory=dict)
    took: dict[str, list[float]] = field(default_factory=dict)

    def add(self, reader: str, reading: Json, took: float) -> None:
        """Add one reading."""
        self.readings[reader] = reading
        self.took.setdefault(reader, []).append(took)


PYTHON, BROWSER = "Python", "Chromium"


def read_all(pictures: Sequence[Picture], times: int) -> None:
    """Read every picture with Python and in Chromium, in turns, several times."""
    reader = Reader()
    with served([one.path for one in pictures]) as address, opened(address) as (_, page):
        page.evaluate(READ, "pictures/0")
        for _ in range(times):
            for number, picture in enumerate(tqdm(pictures, desc="reading", unit="picture")):
                started = time.perf_counter()
                reading = reader.read(picture.path).to_dict()
                picture.add(PYTHON, reading, 1000 * (time.perf_counter() - started))
                answer = page.evaluate(READ, f"pictures/{number}")
                picture.add(BROWSER, answer["reading"], answer["took"])


def time_row(name: str, pictures: Sequence[Picture]) -> list[str]:
    """Return how long pictures take, the mean and the median, and how many times as long Chromium takes."""
    best = [[min(one.took[reader]) for one in pictures] for reader in (PYTHON, BROWSER)]
    cells = [f"{statistics.mean(times):.0f} ({statistics.median(times):.0f})" for times in best]
    middle = statistics.median(browser / python for python, browser in zip(*best, strict=True))
    ratio = statistics.mean(best[1]) / statistics.mean(best[0])
    return [name, str(len(pictures)), *cells, f"{ratio:.1f} ({middle:.1f})"]


def first_reading(path: Path) -> float:
    """Return the seconds from opening the page to the first reading, with a new browser."""
    with served([path]) as address, opened(address) as (_, page):
        return float(page.evaluate(READ, "pictures/0")["sinceOpening"]) / 1000


def memory(paths: Sequence[Path]) -> list[list[str]]:
    """Return the memory of the tab after so many readings, and the most there ever was, in megabytes. Takes Linux."""
    rows: list[list[str]] = []
    most = 0
    with served(paths) as address, opened(address) as (browser, page):
        session = browser.new_browser_cdp_session()
        for count in tqdm(range(1, READINGS[-1] + 1), desc="memory", unit="picture"):
            page.evaluate(READ, f"pictures/{count % len(paths)}")
            if count not in READINGS:
                continue
            processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
            renderers = [one["id"] for one in processes if one["type"] == "renderer"]
            most = max(most, *(_kilobytes(one, "status", "VmHWM") for one in renderers))
            now = max(_kilobytes(one, "smaps_rollup", "Pss") for one in renderers)
            rows.append(
                [f"memory of the tab after {count} pictures", f"{now / 1000:.0f} MB, at most {most / 1000:.0f}"]
            )
    return rows


def _kilobytes(process: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{process}/{file}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def likeness_rows(pictures: Sequence[Picture]) -> list[list[str]]:
    """Return how alike the readings of Python and of Chromium are."""
    pairs = [(one.readings[PYTHON], one.readings[BROWSER]) for one in pictures]
    same = [sum(python[key] == browser[key] for python, browser in pairs) for key in ("vin", "status")]
    apart = [_apart(one) for one in pictures]
    far = f"{sum(one > NEAR for one in apart)} of {len(pairs)} pictures; {max(apart):.4f} at most"
    return [
        ["the same text", f"{same[0]} of {len(pairs)} pictures"],
        ["the same status", f"{same[1]} of {len(pairs)} pictures"],
        [f"a character's confidence more than {NEAR} apart", far],
    ]


def _apart(picture: Picture) -> float:
    """Return the largest difference of a character's confidence; 0 where texts differ, which is told elsewhere."""
    python, browser = (picture.readings[name] for name in (PYTHON, BROWSER))
    if python["vin"] != browser["vin"]:
        return 0.0
    both = zip(python["characters"], browser["characters"], strict=True)
    return max((abs(one["confidence"] - other["confidence"]) for one, other in both), default=0.0)


def differences(pictures: Sequence[Picture]) -> Iterator[str]:
    """Yield a line for each picture in which text, status or the confidence of a character differ."""
    for one in pictures:
        said = [[one.readings[name][key] for key in ("vin", "status", "confidence")] for name in (PYTHON, BROWSER)]
        if said[0][:2] != said[1][:2] or _apart(one) > NEAR:
            yield f"{one.path.name}: {PYTHON} {said[0]}, {BROWSER} {said[1]}"


def enlarge(path: Path, to: Path) -> None:
    """Write a picture as a JPEG of 12 megapixels, with grain, as cameras have it: a JPEG is slow by what is in it."""
    bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    by = (LARGE / (bgr.shape[0] * bgr.shape[1])) ** 0.5
    large = cv2.resize(bgr, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(1).normal(0, GRAIN, large.shape[:2])[..., None]
    large = np.clip(large + grain, 0, 255).astype(np.uint8)
    cv2.imwrite(str(to), large, [cv2.IMWRITE_JPEG_QUALITY, 92])


def _megabytes(paths: Sequence[Path]) -> float:
    return statistics.mean(path.stat().st_size for path in paths) / 1e6 if paths else 0.0


def main() -> None:
    """Read, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="*", type=Path, help="pictures or folders; by default images/")
    parser.add_argument("--photos", type=Path, help="a folder with photos, of which some are read, too")
    parser.add_argument("--some", type=int, default=SOME, help=f"how many of these; {SOME}")
    parser.add_argument("--times", type=int, default=TIMES, help=f"each is read, the best of which counts; {TIMES}")
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    for needed, how in ((DIST / "vinchar.js", "npm run build in web/ makes it"), (CHROMIUM, "set CHROMIUM")):
        if not needed.exists():
            parser.exit(3, f"{needed} is not there: {how}\n")
    cv2.setNumThreads(1)
    groups: dict[str, Sequence[Path]]
    groups = {"the pictures given" if args.pictures else "images/": find_pictures(args.pictures or [IMAGES]).paths}
    if args.photos and args.photos.is_dir():
        found = find_pictures([args.photos]).paths
        groups[f"{args.photos.name}/"] = random.Random(1).sample(found, min(args.some, len(found)))
    elif args.photos:
        print(f"{args.photos} is not there: its photos are left out", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        some = [path for path in list(groups.values())[-1] if load(path).size > 10_000][:ENLARGED]
        large = [Path(folder) / f"{i}.jpg" for i in range(len(some))]
        for path, to in zip(some, large, strict=True):
            enlarge(path, to)
        groups[f"12 megapixels, {_megabytes(large):.1f} MB"] = large
        pictures = {name: [Picture(path) for path in paths] for name, paths in groups.items() if paths}
        every = [one for group in pictures.values() for one in group]
        read_all(every, args.times)
        header = ("pictures", "how many", *(f"{name}, ms, mean (median)" for name in (PYTHON, BROWSER)), "ratio")
        show("browser", header, [time_row(name, group) for name, group in pictures.items()], args.write)
        first = statistics.median(first_reading(every[0].path) for _ in range(TIMES))
        rows = [["from opening the page to the first reading, nothing kept", f"{first:.1f} s"]]
        rows += (
            memory([one.path for one in random.Random(2).sample(every, len(every))]) if sys.platform == "linux" else []
        )
    show("browser_likeness", ("what", "measured"), [*rows, *likeness_rows(every)], args.write)
    for line in differences(every):
        print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
