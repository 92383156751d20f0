"""What photos teach: drawn ones, read by the shipped model, with right labels, wrong ones and none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.bundle import default_folder
from vinchar.decide import Line
from vinchar.drawing.faces import font_faces
from vinchar.drawing.photos import Photo as Drawn
from vinchar.drawing.photos import draw_photo
from vinchar.posterior import Priors, read_strings
from vinchar.reader import Reader
from vinchar.structure.store import shipped
from vinchar.training.adapting.lessons import (
    CONTRADICTS,
    HIGHEST,
    Lessons,
    evidence_against,
    hold_photo,
    learn,
    seen_glyphs,
)
from vinchar.training.adapting.photos import Photo
from vinchar.training.boxed import bounding_box
from vinchar.training.cache import SceneCache, cut_strips
from vinchar.types import LineReading, Strip
from vinchar.vin import ALPHABET

VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"


def drawn(vin: str = VIN, seed: int = 5, large: bool = False) -> Drawn:
    rng = np.random.default_rng(seed)
    face = next(face for face in font_faces() if face.name == "roboto-condensed-700")
    return draw_photo(rng, "label", vin, face, calm=True, small=not large, rows=1)


def gray(photo: Drawn) -> np.ndarray:
    return np.asarray(cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), np.uint8)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Photo], Lessons]:
    """Six photos: labelled, labelled wrongly in one place, labelled as another, without a label, empty, broken."""
    folder = tmp_path_factory.mktemp("photos")
    one, other = drawn(), drawn(OTHER, 8, large=True)
    cv2.imwrite(str(folder / "one.png"), one.bgr)
    cv2.imwrite(str(folder / "other.png"), other.bgr)
    cv2.imwrite(str(folder / "empty.png"), np.full((300, 400), 90, np.uint8))
    (folder / "broken.png").write_bytes(b"\x89PNG and no more")
    photos = [
        Photo(folder / "one.png", VIN),
        Photo(folder / "one.png", VIN[:5] + "7" + VIN[6:]),
        Photo(folder / "one.png", OTHER),
        Photo(folder / "other.png"),
        Photo(folder / "empty.png", VIN),
        Photo(folder / "broken.png", VIN),
    ]
    return photos, learn(default_folder(), photos, folder / "work", workers=1)


def test_what_becomes_of_each(lessons: tuple[list[Photo], Lessons]) -> None:
    _, found = lessons
    assert [one.why for one in found.outcomes] == ["", "contradicted", "contradicted", "", "not located", "file"]
    assert found.photo.tolist() == [0, 3]
    assert [one.read for one in found.outcomes[:4]] == [VIN, VIN, VIN, OTHER]
    assert found.outcomes[0].against == 0
    assert found.outcomes[1].against > CONTRADICTS
    assert found.outcomes[5].said
    assert len(found) == 2
    assert found.weight[0] == 1
    assert 0.5 < found.weight[1] <= 1  # nobody's label: as sure as it was read


def test_a_lesson_has_a_quad_for_every_glyph(lessons: tuple[list[Photo], Lessons]) -> None:
    _, found = lessons
    truth = drawn()
    assert found.wholes.gray(0).shape == truth.bgr.shape[:2]
    middles, quads = truth.quads.mean(axis=1), found.wholes.quads[0]
    pitch = float(np.linalg.norm(np.diff(middles, axis=0), axis=1).mean())
    assert np.linalg.norm(quads.mean(axis=1) - middles, axis=1).max() < 0.35 * pitch
    high, true = (np.linalg.norm(one[:, 0] - one[:, 3], axis=1).mean() for one in (quads, truth.quads))
    assert high == pytest.approx(true, rel=0.2)
    assert "".join(ALPHABET[c] for c in found.lines.classes[0]) == VIN
    assert found.lines.light[0] == truth.light
    assert found.taught.all()


def test_the_surroundings_of_a_line_are_reduced_to_what_is_needed(lessons: tuple[list[Photo], Lessons]) -> None:
    _, found = lessons
    for i in range(len(found)):
        quads = found.lines.quads[i]
        height, width = found.lines.shapes[i]
        x0, y0, x1, y1 = bounding_box(quads)
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).max() < 1.1 * HIGHEST
        assert max(found.wholes.shapes[i]) <= 640


def test_lessons_are_strips_to_learn_from(lessons: tuple[list[Photo], Lessons], tmp_path: Path) -> None:
    """The strips cut of what was aligned show the glyphs where they are said to be."""
    _, found = lessons
    rectifier = default_folder() / "rectifier.onnx"
    strips = cut_strips(tmp_path, found.lines, rectifier, seed=0, workers=1)
    assert set(strips.scene.tolist()) == {0, 1}
    for gray_strip, centres in zip(strips.gray, strips.centres, strict=True):
        columns = gray_strip[8:32].max(axis=0)
        assert (np.diff(centres) > 10).all()
        assert np.mean([columns[round(c) - 6 : round(c) + 7].max() > 150 for c in centres]) == 1


def test_some_of_the_lessons(lessons: tuple[list[Photo], Lessons]) -> None:
    _, found = lessons
    last = found.of([1, 3, 4])
    assert last.photo.tolist() == [1]  # of these three, not of all
    assert last.outcomes == (found.outcomes[1], found.outcomes[3], found.outcomes[4])
    assert np.array_equal(last.lines.gray(0), found.lines.gray(1))
    assert np.array_equal(last.wholes.quads[0], found.wholes.quads[1])
    assert len(found.of([])) == 0


def test_what_is_measured_on_is_not_taught(lessons: tuple[list[Photo], Lessons]) -> None:
    """A photo without a label that is read as the VIN of a photo of the test part shows the same car."""
    _, found = lessons
    left = found.apart_from({OTHER})
    assert left.photo.tolist() == [0]
    assert np.array_equal(left.lines.gray(0), found.lines.gray(0))
    assert [one.why for one in left.outcomes] == ["", "contradicted", "contradicted", "apart", "not located", "file"]
    assert found.apart_from({VIN[:-1] + "3"}).photo.tolist() == [0, 3]


def test_what_is_done_is_not_done_again(lessons: tuple[list[Photo], Lessons], tmp_path: Path) -> None:
    photos, found = lessons
    folder = photos[0].path.parent / "work"
    again = learn(tmp_path / "no model", photos, folder, workers=1)
    assert again.outcomes == found.outcomes


def test_the_ends_cut_off(reader: Reader) -> None:
    photo = drawn()
    x0, _, x1, _ = bounding_box(photo.quads)
    cut = np.ascontiguousarray(gray(photo)[:, : round(x0 + 0.86 * (x1 - x0))])
    outcome, lesson = hold_photo(reader, cut, Photo(Path("a.png"), VIN))
    assert outcome.why == "cut off"
    assert lesson is None


def test_a_box_says_which_of_two_lines_is_meant(reader: Reader) -> None:
    """Two labels in one photo, one below the other."""
    one, other = drawn(), drawn(OTHER, 9)
    upper, lower = gray(one), gray(other)
    wide = min(upper.shape[1], lower.shape[1])
    both = np.concatenate([upper[:, :wide], lower[:, :wide]])
    x0, y0, x1, y1 = bounding_box(other.quads)
    down = len(upper)
    quad = np.array([[x0, y0 + down], [x1, y0 + down], [x1, y1 + down], [x0, y1 + down]], np.float32)
    outcome, lesson = hold_photo(reader, both, Photo(Path("a.png"), "", quad))
    assert outcome.read == OTHER
    assert lesson is not None
    assert bounding_box(lesson.scene.quads)[1] > down  # in the photo's pixels, not in those of the part round the box


def reading_of(logs: np.ndarray, scores: tuple[float, ...] = (0.0,)) -> LineReading:
    strip = Strip(np.zeros((40, 400), np.uint8), np.zeros((2, 401, 2), np.float32))
    count = len(scores)
    boxes, beyond = np.zeros((count, 17, 4), np.int32), np.zeros(count, np.float32)
    return LineReading(strip, boxes, logs, np.array(scores), beyond, logs[None])


def spelled(vin: str, count: int = 1) -> np.ndarray:
    logs = np.full((count, 17, 33), -9.0, np.float32)
    logs[:, np.arange(17), [ALPHABET.index(c) for c in vin]] = 0
    return logs


def test_glyphs_that_were_decided_beyond_what_was_seen_teach_nothing() -> None:
    """A 2 in place of a Z that all VINs which begin so have: read as a Z, and no lesson on what a Z looks like."""
    logs = spelled(OTHER)
    logs[0, 4, ALPHABET.index("Z")], logs[0, 4, ALPHABET.index("2")] = np.log(0.2), np.log(0.8)
    reading = reading_of(logs)
    posterior = read_strings(reading.log_likelihoods, reading.scores, Priors(shipped().structure))
    line = Line(reading, posterior, 0.0, "")
    assert line.vin == OTHER
    assert seen_glyphs(line).tolist() == [place != 4 for place in range(17)]


def test_evidence_is_what_was_seen_alone() -> None:
    logs = spelled(VIN, 2)
    logs[1, 3, ALPHABET.index("D")] = -2.5
    reading = reading_of(logs, (0.0, -1.0))
    assert evidence_against(reading, VIN) == pytest.approx(0)
    assert evidence_against(reading, VIN[:3] + "D" + VIN[4:]) == pytest.approx(3.5)  # in the second parting
    assert evidence_against(reading, VIN[:3] + "E" + VIN[4:]) == pytest.approx(9)


def test_no_lessons_are_no_scenes(tmp_path: Path) -> None:
    photos = [Photo(tmp_path / "gone.png", VIN)]
    found = learn(default_folder(), photos, tmp_path / "work", workers=1)
    assert len(found) == 0
    assert isinstance(found.lines, SceneCache)
    assert len(found.lines) == 0
    assert found.outcomes[0].why == "file"


def test_what_is_hardly_read_says_nothing_against_a_label(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same reading against the same label, sure and not."""
    picture, wrong = gray(drawn()), Photo(Path("a.png"), VIN[:5] + "7" + VIN[6:])
    assert hold_photo(reader, picture, wrong)[0].why == "contradicted"
    decision = replace(reader.search.read(picture, "photo"), chances=(0.2,))
    monkeypatch.setattr(reader.search, "read", lambda *_: decision)
    outcome, lesson = hold_photo(reader, picture, wrong)
    assert outcome.why == "unreadable"
    assert outcome.against > CONTRADICTS
    assert lesson is None
