"""Documents as drawn: what stands on them, where, and the same again for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from vinchar.drawing.documents import KINDS, draw_document
from vinchar.drawing.faces import font_faces, legible, text_faces
from vinchar.drawing.scenes import least_contrast

VINS = ("1HGCM82633A004352", "WVWZZZ1JZ3W386752", "JTDKB20U093498123")


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_drawn_with_vins_and_without(kind: str) -> None:
    for count in (0, 2):
        rng = np.random.default_rng(count)
        vins = VINS[:count]
        drawn = draw_document(rng, vins, kind)
        assert drawn.kind == kind
        assert drawn.vins == vins
        assert drawn.quads.shape == (len(vins), 17, 4, 2)
        assert drawn.gray.dtype == np.uint8
        assert min(drawn.gray.shape) > 100
        assert drawn.gray.std() > 2


def test_the_glyphs_stand_where_it_says_from_left_to_right() -> None:
    high = []
    for seed in range(8):
        drawn = draw_document(np.random.default_rng([1, seed]), VINS[:1], "form", held_out=True)
        (quads,) = drawn.quads
        assert (np.diff(quads.mean(1)[:, 0]) > 0).all()
        inside = (quads.min((0, 1)) > 0).all() and (quads.max((0, 1)) < drawn.gray.shape[::-1]).all()
        high.append(least_contrast(drawn.gray, quads) if inside else 0.0)
    assert np.mean(np.array(high) > 25) > 0.6  # some lie in glare, or hang over the edge


def test_one_seed_is_one_document() -> None:
    one, again, other = (draw_document(np.random.default_rng(seed), VINS[:1]) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.gray, again.gray)
    assert one.gray.shape != other.gray.shape or (one.gray != other.gray).any()


def test_text_is_set_in_what_a_font_has() -> None:
    face = text_faces()[0]
    assert legible("VIN: 1HG", face) == "VIN: 1HG"
    assert legible("\u0416\u4e2dA", face).endswith("A")
    for font in font_faces():
        for char in legible("Ärger & Co. №5 ЖЯ çğ", font):
            assert char == " " or font.glyph(char).size
