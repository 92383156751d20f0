"""Sample pictures: labelled, of the kinds named, the same from the same seed, whole or not at all."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.drawing.faces import font_faces
from vinchar.drawing.photos import draw_photo
from vinchar.drawing.printing import draw_glyph
from vinchar.training import samples
from vinchar.training.samples import GLYPHS, MAX_BYTES, PHOTOS, STRIPS, main, write_samples
from vinchar.vin import ALPHABET, check_digit


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two glyphs, a strip and a photo only."""
    monkeypatch.setattr(samples, "GLYPHS", GLYPHS[:1] + GLYPHS[-1:])
    monkeypatch.setattr(samples, "STRIPS", STRIPS[:1])
    monkeypatch.setattr(samples, "PHOTOS", PHOTOS[:1])
    monkeypatch.setattr(samples, "draw_photo", partial(draw_photo, small=True))  # coarser, and so sooner


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("few")
def test_pictures_and_labels(tmp_path: Path) -> None:
    write_samples(tmp_path / "out", seed=3)
    with (tmp_path / "out" / "labels.csv").open(newline="") as file:
        labels = {row["image"]: row["vin"] for row in csv.DictReader(file)}
    assert set(content(tmp_path / "out")) == {*labels, "labels.csv"}
    assert labels["glyphs/z.png"] == "Z"
    assert labels["photos/door-label-white.jpg"] == "1HGCM82633A004352"
    strip = labels["strips/arimo-700-print-light.png"]
    assert check_digit(strip) == strip[8]
    assert cv2.imread(str(tmp_path / "out" / "glyphs" / "z.png"), cv2.IMREAD_UNCHANGED).shape == (64, 64)
    width = cv2.imread(str(tmp_path / "out" / "strips" / "arimo-700-print-light.png")).shape[1]
    assert 200 <= width <= 700
    assert (tmp_path / "out" / "photos" / "door-label-white.jpg").stat().st_size <= MAX_BYTES


@pytest.mark.usefixtures("few")
def test_the_same_from_the_same_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "PHOTOS", ())
    for name, seed in {"a": "1", "b": "1", "c": "2"}.items():
        main([str(tmp_path / name), "--seed", seed])
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a").keys() == content(tmp_path / "c").keys()
    assert content(tmp_path / "a") != content(tmp_path / "c")


@pytest.mark.usefixtures("few")
def test_nothing_is_written_over_and_nothing_is_left_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ValueError, match="name a new or an empty folder"):
        write_samples(tmp_path)
    monkeypatch.setattr(samples, "_is_clear", lambda *_: False)
    monkeypatch.setattr(samples, "_vin", lambda rng: "1HGCM82633A004352")
    monkeypatch.setattr(
        samples, "draw_scene", lambda rng, **_: samples.Scene(np.zeros((9, 9), np.uint8), None, "", True, "print", 0.0)
    )
    with pytest.raises(RuntimeError, match="clear enough"):
        write_samples(tmp_path / "out")
    assert content(tmp_path) == {"mine.txt": b"keep"}


@pytest.mark.parametrize("light", [True, False])
def test_a_glyph_stands_whole_in_its_picture(light: bool) -> None:
    face = next(face for face in font_faces() if face.name == "arimo-700")
    for char in "1WA":
        gray = draw_glyph(char, face, 64, light, np.random.default_rng(8))
        ink = gray.astype(int) if light else 255 - gray.astype(int)
        assert gray.shape == (64, 64)
        rows, columns = np.flatnonzero((ink > 128).any(1)), np.flatnonzero((ink > 128).any(0))
        assert 4 < rows[0] < rows[-1] < 59
        assert 4 < columns[0] < columns[-1] < 59
        assert max(np.ptp(rows), np.ptp(columns)) > 30


def test_the_recipes_name_what_there_is() -> None:
    faces = {face.name for face in font_faces()} | {"strokes", "dots"}
    assert {face for _, face, *_ in GLYPHS} | {face for face, *_ in STRIPS} | {
        face for _, _, face, *_ in PHOTOS
    } <= faces
    assert {char for char, *_ in GLYPHS} <= set(ALPHABET)
    assert len({char for char, *_ in GLYPHS}) == len(GLYPHS)
    assert len({(face, material, polarity) for face, material, polarity, _ in STRIPS}) == len(STRIPS)
