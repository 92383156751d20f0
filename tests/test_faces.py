"""Faces: every glyph drawn, told apart, spaced, the same from the same seed, and every font with its licence."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from vinchar.drawing import faces
from vinchar.drawing.dots import dot_face
from vinchar.drawing.faces import (
    CAP_HEIGHT,
    FONT_FOLDER,
    FONT_SUFFIXES,
    HELD_OUT,
    MARKS,
    Face,
    FontFace,
    font_faces,
    sample_face,
    text_faces,
)
from vinchar.drawing.strokes import StrokeFace, Style, stroke_face
from vinchar.vin import ALPHABET

FONTS = [*font_faces(), *font_faces(held_out=True)]
MONOSPACED = [face for face in FONTS if "mono" in face.name or face.family in ("cousine", "courier-prime", "ocr-b")]
DRAWN: list[Face] = [draw(np.random.default_rng(seed)) for seed in range(40) for draw in (stroke_face, dot_face)]


def image(face: Face, char: str) -> np.ndarray:
    return cv2.resize(face.glyph(char), (24, 32), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """The share of the ink of both glyphs that only one of them has."""
    return float(np.abs(one - other).sum() / np.maximum(one, other).sum())


def assert_draws_the_alphabet(face: Face) -> None:
    for char in ALPHABET:
        mask = face.glyph(char)
        assert mask.dtype == np.uint8
        assert mask.shape[0] == CAP_HEIGHT, (face.name, char)
        assert mask.max() > 200, (face.name, char)
        assert mask[:, 0].any(), (face.name, char, "not tight")
        assert mask[:, -1].any(), (face.name, char, "not tight")
        rows = np.flatnonzero(mask.max(axis=1) > 60)
        assert rows[-1] - rows[0] >= 0.85 * CAP_HEIGHT, (face.name, char, "too low")
        assert 0 < face.advance(char) < 3 * CAP_HEIGHT
        assert abs(face.bearing(char)) < CAP_HEIGHT
    images = {char: image(face, char) for char in ALPHABET}
    for one, other in itertools.combinations(ALPHABET, 2):
        least = 0.04 if {one, other} in ({"0", "D"}, {"8", "B"}) else 0.06
        assert difference(images[one], images[other]) > least, (face.name, one, other)


@pytest.mark.parametrize("face", FONTS, ids=lambda face: face.name)
def test_every_font_draws_the_alphabet(face: FontFace) -> None:
    assert_draws_the_alphabet(face)


def test_stroke_and_dot_faces_draw_the_alphabet() -> None:
    for face in DRAWN:
        assert_draws_the_alphabet(face)


def test_every_face_draws_the_marks() -> None:
    for face in [*FONTS, *DRAWN[:20]]:
        for mark in MARKS:
            assert face.glyph(mark).shape[0] == CAP_HEIGHT
            assert face.glyph(mark).max() > 200, (face.name, mark)
            assert face.advance(mark) > 0


def test_a_full_star_holds_more_ink_than_a_hollow_one() -> None:
    face = StrokeFace(Style(pen=0.06))
    assert face.glyph("\u2605").sum() > 1.2 * face.glyph("\u2606").sum()


def test_there_are_sixty_families_each_with_its_licence() -> None:
    folders = [folder for folder in FONT_FOLDER.iterdir() if folder.is_dir()]
    assert len(folders) >= 60
    for folder in folders:
        licence = (folder / "LICENSE").read_text(encoding="utf-8")
        assert len(licence) > 1000 or "Public Domain" in licence, folder.name
        assert any(path.suffix in FONT_SUFFIXES for path in folder.iterdir()), folder.name
        assert all(path.name == "LICENSE" or path.suffix in FONT_SUFFIXES for path in folder.iterdir()), folder.name
        assert f"| {folder.name} |" in (FONT_FOLDER / "README.md").read_text(encoding="utf-8")


def test_held_out_families_are_apart_from_the_training_ones() -> None:
    trained, held = {f.family for f in font_faces()}, {f.family for f in font_faces(held_out=True)}
    assert held == set(HELD_OUT)
    assert not trained & held
    rng = np.random.default_rng(3)
    for _ in range(100):
        face = sample_face(rng, held_out=True)
        assert isinstance(face, FontFace)
        assert face.family in held
        face = sample_face(rng)
        assert not isinstance(face, FontFace) or face.family in trained


def test_a_seed_gives_one_face() -> None:
    for seed in range(12):
        first, second = (sample_face(np.random.default_rng(seed)) for _ in range(2))
        for char in ALPHABET + MARKS:
            np.testing.assert_array_equal(first.glyph(char), second.glyph(char))
            assert first.advance(char) == second.advance(char)


def test_the_mixture_holds_every_kind() -> None:
    rng = np.random.default_rng(0)
    names = [sample_face(rng).name for _ in range(400)]
    assert 0.45 < np.mean([name not in ("stroke", "dots-5x7", "dots-7x9") for name in names]) < 0.65
    assert {"stroke", "dots-5x7", "dots-7x9"} < set(names)


def test_two_stroke_faces_differ() -> None:
    faces = [stroke_face(np.random.default_rng(seed)) for seed in range(20)]
    for one, other in itertools.combinations(faces, 2):
        assert max(difference(image(one, char), image(other, char)) for char in ALPHABET) > 0.1


@pytest.mark.parametrize("face", MONOSPACED, ids=lambda face: face.name)
def test_monospaced_fonts_advance_alike(face: FontFace) -> None:
    advances = [face.advance(char) for char in ALPHABET]
    assert max(advances) - min(advances) < 0.01 * CAP_HEIGHT


def test_glyphs_of_a_font_do_not_overlap_much() -> None:
    for face in FONTS:
        for char in ALPHABET:
            right = face.bearing(char) + face.glyph(char).shape[1]
            assert right < face.advance(char) + 0.12 * CAP_HEIGHT, (face.name, char)


def test_glyphs_cannot_be_overwritten() -> None:
    for face in (FONTS[0], DRAWN[0], DRAWN[1]):
        with pytest.raises(ValueError, match="read-only"):
            face.glyph("A")[0, 0] = 1


def test_a_character_that_a_font_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a character that the font has"):
        FONTS[0].glyph("\u4e00")


def test_a_nine_is_a_six_on_its_head() -> None:
    face = StrokeFace(Style(forms={}, waist=0.5))
    assert difference(image(face, "9"), image(face, "6")[::-1, ::-1]) < 0.1


def test_an_upright_pen_is_as_wide_as_asked() -> None:
    for pen in (0.06, 0.1, 0.16):
        stem = StrokeFace(Style(pen=pen)).glyph("L")[CAP_HEIGHT // 2].sum() / 255
        assert stem == pytest.approx(pen * CAP_HEIGHT, abs=0.8)


def test_every_font_of_training_can_set_sentences() -> None:
    assert list(text_faces()) == font_faces()


def test_what_a_plate_face_lacks_is_drawn_with_its_stem(monkeypatch: pytest.MonkeyPatch) -> None:
    font = font_faces()[0]
    drawn = font.glyph("O")
    monkeypatch.setattr(faces, "_has", lambda path, char: char not in "OW.")
    faces._font_glyph.cache_clear()
    assert not np.array_equal(font.glyph("O"), drawn)
    for char in "W.":
        with pytest.raises(ValueError, match="expected a character that the font has"):
            font.glyph(char)
    faces._font_glyph.cache_clear()
