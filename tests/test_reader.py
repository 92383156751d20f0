"""The reader, with networks played by hand: which status a reading gets and why, what it takes, order and threads."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fakes import KNOWN, VIN, FakeClassifier, FakeLocator, FakeRectifier, blocks, confidence, lines_at, photo_of
from numpy.typing import NDArray

import vinchar
from vinchar import looks
from vinchar import reader as reader_module
from vinchar.bundle import Bundle, Confidence, ModelError, Recognition, open_bundle
from vinchar.imaging import load
from vinchar.known import known_vins
from vinchar.posterior import NO_PRIORS
from vinchar.reader import Reader
from vinchar.reading import Reading
from vinchar.vin import ALPHABET

OTHER = "WVWZZZ1JZ3W386752"
IMAGES = Path(__file__).parents[1] / "images"
Make = Callable[..., Reader]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a reader with networks played by hand that is sure of a reading with the given log odds."""

    def make_reader(
        log_odds: float = 4.0,
        quality: dict[str, float] | None = None,
        rectifier: FakeRectifier | None = None,
        classifier: FakeClassifier | None = None,
        locator: FakeLocator | None = None,
        **how: Any,
    ) -> Reader:
        paths = {name: Path(name) for name in ("locator", "rectifier", "classifier", "glyph")}
        said = {"vinchar": "0", "sha256": {}, "quality": {}}
        ways = {"lattice": Recognition({"lattice": 1.0}, confidence(log_odds))}
        bundle = Bundle(paths, Path("structure"), ways, "lattice", quality or {}, said)
        fakes = {
            "Locator": locator or FakeLocator(),
            "Rectifier": rectifier or FakeRectifier(),
            "Classifier": classifier or FakeClassifier(),
        }
        for name, fake in fakes.items():
            monkeypatch.setattr(reader_module, name, lambda path, *more, fake=fake: fake)
        monkeypatch.setattr(reader_module, "open_bundle", lambda folder: bundle)
        monkeypatch.setattr(reader_module.store, "load", lambda path: KNOWN)
        monkeypatch.setattr(looks, "find_textlines", lambda gray, limit: [])
        return Reader(**how)

    return make_reader


@pytest.fixture(scope="module")
def shipped() -> Reader:
    return Reader()


# -- one reading -------------------------------------------------------------------------------------------------------


def test_a_strip_is_read(make: Make) -> None:
    reading = make().read(blocks())
    assert (reading.kind, reading.vin, reading.status) == ("strip", VIN, "ok")
    assert reading.check_digit == "valid"
    assert reading.confidence == pytest.approx(0.982, abs=0.001)
    for i, character in enumerate(reading.characters):
        np.testing.assert_allclose(character.quad.mean(0), [40 + 20 * i, 20], atol=1.5)


def test_a_photo_is_read(make: Make) -> None:
    reader = make(rectifier=FakeRectifier(only_in=400), locator=FakeLocator(lambda side: lines_at(220)))
    reading = reader.read(photo_of(220))
    assert (reading.kind, reading.vin, reading.status) == ("photo", VIN, "ok")
    np.testing.assert_allclose(reading.characters[0].quad.mean(0), [140, 220], atol=1.5)


def test_a_glyph_is_read(make: Make) -> None:
    thin, thick = np.full((60, 40), 30, np.uint8), np.full((60, 40), 230, np.uint8)
    thin[10:50, 18:22] = 200
    thick[8:52, 6:34] = 20
    readings = [make().read(picture) for picture in (thin, thick)]
    assert [(r.kind, r.vin, r.status) for r in readings] == [("glyph", "1", "ok"), ("glyph", "8", "ok")]


@pytest.mark.parametrize(("log_odds", "status"), [(4.0, "ok"), (1.0, "uncertain"), (-6.0, "not_found")])
def test_status_follows_from_the_probability(make: Make, log_odds: float, status: str) -> None:
    reading = make(log_odds).read(blocks())
    assert reading.status == status
    assert (reading.vin is None) == (status == "not_found")
    assert bool(reading.reasons) == (status != "ok")


def test_no_line_no_vin(make: Make) -> None:
    reading = make(rectifier=FakeRectifier(blind=True)).read(np.full((40, 400), 9, np.uint8))
    assert (reading.status, reading.vin) == ("not_found", None)
    (reason,) = reading.reasons
    assert reason.startswith("no VIN found")
    assert make().read(np.full((500, 500), 20, np.uint8)).status == "not_found"  # a photo


