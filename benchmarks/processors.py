"""Do readings depend on the processor? ``python3 benchmarks/processors.py FOLDER...``.

Reads all pictures in the folders in processes of their own: with one thread, with as many as there are, and with an
OpenCV that is told not to use AVX and FMA. Prints how many readings, and how many statuses, are not those of one
thread, and by how much a confidence differs at most.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

# Threads of OpenCV, which ONNX Runtime's are as many as, and what OpenCV is told not to use.
WAYS = {"all threads": (os.cpu_count() or 1, ""), "one thread, without AVX and FMA": (1, "AVX2,FMA3,AVX")}
READ = """
import json, sys
import cv2
cv2.setNumThreads(int(sys.argv[1]))
from vinchar import Reader
from vinchar.imaging import find_pictures
for one in Reader().read_many(find_pictures(sys.argv[2:]).paths):
    print(one.to_json())
"""


def readings(folders: list[Path], threads: int, without: str) -> list[dict[str, object]]:
    """Return what a process of its own reads, as ``Reading.to_dict``."""
    own = {"OPENCV_CPU_DISABLE": without} if without else {}
    run = subprocess.run(
        [sys.executable, "-c", READ, str(threads), *(str(folder.resolve()) for folder in folders)],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def main() -> None:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    first, rows = readings(args.folders, 1, ""), []
    for name, how in WAYS.items():
        pairs = list(zip(first, readings(args.folders, *how), strict=True))
        vins, statuses = (sum(a[key] != b[key] for a, b in pairs) for key in ("vin", "status"))
        most = max(abs(float(str(a["confidence"])) - float(str(b["confidence"]))) for a, b in pairs)
        rows.append((name, len(pairs), vins, statuses, f"{most:.3f}"))
    header = ("beside one thread", "pictures", "other readings", "other statuses", "confidence differs by at most")
    show("processors", header, rows, args.write)


if __name__ == "__main__":
    main()
