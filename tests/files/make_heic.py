"""Makes the HEIC files beside this, ``1.heic`` to ``8.heic``: the label of ``twins`` in every orientation.

No encoder of HEIC is among what the project needs: those that there are contain x265, which is under the GPL. In an
environment of its own: ``python3 -m pip install 'pillow>=13' numpy pillow-heif && python3 tests/files/make_heic.py``.
It was run with pillow-heif 1.4.0 (libheif 1.23.0, x265). The orientation is written as a transformation, ``irot`` and
``imir``, as telephones do.
"""

import sys
from pathlib import Path

import pillow_heif

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

from twins import ORIENTATIONS, exif, label, stored  # noqa: E402

if __name__ == "__main__":
    pillow_heif.register_heif_opener()
    for orientation in ORIENTATIONS:
        picture = stored(label(), orientation)
        picture.save(FOLDER / f"{orientation}.heic", quality=40, exif=exif(orientation).tobytes())
