"""Frames of one VIN read as one: what is the same VIN, what several frames know together, and what the reader gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vinchar.reader import Reader

IMAGES = Path(__file__).parents[1] / "images"
CLEAR, OTHER = IMAGES / "photos" / "door-label-white.jpg", IMAGES / "photos" / "windscreen-metal-plate.jpg"


@pytest.fixture(scope="module")
def shipped() -> Reader:
    return Reader()


@pytest.mark.parametrize("picture", [CLEAR, IMAGES / "strips" / "dots-print-light.png", IMAGES / "glyphs" / "8.png"])
def test_one_frame_gives_what_read_gives(shipped: Reader, picture: Path) -> None:
    assert shipped.read_frames([picture]) == shipped.read(picture)
    assert shipped.read_frames([picture], names=["first"]).image == "first"


def test_a_frame_that_cannot_be_used_costs_itself(shipped: Reader, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(CLEAR.read_bytes()[:99])
    reading = shipped.read_frames([broken, CLEAR, tmp_path / "gone.jpg"])
    assert reading == shipped.read(CLEAR)
    none = shipped.read_frames([broken, tmp_path / "gone.jpg"], names=["a", "b"])
    assert (none.status, none.image, none.vin) == ("error", "a", None)
    assert none.reasons


def test_what_is_not_several_pictures_is_refused(shipped: Reader) -> None:
    with pytest.raises(ValueError, match="got one PosixPath, expected several"):
        shipped.read_frames(CLEAR)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="got one ndarray"):
        shipped.read_frames(np.zeros((9, 9), np.uint8))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="got 0"):
        shipped.read_frames([])
    with pytest.raises(ValueError, match="got 1 with 2 names"):
        shipped.read_frames([CLEAR], names=["a", "b"])
    with pytest.raises(ValueError, match="kind: got 'video'"):
        shipped.read_frames([CLEAR], "video")  # type: ignore[arg-type]
