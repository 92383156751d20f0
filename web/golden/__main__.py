"""``python3 -m web.golden [STAGE ...]`` writes ``web/test/golden/STAGE.json.gz``, of those named or of all.

The same every time, on one kind of processor.
"""

from __future__ import annotations

import sys

import cv2

from web.golden import STAGES
from web.golden.files import write, write_archives


def main(names: list[str]) -> None:
    cv2.setNumThreads(1)
    for name in names or STAGES:
        write(name, STAGES[name]())
    if not names:
        write_archives()


if __name__ == "__main__":
    main(sys.argv[1:])
