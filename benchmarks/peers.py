"""This reader beside general OCR, in one run: ``python3 benchmarks/peers.py FOLDER...``.

Each FOLDER holds labelled pictures and their ``labels.csv`` (columns image, vin). RapidOCR and Tesseract take part
where they are installed (``pip install rapidocr``; ``pip install pytesseract`` and the program tesseract), each with
what helps it: I, O and Q are taken for 1 and 0, only a window of 17 characters counts, of these one that obeys the
check digit, else the surest, and a picture that is a strip already goes to the recogniser alone first. With
``--write`` the rows of readers that are not installed stay as they were kept.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import kept, show  # noqa: E402
from tqdm import tqdm  # noqa: E402

from vinchar.evaluation.metrics import binomial_interval, character_error_rate, exact_match  # noqa: E402
from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.imaging import load  # noqa: E402
from vinchar.kind import guess_kind  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.vin import ALPHABET, LENGTH, check_digit_status  # noqa: E402

Read = Callable[[Path], tuple[str | None, bool]]  # what stands in a picture, and whether the reader is sure of it
Lines = Sequence[tuple[str, float]]  # lines of text and how sure of each the OCR is
ALIKE = str.maketrans("IOQ", "100")


def best_window(lines: Lines) -> str | None:
    """Return 17 characters of a line, by check digit and by how sure it is; where there are no 17, the longest line."""
    cleaned = [("".join(c for c in text.upper().translate(ALIKE) if c in ALPHABET), score) for text, score in lines]
    windows = [
        (check_digit_status(part) == "valid", score, part)
        for text, score in cleaned
        for part in (text[i : i + LENGTH] for i in range(len(text) - LENGTH + 1))
    ]
    if windows:
        return max(windows)[-1]
    return max((text for text, _ in cleaned), key=len, default=None)


def vinchar() -> Read:
    """Return this reader."""
    reader = Reader()

    def read(path: Path) -> tuple[str | None, bool]:
        reading = reader.read(path)
        return reading.vin, reading.status == "ok"

    return read


def rapidocr() -> Read:
    """Return RapidOCR with its default models."""
    import logging

    from rapidocr import RapidOCR

    engine = RapidOCR()
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)

    def lines(path: Path, whole: bool) -> Lines:
        found = engine(str(path), use_det=whole, use_cls=whole, use_rec=True)  # it keeps what it was last told
        return list(zip(found.txts or (), found.scores or (), strict=True))

    def read(path: Path) -> tuple[str | None, bool]:
        text = None
        if guess_kind(load(path)) == "strip":
            text = best_window(lines(path, whole=False))
        if text is None or len(text) < LENGTH:
            text = best_window(lines(path, whole=True)) or text
        return text, False

    return read


def tesseract() -> Read:
    """Return Tesseract, with its page segmentation for one line or for sparse text."""
    import cv2
    import pytesseract

    def read(path: Path) -> tuple[str | None, bool]:
        gray = load(path)
        strip = guess_kind(gray) == "strip"
        if strip:  # it wants glyphs of about 30 pixels
            gray = cv2.resize(gray, None, fx=48 / gray.shape[0], fy=48 / gray.shape[0], interpolation=cv2.INTER_CUBIC)
        config = f"--psm {7 if strip else 11} -c tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        text = pytesseract.image_to_string(gray, config=config)
        return best_window([(line, 0.0) for line in text.splitlines()]), False

    return read


READERS: dict[str, tuple[Callable[[], Read], Callable[[], bool]]] = {
    "vinchar": (vinchar, lambda: True),
    "RapidOCR": (rapidocr, lambda: importlib.util.find_spec("rapidocr") is not None),
    "Tesseract": (tesseract, lambda: bool(shutil.which("tesseract") and importlib.util.find_spec("pytesseract"))),
}


def main() -> None:
    """Read every folder with every reader that is here, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    sets = [(folder.name, labelled_pictures(folder / "labels.csv", folder)) for folder in args.folders]
    readers = {name: make() for name, (make, here) in READERS.items() if here()}
    for name in READERS.keys() - readers.keys():
        print(f"{name} is not installed and left out", file=sys.stderr)
    rows = []
    for folder, known in sets:
        truths = [label.text for _, label in known]
        for name, read in readers.items():
            read(known[0][0])  # to warm up
            said, taken = [], []
            for path, _ in tqdm(known, desc=f"{folder}, {name}", unit="picture"):
                started = time.perf_counter()
                said.append(read(path))
                taken.append(1000 * (time.perf_counter() - started))
            texts = [text for text, _ in said]
            right = [text == truth for text, truth in zip(texts, truths, strict=True)]
            sure = [one for one, (_, ok) in zip(right, said, strict=True) if ok]
            low, high = binomial_interval(sum(right), len(right))
            rows.append(
                (
                    *(folder, len(known), name, f"{exact_match(truths, texts):.3f} ({low:.3f} to {high:.3f})"),
                    f"{character_error_rate(truths, texts):.3f}",
                    *((f"{len(sure) / len(right):.3f}", f"{sum(sure) / len(sure):.3f}") if sure else ("-", "-")),
                    f"{statistics.mean(taken):.0f}, {statistics.median(taken):.0f}",
                )
            )
    header = ("pictures", "n", "reader", "exact match (95 % interval)", "character error rate", "accepted")
    show("accuracy", (*header, "accuracy of accepted", "ms a picture: mean, median"), _with_kept(rows), args.write)


def _with_kept(rows: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    """Return the rows, and after those of each folder what is kept of readers that are not here today."""
    before = (kept("accuracy") or {"rows": []})["rows"]
    readers, folders = {row[2] for row in rows}, dict.fromkeys(row[0] for row in rows)
    return [
        row
        for folder in folders
        for row in (
            *(row for row in rows if row[0] == folder),
            *(row for row in before if row[0] == folder and row[2] not in readers),
        )
    ]


if __name__ == "__main__":
    main()