@pytest.mark.parametrize(("log_odds", "status"), [(4.0, "ok"), (1.0, "uncertain"), (-5.0, "not_found")])
def test_what_is_not_read_surely_is_explained(log_odds: float, status: str, make: Make) -> None:
    """A good reading is not questioned, however small its characters."""
    reading = make(log_odds, {"glyph_height": 1000.0, "contrast": 1.0}).read(blocks())
    assert reading.status == status
    if status == "not_found":
        assert not reading.quality
        assert len(reading.reasons) == 1
        return
    assert reading.quality["glyph_height"] == pytest.approx(26, rel=0.3)
    if status == "ok":
        assert reading.reasons == ()
    else:
        assert reading.reasons[-1] == "the characters are too small: move closer"
        assert len(reading.reasons) > 1
        assert not any("contrast" in reason for reason in reading.reasons)


def test_two_different_vins_make_each_other_doubtful_unless_all_are_asked_for(make: Make) -> None:
    photo = photo_of(120, 420, marked=(420,))
    fakes = {
        "rectifier": FakeRectifier(only_in=400),
        "classifier": FakeClassifier(marked_vin=OTHER),
        "locator": FakeLocator(lambda side: lines_at(120, 420)),
    }
    reading = make(4.0, **fakes).read(photo)
    assert reading.status == "uncertain"
    assert "several" in reading.reasons[-1]
    every = make(4.0, **fakes, every=True).read(photo)
    assert [one.status for one in (every, *every.others)] == ["ok", "ok"]
    assert {every.vin, every.others[0].vin} == {VIN, OTHER}
    nothing = make(-6.0, **fakes, every=True).read(photo)
    assert (nothing.status, nothing.others) == ("not_found", ())  # VINs that nobody can read are not listed


def test_every_vin_of_a_photo_is_read_if_asked(shipped: Reader) -> None:
    """The shipped networks, on a photo of two of the sample pictures."""
    label, plate = (load(IMAGES / "photos" / name) for name in ("door-label-white.jpg", "windscreen-laser-strip.jpg"))
    wide = max(label.shape[1], plate.shape[1])
    both = np.vstack([np.pad(g, ((0, 0), (0, wide - g.shape[1]))) for g in (label, plate)])
    alone = shipped.read(both, "photo")
    assert alone.others == ()
    reader = Reader(every=True)
    first = reader.read(both, "photo", name="both.jpg")
    assert {first.vin, *(other.vin for other in first.others)} == {VIN, "5GZCZ43D13S812715"}
    assert first.vin == alone.vin
    assert [other.image for other in first.others] == ["both.jpg"]
    single = reader.read(label, "photo")
    assert (single.vin, single.others) == (VIN, ())


# -- what a reader takes -----------------------------------------------------------------------------------------------


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


