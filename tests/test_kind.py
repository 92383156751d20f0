"""What a picture shows, found out from the picture alone; and a single glyph made light on black."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vinchar.imaging import load
from vinchar.kind import guess_kind, light_glyph

IMAGES = Path(__file__).parents[1] / "images"
KINDS = {"glyphs": "glyph", "strips": "strip", "photos": "photo"}


@pytest.mark.parametrize("folder", KINDS)
def test_the_kind_of_every_sample_picture_is_found_out(folder: str) -> None:
    pictures = {path.name: load(path) for path in (IMAGES / folder).iterdir()}
    assert len(pictures) >= 8
    for turned_over in (False, True):
        found = {name: guess_kind(255 - gray if turned_over else gray) for name, gray in pictures.items()}
        assert found == dict.fromkeys(pictures, KINDS[folder])


def test_a_small_photo_of_texture_is_no_glyph() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (120, 120)).astype(np.uint8)
    assert guess_kind(noise) == "photo"
    assert guess_kind(np.full((120, 120), 80, np.uint8)) == "photo"
    speck = np.full((120, 120), 80, np.uint8)
    speck[50:70, 50:70] = 200
    assert guess_kind(speck) == "photo"


@pytest.mark.parametrize("ground", [10, 90, 160, 250])
def test_a_glyph_is_made_light_on_black_whatever_it_was(ground: int) -> None:
    gray = np.full((60, 40), ground, np.uint8)
    gray[15:45, 16:24] = 255 - ground
    picture = light_glyph(gray)
    assert picture[0, 0] == 0
    assert picture[30, 20] > 240


def test_the_kind_does_not_follow_from_the_size() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 40)).astype(np.uint8)
    assert guess_kind(noise) == "photo"
