from __future__ import annotations

import numpy as np

from vinchar.barcode import vins_in
from vinchar.drawing.dots import BITMAPS
from vinchar.drawing.other_text import TEXTS, line, texture
from vinchar.drawing.skeletons import SKELETONS
from vinchar.structure.store import shipped


def test_no_drawn_text_is_a_vin() -> None:
    """Neither as it stands nor with I, O and Q taken for the digits they look like.

    Lines of documents may hold any code, even of 17 characters, but none that is likelier as a VIN.
    """
    for kind, (_, draw) in TEXTS.items():
        rng = np.random.default_rng(3)
        for _ in range(300):
            text = draw(rng)
            assert 4 < len(text) < 40, kind
            vins = [*vins_in(text), *vins_in(text.translate(str.maketrans("IOQ", "100")))]
            if draw is line:
                assert max(map(shipped().likeness, vins), default=-1) < 0, text
            else:
                assert vins == [], (kind, text)


def test_faces_of_strokes_and_dots_have_every_character_of_the_texts() -> None:
    texts = {draw(np.random.default_rng(seed)) for _, draw in TEXTS.values() for seed in range(200)}
    characters = set("".join(texts)) - {" "}
    assert characters <= {*SKELETONS, "9"}  # a 6 on its head
    assert characters <= set(BITMAPS)


def test_textures_differ_and_hold_contrast() -> None:
    pictures = [texture(np.random.default_rng(seed)) for seed in range(12)]
    assert all(picture.shape == (480, 640) and picture.std() > 5 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 12