def test_the_order_of_colours_reaches_the_picture(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make()  # networks played by hand
    monkeypatch.setattr(reader_module, "_shared", None)
    red, reader = np.full((40, 400, 3), (255, 0, 0), np.uint8), Reader()
    seen: list[int] = []
    monkeypatch.setattr(reader_module, "guess_kind", lambda gray: seen.append(int(gray[0, 0])) or "strip")
    reader.read(red), reader.read(red, channels="RGB"), vinchar.read(red, channels="RGB")
    list(reader.read_many([red], channels="RGB")), list(reader.read_many([red], channels="RGB", workers=2))
    assert seen == [29, 76, 76, 76, 76]


# -- many readings -----------------------------------------------------------------------------------------------------


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


def test_one_worker_reads_when_asked_for_the_next(make: Make) -> None:
    classifier = FakeClassifier()
    readings = make(classifier=classifier).read_many(iter([blocks(), blocks()]))
    next(readings)
    assert len(classifier.strips) == 1


def test_few_pictures_are_taken_in_advance(make: Make) -> None:
    taken: list[int] = []

    def endless() -> Iterator[NDArray[np.uint8]]:
        while True:
            taken.append(1)
            yield blocks()

    readings = make().read_many(endless(), workers=2)
    assert [next(readings).vin for _ in range(5)] == [VIN] * 5
    assert len(taken) <= 9


def test_a_bare_path_in_place_of_many_is_refused(make: Make) -> None:
    for one in ("door.jpg", Path("door.jpg"), b"\xff\xd8", blocks(), io.BytesIO(b"x"), None):
        with pytest.raises(ValueError, match=r"got one \w+, expected several: read_many\(\[picture\]\), or read"):
            make().read_many(one)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kind: got 'lorry'"):
        make().read_many([blocks()], "lorry")  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_bad_item_costs_one_reading(workers: int, make: Make) -> None:
    readings = list(make().read_many([blocks(), None, "absent.jpg", blocks()], "strip", workers))  # type: ignore[list-item]
    assert [one.status for one in readings] == ["ok", "error", "error", "ok"]
    assert "got NoneType, expected" in readings[1].reasons[0]
    assert readings[2].image == "absent.jpg"


def test_a_shared_reader_reads_the_same_from_many_threads(shipped: Reader) -> None:
    """With the shipped model: sessions and stages keep nothing between calls."""
    strips, glyphs = (sorted((IMAGES / folder).iterdir()) for folder in ("strips", "glyphs"))
    paths = [*strips[:5], *glyphs[:3]]
    alone = [reading.to_dict() for reading in shipped.read_many(paths)]
    assert [reading.to_dict() for reading in shipped.read_many(paths * 2, workers=4)] == alone * 2


# -- what is known of VINs, and the model ------------------------------------------------------------------------------


class Torn(FakeClassifier):
    """The last character is a 2, or a little likelier another one."""

    def __init__(self, other: str) -> None:
        super().__init__()
        self.other = ALPHABET.index(other)

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        out = super().logits(strips)
        out[:, 178:182, self.other] = out[:, 178:182, ALPHABET.index(VIN[-1])] + 1
        return out


def test_what_is_known_of_vins_is_used_and_can_be_switched_off(make: Make) -> None:
    assert make(classifier=Torn("Z")).read(blocks()).vin == VIN  # a serial number ends in a digit
    without = make(classifier=Torn("Z"), vin_priors=False)
    assert without.priors.structure is NO_PRIORS.structure
    assert without.priors.known is None
    assert without.read(blocks()).vin == VIN[:-1] + "Z"


def test_a_list_of_known_vins_decides_where_the_eye_cannot_and_says_so(make: Make) -> None:
    other = VIN[:-1] + "3"
    alone = make(classifier=Torn("3"), vin_priors=False).read(blocks())
    assert (alone.vin, alone.without_list) == (other, None)
    reading = make(classifier=Torn("3"), vin_priors=False, known=known_vins([VIN])).read(blocks())
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
    made: list[Reader] = []
    monkeypatch.setattr(reader_module, "_shared", None)
    monkeypatch.setattr(reader_module, "Reader", lambda: made.append(Reader()) or made[-1])
    assert vinchar.read(blocks()).vin == VIN
    assert reader_module.read(blocks(), "strip").vin == VIN
    assert len(made) == 1


# -- how sure to be ----------------------------------------------------------------------------------------------------


def test_the_threshold_can_be_chosen(make: Make) -> None:
    assert make().read(blocks()).confidence == pytest.approx(0.982, abs=0.001)
    assert make(min_confidence=0.98).read(blocks()).status == "ok"
    assert make(min_confidence=0.99).read(blocks()).status == "uncertain"


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


def test_a_list_of_known_vins_may_be_a_file_or_the_vins(tmp_path: Path) -> None:
    (tmp_path / "fleet.csv").write_text(f"vin\n{VIN}\n{OTHER}\n")
    for known in (tmp_path / "fleet.csv", str(tmp_path / "fleet.csv"), [VIN.lower(), OTHER], known_vins([VIN, OTHER])):
        found = Reader(known=known).priors.known
        assert found is not None
        assert len(found) == 2
    with pytest.raises(ValueError, match="got 5 characters"):
        Reader(known=["plate"])


def test_the_shipped_model_says_which_threshold_gives_which_error() -> None:
    """As the README's example asks for; a smaller share of errors takes a higher threshold."""
    thresholds = [Reader(target_error=risk).confidence.threshold for risk in (0.001, 0.01, 0.1)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert len(set(thresholds)) == 3


# -- ways to read strips -----------------------------------------------------------------------------------------------


def test_every_way_that_the_shipped_model_has_reads_a_clear_strip() -> None:
    bundle = Reader().bundle
    rows = csv.DictReader((IMAGES / "labels.csv").read_text().splitlines())
    label = {row["image"]: row["vin"] for row in rows}
    name = "strips/roboto-condensed-400-print-light.png"
    for way, recognition in bundle.recognisers.items():
        reader = Reader(recogniser=way)
        assert reader.confidence == recognition.confidence
        reading = reader.read(IMAGES / name)
        assert reading.vin == label[name]
        assert reading.model == bundle.version + ("" if way == bundle.recogniser else f" {way}")


def test_a_way_that_a_model_has_not_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="recogniser: got 'ctc', expected one that the model has: lattice"):
        make(recogniser="ctc")
    assert make(recogniser="lattice").read(blocks()).vin == VIN
