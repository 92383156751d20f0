"""The reader: what kind a picture is, which status a reading gets, order and threads. Networks are played by hand."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import vinchar
from vinchar import looks
from vinchar import reader as reader_module
from vinchar.bundle import Bundle, Confidence, ModelError, open_bundle
from vinchar.drawing.photos import Place, draw_photo
from vinchar.imaging import load
from vinchar.kind import guess_kind, light_glyph
from vinchar.known import known_vins
from vinchar.locate import CLOSER
from vinchar.looks import FARTHER, ROOM
from vinchar.posterior import NO_PRIORS
from vinchar.reader import Reader
from vinchar.reading import Reading
from vinchar.rectify import FINE_GLYPH, FINE_LENGTH, Line, frame_of_picture, move_ends
from vinchar.structure.store import shipped
from vinchar.types import Quad
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"
IMAGES = Path(__file__).parents[1] / "images"
with (IMAGES / "labels.csv").open(encoding="utf-8", newline="") as table:
    SAMPLES = {Path(row["image"]).name: row["vin"] for row in csv.DictReader(table)}
PICTURES = [p for folder in ("glyphs", "strips", "photos") for p in sorted((IMAGES / folder).iterdir())]


def blocks(height: int = 40, width: int = 400, left: int = 30, marked: bool = False) -> NDArray[np.uint8]:
    """A strip of seventeen light blocks on dark, where a rectified VIN has its glyphs; a mark at the upper left."""
    gray = np.full((height, width), 20, np.uint8)
    if marked:
        gray[3:8, 7:15] = 220
    for i in range(17):
        gray[height // 2 - 13 : height // 2 + 13, left + 20 * i + 3 : left + 20 * i + 17] = 220
    return gray


def line(start: float, end: float, height: float, light: float) -> Line:
    flat = np.zeros(2)
    return Line(start, end, np.array([0.0, 0.0, 0.5]), np.array([0.0, height]), flat, light)


class FakeRectifier:
    """Finds the line of ``blocks`` in the whole picture or, with ``only_in``, in frames of that width."""

    light = 1.0
    only_in: float | None = None
    blind = False

    def __init__(self, path: Path) -> None:
        self.frames: list[NDArray[np.float32]] = []

    def lines(self, gray: NDArray[np.uint8], frames: list[NDArray[np.float32]]) -> list[Line | None]:
        self.frames += frames
        return [self._line(edges) for edges in frames]

    def _line(self, edges: NDArray[np.float32]) -> Line | None:
        long = float(np.linalg.norm(edges[0, -1] - edges[0, 0]))
        if edges.shape[1] == 401 and long == pytest.approx(400, abs=2):  # a strip, looked at upside down
            return line(30 / 400, 370 / 400, 26 / 40 / ROOM, self.light)
        if edges.shape[1] > 2:  # what an earlier pass has bent
            return line((1 - FINE_LENGTH) / 2, (1 + FINE_LENGTH) / 2, FINE_GLYPH, self.light)
        wide = float(edges[0, 1, 0] - edges[0, 0, 0])
        if self.blind or (self.only_in is not None and abs(wide - self.only_in) > 1):
            return None
        return line(30 / 400, 370 / 400, 26 / 40, self.light)


class FakeClassifier:
    """Reads ``vin`` where a strip has its seventeen glyphs; knows a glyph by how much of the picture is ink."""

    vin = VIN

    def __init__(self, path: Path) -> None:
        self.strips: list[NDArray[np.uint8]] = []

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.strips += list(strips)
        out = np.full((len(strips), strips.shape[2] // 2, 34), -8, np.float32)
        out[:, :, 33] = 8
        for place, char in enumerate(self.vin):
            around = np.s_[:, 18 + 10 * place : 22 + 10 * place]  # answers round column 40 + 20 * place
            out[*around, 33] = -8
            out[*around, ALPHABET.index(char)] = 8
        return out

    def glyphs(self, pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        chances = np.full((len(pictures), 33), 1e-4, np.float32)
        for row, picture in zip(chances, pictures, strict=True):
            row[ALPHABET.index("8" if (picture > 128).mean() > 0.25 else "1")] = 0.99
        return np.log(chances)


def prefer_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the classifier hardly tell the characters apart in strips that are not ``marked``, such as those turned."""
    plain = FakeClassifier.logits

    def particular(self: FakeClassifier, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        out, marked = plain(self, strips), strips[:, 4:7, 8:14].mean((1, 2)) > 128
        out[~marked, :, :33] *= 0.15
        return out

    monkeypatch.setattr(FakeClassifier, "logits", particular)


class FakeLocator:
    """Sees nothing, and is nowhere surer of glyphs than elsewhere."""

    def __init__(self, path: Path) -> None:
        pass

    def lines(self, gray: NDArray[np.uint8], limit: int, side: int) -> list[Quad]:
        return []

    def warmth(self, centres: NDArray[np.float32]) -> float:
        return -1.0

    def look(self, gray: NDArray[np.uint8], side: int) -> Any:
        return SimpleNamespace(lines=partial(self._lines, gray, side), warmth=self.warmth)

    def _lines(self, gray: NDArray[np.uint8], side: int, limit: int) -> list[Quad]:
        return self.lines(gray, limit, side)


# What is known of VINs, but that whatever is read is so much like one that lines rank by their paths alone.
KNOWN = SimpleNamespace(structure=shipped().structure, likeness=lambda vin, as_vin: 10.0)
Make = Callable[..., Reader]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a reader with networks played by hand that is sure of a reading with the given log odds."""

    def make_reader(log_odds: float = 4.0, quality: dict[str, float] | None = None, **rectifier: Any) -> Reader:
        weights = (10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)  # path and likeness alone say what is a VIN
        confidence = Confidence(
            weights,
            (0.0, 0.0, 0.0, 0.0, 0.0, log_odds),
            threshold=0.9,
            glyph_threshold=0.9,
            glyph_least=0.5,
            settled=0.9,
        )
        paths = {name: Path(name) for name in ("locator", "rectifier", "classifier", "glyph")}
        bundle = Bundle(paths, Path("structure"), confidence, quality or {}, {})
        monkeypatch.setattr(reader_module, "open_bundle", lambda folder: bundle)
        monkeypatch.setattr(reader_module.store, "load", lambda path: KNOWN)
        monkeypatch.setattr(reader_module, "Locator", FakeLocator)
        monkeypatch.setattr(looks, "find_textlines", lambda gray, limit: [])
        monkeypatch.setattr(reader_module, "Rectifier", type("Rectifier", (FakeRectifier,), rectifier))
        monkeypatch.setattr(reader_module, "Classifier", FakeClassifier)
        return Reader()

    return make_reader


def strips_seen(reader: Reader) -> list[NDArray[np.uint8]]:
    return reader.classifier.strips  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_kind_of_every_sample_picture_is_found_out(path: Path) -> None:
    kind = {"glyphs": "glyph", "strips": "strip", "photos": "photo"}[path.parent.name]
    gray = load(path)
    assert guess_kind(gray) == kind
    assert guess_kind(255 - gray) == kind


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


def test_a_strip_is_read(make: Make) -> None:
    reading = make().read(blocks())
    assert (reading.kind, reading.vin, reading.status) == ("strip", VIN, "ok")
    assert reading.check_digit == "valid"
    assert reading.confidence == pytest.approx(0.982, abs=0.001)
    for i, character in enumerate(reading.characters):
        np.testing.assert_allclose(character.quad.mean(0), [40 + 20 * i, 20], atol=1.5)


@pytest.mark.parametrize(("log_odds", "status"), [(4.0, "ok"), (1.0, "uncertain"), (-6.0, "not_found")])
def test_status_follows_from_the_probability(make: Make, log_odds: float, status: str) -> None:
    reading = make(log_odds).read(blocks())
    assert reading.status == status
    assert (reading.vin is None) == (status == "not_found")
    assert bool(reading.reasons) == (status != "ok")


def test_no_line_no_vin(make: Make) -> None:
    reader = make(blind=True)
    reading = reader.read(np.full((40, 400), 9, np.uint8))
    assert (reading.status, reading.vin) == ("not_found", None)
    assert reading.reasons[0].startswith("no VIN found")
    assert strips_seen(reader) == []


def test_a_sure_reading_needs_no_second_view_and_a_doubtful_one_gets_them(make: Make) -> None:
    sure, doubtful = make(4.0), make(0.5)
    sure.read(blocks())
    doubtful.read(blocks())
    assert len(strips_seen(sure)) == 1
    assert 3 <= len(strips_seen(doubtful)) <= 6  # but not upside down, nor elsewhere: it is a VIN
    assert doubtful.rectifier.frames[0].shape == (2, 2, 2)  # type: ignore[attr-defined]
    assert sum(frame.shape[1] == 2 for frame in doubtful.rectifier.frames) == 1  # type: ignore[attr-defined]


def test_a_doubtful_line_is_also_read_where_its_halves_lead(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line as a whole is found too low, and only the half of its columns leads to where the glyphs are."""
    prefer_marked(monkeypatch)
    low = line(30 / 400, 370 / 400, 26 / 40, 1.0)
    low = replace(low, centre=np.array([0.0, 0.0, 0.9]))
    whole = FakeRectifier._line

    def misled(self: FakeRectifier, edges: NDArray[np.float32]) -> Line | None:
        return low if edges.shape[1] == 2 else whole(self, edges)

    odds = []
    monkeypatch.setattr("vinchar.search.WORTH", -99.0)
    for halves in [], [replace(low, centre=np.array([0.0, 0.5]))]:
        monkeypatch.setattr("vinchar.straighten.fit_halves", lambda one, halves=halves: halves if one is low else [])
        decision = make(0.5, _line=misled).search.line(blocks(marked=True), [frame_of_picture((40, 400))])
        assert decision.best is not None
        odds.append(decision.odds[0])
    assert odds[1] > odds[0]
    assert decision.best.reading.strip.gray[4:7, 8:14].mean() > 128  # the mark is where it belongs


@pytest.mark.parametrize("upside_down", [False, True])
def test_what_does_not_read_as_a_vin_is_also_read_upside_down(
    upside_down: bool, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefer_marked(monkeypatch)
    gray = blocks(marked=True)
    if upside_down:
        gray = np.ascontiguousarray(gray[::-1, ::-1])
    reading = make(4.0).read(gray, "strip")
    assert (reading.vin, reading.status) == (VIN, "ok")
    np.testing.assert_allclose(reading.characters[0].quad.mean(0), [360 if upside_down else 40, 20], atol=2)


def test_both_polarities_are_tried_where_the_net_is_in_doubt(make: Make) -> None:
    def glyphs_are_light(reader: Reader) -> set[bool]:
        return {bool(gray[20, 40] > gray[2, 2]) for gray in strips_seen(reader)}

    reader = make(0.5, light=0.5)
    reader.read(blocks())
    assert glyphs_are_light(reader) == {False, True}
    reader = make(0.5, light=0.01)
    reader.read(255 - blocks())
    assert glyphs_are_light(reader) == {True}


def test_a_strip_that_shows_too_few_glyphs_is_not_searched(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeClassifier, "vin", VIN[:9])
    reading = make().read(blocks())
    assert (reading.status, reading.vin) == ("not_found", None)


def test_a_photo_is_read_where_the_locator_points(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = np.full((500, 600), 20, np.uint8)
    photo[200:240, 100:500] = blocks()
    wrong = Quad(np.array([[0, 0], [50, 0], [50, 20], [0, 20]], np.float32))
    right = Quad(np.array([[100, 200], [500, 200], [500, 240], [100, 240]], np.float32))
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: [wrong, right][:limit])
    reading = make(only_in=400).read(photo)
    assert (reading.kind, reading.vin, reading.status) == ("photo", VIN, "ok")
    np.testing.assert_allclose(reading.characters[0].quad.mean(0), [140, 220], atol=1.5)


def lines_at(*rows: int) -> list[Quad]:
    """What a locator says of lines of ``blocks`` from column 100 on, in the middle of rows."""
    return [Quad(np.array([[100, y - 20], [500, y - 20], [500, y + 20], [100, y + 20]], np.float32)) for y in rows]


@pytest.fixture
def two_lines(monkeypatch: pytest.MonkeyPatch) -> NDArray[np.uint8]:
    """A photo with a line of which not much can be read, at 120, and one that reads well, at 420."""
    prefer_marked(monkeypatch)
    photo = np.full((600, 600), 20, np.uint8)
    photo[100:140, 100:500] = blocks()
    photo[400:440, 100:500] = blocks(marked=True)
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: lines_at(120, 420)[:limit])
    return photo


@pytest.mark.parametrize("order", [(420, 120), (120, 420)])
def test_a_strong_line_does_not_end_a_look_before_its_rivals_are_weighed(
    order: tuple[int, int], make: Make, two_lines: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: lines_at(*order)[:limit])
    reader = make(4.0, only_in=400)
    reading = reader.read(two_lines)
    assert (reading.vin, reading.status) == (VIN, "ok")
    assert reading.characters[0].quad.mean(0)[1] == pytest.approx(420, abs=2)
    frames = reader.rectifier.frames  # type: ignore[attr-defined]
    assert {round(float(frame[:, :, 1].mean())) for frame in frames} == {120, 420}


@pytest.mark.parametrize(("row", "searched_on"), [(420, False), (120, True)])
def test_a_photo_is_searched_on_where_no_line_is_settled_on(
    row: int, searched_on: bool, make: Make, two_lines: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: lines_at(row)[:limit])
    reader = make(-1.5, only_in=400)
    reader.read(two_lines)
    frames = reader.rectifier.frames  # type: ignore[attr-defined]
    assert any(frame[0, 0, 0] > frame[0, -1, 0] for frame in frames) == searched_on  # upside down


def test_two_different_vins_make_each_other_doubtful_unless_all_are_asked_for(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "WVWZZZ1JZ3W386752"
    photo = np.full((600, 600), 20, np.uint8)
    photo[100:140, 100:500] = blocks()
    photo[400:440, 100:500] = blocks(marked=True)
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: lines_at(120, 420)[:limit])
    plain = FakeClassifier.logits

    def two(self: FakeClassifier, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        out = plain(self, strips)
        for strip, one in zip(strips, out, strict=True):
            if strip[4:7, 8:14].mean() > 128:
                for place, char in enumerate(other):
                    one[18 + 10 * place : 22 + 10 * place, :33] = -8
                    one[18 + 10 * place : 22 + 10 * place, ALPHABET.index(char)] = 8
        return out

    monkeypatch.setattr(FakeClassifier, "logits", two)
    reader = make(4.0, only_in=400)
    reading = reader.read(photo)
    assert reading.status == "uncertain"
    assert "several" in reading.reasons[-1]
    reader._every = True
    every = reader.read(photo)
    assert [one.status for one in (every, *every.others)] == ["ok", "ok"]
    assert {every.vin, every.others[0].vin} == {VIN, other}
    unreadable = make(-6.0, only_in=400)
    unreadable._every = True
    nothing = unreadable.read(photo)
    assert (nothing.status, nothing.others) == ("not_found", ())  # VINs that nobody can read are not listed


@pytest.mark.parametrize("size", [CLOSER + 1, CLOSER])
def test_a_large_photo_is_looked_at_from_closer_by_where_nothing_reads(
    size: int, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        FakeLocator, "lines", lambda self, gray, limit, side: lines_at(220)[:limit] if side == CLOSER else []
    )
    photo = np.full((1000, size), 20, np.uint8)
    photo[200:240, 100:500] = blocks()
    assert make(only_in=400).read(photo, "photo").vin == (VIN if size > CLOSER else None)


def test_a_vin_that_fills_the_photo_is_seen_from_farther_away(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: lines_at(220) if side == FARTHER else [])
    photo = np.full((500, 600), 20, np.uint8)
    photo[200:240, 100:500] = blocks()
    assert make(only_in=400).read(photo, "photo").vin == VIN


@pytest.mark.parametrize(("log_odds", "status"), [(4.0, "ok"), (1.0, "uncertain"), (-5.0, "not_found")])
def test_what_is_not_read_surely_is_explained(log_odds: float, status: str, make: Make) -> None:
    """A good reading is not questioned, however small its characters."""
    reading = make(log_odds, {"glyph_height": 1000.0, "contrast": 1.0}).read(blocks())
    assert reading.status == status
    assert dict(reading.quality)["glyph_height"] == pytest.approx(26, rel=0.3)
    if status == "ok":
        assert reading.reasons == ()
    else:
        assert reading.reasons[-1] == "the characters are too small: move closer"
        assert len(reading.reasons) > 1
        assert not any("contrast" in reason for reason in reading.reasons)


def test_a_photo_without_lines(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: [])
    assert make().read(np.full((500, 500), 20, np.uint8)).status == "not_found"


@pytest.mark.parametrize(("place", "seed"), [("frame", 4), ("windscreen", 2), ("label", 3)])
def test_two_rows_are_read_as_one_vin(place: Place, seed: int) -> None:
    """The shipped networks, on drawn photos."""
    vin = "WVWZZZ1JZ3W386752"
    photo = draw_photo(np.random.default_rng(seed), place=place, vin=vin, calm=True, small=True, rows=2)
    reading = Reader().read(photo.bgr, "photo")
    assert (reading.vin, reading.status) == (vin, "ok")
    middles = np.stack([character.quad.mean(0) for character in reading.characters])
    glyphs = np.linalg.norm(photo.quads[:, 0] - photo.quads[:, 3], axis=1)
    assert (np.linalg.norm(middles - photo.quads.mean(1), axis=1) < 0.5 * glyphs).all()


def test_every_vin_of_a_photo_is_read_if_asked() -> None:
    """The shipped networks, on a photo of two labels."""
    label, plate = (load(IMAGES / "photos" / name) for name in ("door-label-white.jpg", "windscreen-laser-strip.jpg"))
    wide = max(label.shape[1], plate.shape[1])
    both = np.vstack([np.pad(g, ((0, 0), (0, wide - g.shape[1]))) for g in (label, plate)])
    alone = Reader().read(both, "photo")
    assert alone.others == ()
    first = Reader(every=True).read(both, "photo", name="both.jpg")
    assert {first.vin, *(other.vin for other in first.others)} == {
        VIN,
        "5GZCZ43D13S812715",
    }
    assert first.vin == alone.vin
    assert [other.image for other in first.others] == ["both.jpg"]
    single = Reader(every=True).read(label, "photo")
    assert (single.vin, single.others) == (VIN, ())


def test_a_wide_photo_is_tried_as_one_where_it_reads_badly_as_a_strip(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    gray = np.full((200, 700), 20, np.uint8)
    gray[100:140, 200:600] = blocks()
    quad = Quad(np.array([[200, 100], [600, 100], [600, 140], [200, 140]], np.float32))
    monkeypatch.setattr(FakeLocator, "lines", lambda self, gray, limit, side: [quad])
    assert make(only_in=400).read(gray).vin == VIN


@pytest.mark.parametrize(("first", "last"), [(0, 0), (2, 0), (0, -2), (1.5, -1.5)])
def test_a_strip_cut_too_short_is_cut_again(first: float, last: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped networks, and a rectifier that misses the ends by so many glyphs."""
    reader = Reader()
    finds = reader.rectifier.lines

    def misses(gray: NDArray[np.uint8], frames: list[NDArray[np.float32]]) -> list[Line | None]:
        return [found and move_ends(found, 30 + 20 * first, 370 + 20 * last) for found in finds(gray, frames)]

    monkeypatch.setattr(reader.rectifier, "lines", misses)
    gray = load(IMAGES / "strips" / "cousine-700-print-light.png")
    found = reader.search.line(gray, [frame_of_picture(gray.shape)]).best
    assert found is not None
    assert found.vin == SAMPLES["cousine-700-print-light.png"]


def test_a_glyph_is_read(make: Make) -> None:
    thin, thick = np.full((60, 40), 30, np.uint8), np.full((60, 40), 230, np.uint8)
    thin[10:50, 18:22] = 200
    thick[8:52, 6:34] = 20
    readings = [make().read(picture) for picture in (thin, thick)]
    assert [(r.kind, r.vin, r.status) for r in readings] == [("glyph", "1", "ok"), ("glyph", "8", "ok")]


def test_the_kind_can_be_said(make: Make) -> None:
    assert make().read(blocks(), kind="glyph").kind == "glyph"
    with pytest.raises(ValueError, match="kind: got 'lorry', expected auto, glyph, strip or photo"):
        make().read(blocks(), kind="lorry")  # type: ignore[arg-type]


def test_path_bytes_and_array_read_the_same(make: Make, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), blocks())
    reader = make()
    by_path = reader.read(tmp_path / "a.png")
    assert by_path.image == str(tmp_path / "a.png")
    for source in ((tmp_path / "a.png").read_bytes(), blocks(), cv2.cvtColor(blocks(), cv2.COLOR_GRAY2BGR)):
        reading = reader.read(source)
        assert reading.image is None
        assert reading.to_dict() | {"image": by_path.image} == by_path.to_dict()
    assert reader.read(blocks(), name="mine").image == "mine"


@pytest.mark.parametrize("kind", ["auto", "strip", "glyph"])
def test_a_picture_that_cannot_be_used_is_a_status(make: Make, tmp_path: Path, kind: Any) -> None:
    (tmp_path / "text.jpg").write_text("Dear Sir or Madam")
    reading = make().read(tmp_path / "text.jpg", kind)
    assert (reading.status, reading.vin) == ("error", None)
    assert reading.image == str(tmp_path / "text.jpg")
    assert len(reading.reasons) == 1
    assert make().read(tmp_path / "absent.jpg").reasons == ("there is no such file",)


def test_a_bad_argument_is_a_value_error(make: Make) -> None:
    with pytest.raises(ValueError, match="got int, expected a path"):
        make().read(12)  # type: ignore[arg-type]


def test_many_are_read_in_order_side_by_side(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(3, timeout=10)
    released = [threading.Event() for _ in range(3)]

    def read(self: Reader, source: Any, **_: Any) -> Reading:
        together.wait()  # only three at once come through
        if source < 2:
            released[source + 1].wait(10)  # the later ones end first
        released[source].set()
        return Reading(str(source), "strip", None, "not_found")

    monkeypatch.setattr(Reader, "read", read)
    assert [reading.image for reading in make().read_many(range(3), workers=3)] == ["0", "1", "2"]  # type: ignore[arg-type]


def test_the_order_of_colours_reaches_the_picture(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make()  # networks played by hand
    monkeypatch.setattr(reader_module, "_shared", None)
    red, reader = np.full((40, 400, 3), (255, 0, 0), np.uint8), Reader()
    seen: list[int] = []
    monkeypatch.setattr(reader_module, "guess_kind", lambda gray: seen.append(int(gray[0, 0])) or "strip")
    reader.read(red), reader.read(red, channels="RGB"), vinchar.read(red, channels="RGB")
    list(reader.read_many([red], channels="RGB")), list(reader.read_many([red], channels="RGB", workers=2))
    assert seen == [29, 76, 76, 76, 76]


def test_one_worker_reads_when_asked_for_the_next(make: Make) -> None:
    reader = make()
    readings = reader.read_many(iter([blocks(), blocks()]))
    next(readings)
    assert len(strips_seen(reader)) == 1


def test_a_shared_reader_reads_the_same_from_many_threads() -> None:
    """With the shipped model: sessions and stages keep nothing between calls."""
    paths = [p for p in PICTURES if p.parent.name == "strips"][:5] + PICTURES[:3]
    reader = Reader()
    alone = [reading.to_dict() for reading in reader.read_many(paths)]
    assert [reading.to_dict() for reading in reader.read_many(paths * 2, workers=4)] == alone * 2


def test_priors_can_be_switched_off() -> None:
    strip = IMAGES / "strips" / "ocr-b-400-print-dark.png"
    without, informed = Reader(vin_priors=False), Reader()
    assert without.priors.structure is NO_PRIORS.structure
    assert informed.priors.known is without.priors.known is None
    plain, known = without.read(strip), informed.read(strip)
    assert plain.vin == known.vin
    assert plain.confidence != known.confidence


def test_a_list_of_known_vins_decides_where_the_eye_cannot_and_says_so(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last character is a 2, or a little likelier a 3."""
    plain = FakeClassifier.logits

    def torn(self: FakeClassifier, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        out = plain(self, strips)
        out[:, 178:182, ALPHABET.index("3")] = out[:, 178:182, ALPHABET.index(VIN[-1])] + 1
        return out

    monkeypatch.setattr(FakeClassifier, "logits", torn)
    other = VIN[:-1] + "3"
    make()
    alone = Reader(vin_priors=False).read(blocks())
    assert (alone.vin, alone.without_list) == (other, None)
    reading = Reader(vin_priors=False, known=known_vins([VIN])).read(blocks())
    assert (reading.vin, reading.without_list) == (VIN, other)
    assert reading.to_dict()["without_list"] == other
    assert any(other in reason for reason in reading.reasons)


def test_a_model_that_knows_nothing_of_vins_is_a_model_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "structure.npz").write_bytes(b"PK" * 99)
    bundle = replace(open_bundle(), structure=tmp_path / "structure.npz")
    monkeypatch.setattr(reader_module, "open_bundle", lambda folder: bundle)
    with pytest.raises(ModelError, match=r"structure\.npz: got"):
        Reader()


def test_read_loads_the_shipped_model_once(monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    make()  # networks played by hand
    made = []
    monkeypatch.setattr(reader_module, "_shared", None)
    monkeypatch.setattr(reader_module, "Reader", lambda: made.append(Reader()) or made[-1])
    assert vinchar.read(blocks()).vin == VIN
    assert reader_module.read(blocks(), "strip").vin == VIN
    assert len(made) == 1


def test_the_whole_picture_is_the_strips_frame(make: Make) -> None:
    reader = make()
    reader.read(blocks())
    np.testing.assert_array_equal(reader.rectifier.frames[0], frame_of_picture((40, 400)))  # type: ignore[attr-defined]


def test_few_pictures_are_taken_in_advance(make: Make) -> None:
    taken: list[int] = []

    def endless() -> Iterator[NDArray[np.uint8]]:
        while True:
            taken.append(1)
            yield blocks()

    readings = make().read_many(endless(), workers=2)
    assert [next(readings).vin for _ in range(5)] == [VIN] * 5
    assert len(taken) <= 9


# -- many pictures, and how sure to be ---------------------------------------------------------------------------------


def test_a_bare_path_in_place_of_many_is_refused(make: Make) -> None:
    for one in ("door.jpg", Path("door.jpg"), b"\xff\xd8"):
        with pytest.raises(ValueError, match=r"got one, .* expected several: read_many\(\[picture\]\), or read"):
            make().read_many(one)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kind: got 'lorry'"):
        make().read_many([blocks()], "lorry")  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_bad_item_costs_one_reading(workers: int, make: Make) -> None:
    readings = list(make().read_many([blocks(), None, "absent.jpg", blocks()], "strip", workers))  # type: ignore[list-item]
    assert [one.status for one in readings] == ["ok", "error", "error", "ok"]
    assert "got NoneType, expected" in readings[1].reasons[0]
    assert readings[2].image == "absent.jpg"


def test_the_threshold_can_be_chosen() -> None:
    strip = IMAGES / "strips" / "ocr-b-400-print-dark.png"
    sure = Reader().read(strip)
    assert Reader(min_confidence=sure.confidence).read(strip).status == "ok"
    assert Reader(min_confidence=1.0).read(strip).status == "uncertain"


def test_a_target_error_chooses_the_threshold_that_was_measured_for_it() -> None:
    table = Confidence((0.0,) * 7, (0.0,) * 6, 0.9, 0.8, 0.5, 0.8, risks=((0.001, 0.95), (0.01, 0.8), (0.1, 0.3)))
    assert [table.for_risk(risk) for risk in (0.001, 0.005, 0.01, 0.05, 0.5)] == [0.95, 0.95, 0.8, 0.8, 0.3]
    for risk in (0.0005, 1.0, float("nan")):
        with pytest.raises(ValueError, match=r"expected a share from 0\.001"):
            table.for_risk(risk)
    with pytest.raises(ValueError, match="train it anew"):
        replace(table, risks=()).for_risk(0.01)
    for how in ({"min_confidence": 2.0}, {"min_confidence": 0.5, "target_error": 0.1}):
        with pytest.raises(ValueError, match="min_confidence"):
            Reader(**how)
