"""Frames of one VIN read as one: what is the same VIN, what several frames know together, and what the reader gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from lines import VIN, reading
from numpy.typing import NDArray

from vinchar import explainer, frames
from vinchar import reader as reader_module
from vinchar.bundle import Confidence
from vinchar.decide import Decision, Found, Judge, Line
from vinchar.frames import fuse, fused_glyph, scenes, vins_in, vins_in_clip
from vinchar.posterior import Priors
from vinchar.reader import Reader
from vinchar.reading import Barcode, Reading
from vinchar.structure.store import shipped
from vinchar.types import LineReading
from vinchar.vin import ALPHABET

OTHER = "WVWZZZ1JZ3W386752"
IMAGES = Path(__file__).parents[1] / "images"
CLEAR, METAL = IMAGES / "photos" / "door-label-white.jpg", IMAGES / "photos" / "windscreen-metal-plate.jpg"
# The surer a posterior, the likelier it is right.
SURENESS = Confidence(
    (2.0, 0, 0, 0, 0, 0, 0.0),
    (3.0, 0.0, 0.0, 0.0, 0.0, 0.0, -4.0),
    threshold=0.8,
    glyph_threshold=0.7,
    glyph_least=0.5,
    settled=0.8,
)
JUDGE = Judge(Priors(), shipped(), SURENESS)


def cold(centres: NDArray[np.float32]) -> float:
    return 0.0


def seen(vin: str, hidden: Sequence[int] = (), sure: float = 6.0, x: float = 100, y: float = 200) -> LineReading:
    """What a recogniser sees of a VIN, by ``sure`` nats against any other character; nothing at ``hidden`` glyphs."""
    found = reading(x, y)
    found.log_likelihoods[:] = -sure
    found.log_likelihoods[0, np.arange(17), [ALPHABET.index(char) for char in vin]] = 0.0
    found.log_likelihoods[0, list(hidden)] = -3.5
    return found


def decided(*readings: LineReading) -> list[Decision]:
    """The one decision over what was seen in a frame."""
    return [JUDGE.decide([JUDGE.weigh(one, "likeliest lines") for one in readings], cold)]


def best(decision: Decision) -> Line:
    assert decision.best is not None
    return decision.best


def alone(reading: Reading) -> Reading:
    """The reading as of a single picture."""
    return replace(reading, frame=None, frames=())


def chance_of(line: Line) -> float:
    return line.posterior.strings[0][1]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


# -- lines of several frames -------------------------------------------------------------------------------------------


def test_what_is_hidden_in_each_frame_another_one_shows() -> None:
    """A light wanders over the line, which moves."""
    looks = [decided(seen(VIN, range(at, at + 5), x=50 * at, y=30 * at)) for at in (0, 6, 12)]
    assert all(best(one).vin != VIN for (one,) in looks)
    decision, shown = fuse(looks, JUDGE)
    assert best(decision).vin == VIN
    assert len(decision.lines) == 1
    assert sorted(shown[decision.best]) == [0, 1, 2]
    assert decision.chance > max(one.chance for (one,) in looks)


def test_the_surer_frame_weighs_more() -> None:
    misread = VIN[:4] + "99" + VIN[6:]
    blurred, sharp = seen(misread, sure=3.5), seen(VIN, sure=8.0, x=300)
    for looks in ([decided(blurred), decided(sharp)], [decided(sharp), *[decided(blurred) for _ in range(4)]]):
        decision, shown = fuse(looks, JUDGE)
        assert best(decision).vin == VIN
        (sharp_one,) = [i for i, (one,) in enumerate(looks) if best(one).vin == VIN]
        assert shown[decision.best][0] == sharp_one
        line, alone = best(decision), best(looks[sharp_one][0])
        assert line.reading.strip is alone.reading.strip  # the quads are those of that frame
        assert line.posterior.log_likelihood == alone.posterior.log_likelihood
        np.testing.assert_allclose(line.reading.each[0], line.reading.log_likelihoods)


def test_frames_that_share_a_doubt_stay_nearly_as_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What misleads the recogniser in one frame does so in all."""
    alone = best(decided(seen(VIN, sure=5.0))[0])
    many = [decided(seen(VIN, sure=5.0, x=at)) for at in range(9)]
    chances = {}
    for share in (0.0, 0.5, frames.SHARE):
        monkeypatch.setattr(frames, "SHARE", share)
        chances[share] = chance_of(best(fuse(many, JUDGE)[0]))
    assert chances[0.0] == pytest.approx(chance_of(alone), abs=1e-3)
    assert chances[0.5] == pytest.approx(chance_of(best(decided(seen(VIN, sure=15.0))[0])), abs=1e-3)
    assert chance_of(alone) < chances[frames.SHARE] < chances[0.5]


def test_two_cars_give_two_lines_and_do_not_mix() -> None:
    looks = [decided(seen(VIN, [at], x=10 * at), seen(OTHER, [at + 3], x=10 * at, y=500)) for at in range(3)]
    decision, _ = fuse(looks, JUDGE)
    assert sorted(line.vin for line in decision.lines) == sorted([VIN, OTHER])
    for line in decision.lines:
        assert (line.reading.strip.edges[0, 0, 1] == 500) == (line.vin == OTHER)


def test_numbers_that_differ_in_two_characters_do_not_mix_where_both_are_seen() -> None:
    """In each frame another of them is read more surely."""
    next_one = VIN[:-2] + "61"
    looks = [
        decided(seen(VIN, sure=9.0), seen(next_one, y=500)),
        decided(seen(VIN), seen(next_one, sure=9.0, y=500)),
    ]
    decision, shown = fuse(looks, JUDGE)
    assert {line.vin: shown[line] for line in decision.lines} == {VIN: (0, 1), next_one: (1, 0)}


def test_lines_of_which_hardly_anything_is_seen_are_lines_of_their_own() -> None:
    nothing = [decided(seen(VIN, range(17))), decided(seen(VIN, range(17)))]
    assert len(fuse(nothing, JUDGE)[0].lines) == 1  # the other is no rival to any
    impossible = [decided(seen(VIN, sure=1000.0)), decided(seen(OTHER, sure=1000.0))]
    assert len(fuse(impossible, JUDGE)[0].lines) == 2


def test_another_view_of_a_line_is_no_rival() -> None:
    """In one frame the line is also cut one glyph too far, and that looks the likelier there."""
    shifted = "9" + VIN[:-1]
    looks = [decided(seen(VIN)), decided(seen(shifted), seen(VIN, range(4))), decided(seen(VIN))]
    assert best(looks[1][0]).vin == shifted
    decision, _ = fuse(looks, JUDGE)
    assert [line.vin for line in decision.lines] == [VIN]


def test_a_line_seen_in_one_frame_of_many_is_less_likely_the_vin() -> None:
    once = [decided(seen(OTHER))] + [decided() for _ in range(8)]
    always = [decided(seen(OTHER, x=at)) for at in range(9)]
    (odds,) = fuse(once, JUDGE)[0].odds
    assert odds == pytest.approx(once[0][0].odds[0] - frames.SEEN * np.log(9))
    assert fuse(always, JUDGE)[0].odds[0] == pytest.approx(odds + np.log(9), abs=1e-3)


def test_each_car_has_a_scene_in_which_frames_of_the_other_do_not_count() -> None:
    first, second = ([decided(seen(vin, x=at))[0] for at in range(8)] for vin in (VIN, OTHER))
    nothing = decided()[0]
    both = scenes([*first, nothing, *second], JUDGE)
    assert {best(one).vin: sorted(shown[best(one)]) for one, shown in both} == {
        VIN: list(range(8)),
        OTHER: list(range(9, 17)),
    }
    (alone,) = scenes([*first, nothing], JUDGE)
    assert both[0].decision.odds == alone.decision.odds == fuse([[one] for one in [*first, nothing]], JUDGE)[0].odds
    assert both[0].decision.odds == pytest.approx(both[1].decision.odds)


def test_lines_that_are_seen_in_turn_are_rivals() -> None:
    """One and the same is misread now and then."""
    looks = [decided(seen(vin, x=at))[0] for at, vin in enumerate([VIN, OTHER, VIN, VIN, OTHER, VIN])]
    (scene,) = scenes(looks, JUDGE)
    assert sorted(line.vin for line in scene.decision.lines) == sorted([VIN, OTHER])
    assert scene.decision.chance < 0.8
    assert len(vins_in_clip(looks, JUDGE, None)) == 1


def test_another_car_is_given_where_it_is_rather_right_than_wrong() -> None:
    """All that could be right are given where all were asked for."""
    first, second = (
        [decided(seen(vin, hidden, x=at))[0] for at in range(8)] for vin, hidden in ((VIN, ()), (OTHER, [3]))
    )
    (_, scene) = scenes([*first, *second], JUDGE)
    assert 0.01 < scene.decision.chance < frames.EVEN
    assert [vin.line.vin for vin in vins_in_clip([*first, *second], JUDGE, None) if vin.line] == [VIN]
    assert len(vins_in_clip([*first, *second], JUDGE, 0.01)) == 2


def test_no_line_in_any_frame() -> None:
    decision, shown = fuse([decided(), decided()], JUDGE)
    assert (decision.lines, shown) == ((), {})
    (none,) = vins_in([[(decided()[0], [])]] * 2, JUDGE, None)
    assert (none.line, none.chance, none.frames) == (None, 0.0, (0,))


def test_other_vins_are_given_if_asked_for() -> None:
    looks = [[(one, one.each())] for (one,) in (decided(seen(VIN), seen(OTHER, y=500)) for _ in range(2))]
    assert {vin.line.vin for vin in vins_in(looks, JUDGE, 0.02) if vin.line} == {VIN, OTHER}
    assert len(vins_in(looks, JUDGE, None)) == len(vins_in(looks, JUDGE, 0.9999)) == 1
    assert vins_in(looks[:1], JUDGE, None)[0].decision is looks[0][0][0]


def test_frames_of_one_character() -> None:
    log_probs = np.full((2, 34), -9.0, np.float32)
    log_probs[0, :2], log_probs[1, :2] = np.log([0.5, 0.4]), np.log([0.3, 0.6])
    together = fused_glyph(log_probs)
    assert np.exp(together).sum() == pytest.approx(1, abs=1e-5)
    assert together.argmax() == 1
    np.testing.assert_array_equal(fused_glyph(log_probs[:1]), log_probs[0])


# -- the reader --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", [CLEAR, IMAGES / "strips" / "dots-print-light.png", IMAGES / "glyphs" / "8.png"])
def test_one_frame_gives_what_read_gives(reader: Reader, picture: Path) -> None:
    assert reader.read_frames([picture]) == reader.read(picture)
    assert reader.read_frames([picture], names=["first"]).image == "first"


def test_a_camera_that_stands_still_shows_nothing_new(reader: Reader) -> None:
    thrice = reader.read_frames([METAL, METAL, METAL])
    assert (thrice.frame, thrice.frames) == (0, (0,))
    assert alone(thrice) == reader.read(METAL)


def test_the_quads_are_those_of_the_frame_that_is_named(reader: Reader) -> None:
    clear = cv2.imread(str(CLEAR))
    pictures = {"blurred": cv2.GaussianBlur(clear, (0, 0), 12)}
    pictures |= {f"{shift}": np.roll(clear, shift, axis=1) for shift in (0, 25, -25)}
    reading = reader.read_frames(pictures.values(), names=pictures)
    assert reading.image is not None
    alone = reader.read(pictures[reading.image])
    assert (reading.vin, reading.status) == (alone.vin, "ok")
    assert reading.quad is not None
    np.testing.assert_allclose(reading.quad, alone.quad, atol=0.1)
    assert reading.quality == pytest.approx(alone.quality)
    assert reading.model == reader.version


def test_a_frame_that_cannot_be_used_costs_itself(reader: Reader, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(CLEAR.read_bytes()[:99])
    reading = reader.read_frames([broken, CLEAR, tmp_path / "gone.jpg"])
    assert (reading.frame, reading.frames) == (1, (1,))
    assert alone(reading) == reader.read(CLEAR)
    none = reader.read_frames([broken, tmp_path / "gone.jpg"], names=["a", "b"])
    assert (none.status, none.image, none.vin) == ("error", "a", None)
    assert none.reasons


def test_frames_of_a_glyph(reader: Reader) -> None:
    glyph = cv2.imread(str(IMAGES / "glyphs" / "8.png"))
    reading = reader.read_frames([glyph, np.roll(glyph, 1, axis=0)])
    assert (reading.kind, reading.vin, reading.status) == ("glyph", "8", "ok")


class Scripted:
    """A search that finds what is said of each frame, by the level of its grey."""

    def __init__(self, *found: list[LineReading]) -> None:
        self.judge, self.found = JUDGE, found

    def read(self, gray: NDArray[np.uint8], kind: str) -> Decision:
        return decided(*self.found[int(gray[0, 0])])[0]

    def every(self, gray: NDArray[np.uint8], kind: str, least: float) -> Iterator[Found]:
        decision = self.read(gray, kind)
        yield decision, decision.each()


def grays(count: int) -> list[NDArray[np.uint8]]:
    return [np.full((600, 800), level, np.uint8) for level in range(count)]


def test_two_cars_give_a_reading_each_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is seen best in another frame."""
    reader = Reader(every=True)
    first, second = [seen(VIN, sure=9.0), seen(OTHER, y=500)], [seen(VIN), seen(OTHER, sure=9.0, y=500)]
    monkeypatch.setattr(reader, "search", Scripted(first, second))
    reading = reader.read_frames(grays(2), names=["a", "b"])
    both = [reading, *reading.others]
    assert {(one.vin, one.image) for one in both} == {(VIN, "a"), (OTHER, "b")}
    monkeypatch.setattr(reader, "_explainer", replace(reader._explainer, every=False))
    assert reader.read_frames(grays(2)).others == ()


def test_barcodes_are_looked_for_in_the_best_frame_or_in_all(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_barcodes(gray: NDArray[np.uint8], lines: Sequence[object] = ()) -> tuple[Barcode, ...]:
        looked.append(int(gray[0, 0]))
        return (Barcode(VIN, "Code39", np.zeros((4, 2), np.float32)),) if gray[0, 0] == 1 else ()

    looked: list[int] = []
    monkeypatch.setattr(explainer, "read_barcodes", read_barcodes)
    monkeypatch.setattr(reader, "_explainer", replace(reader._explainer, barcodes=True))
    monkeypatch.setattr(reader, "search", Scripted([seen(VIN, [3])], [seen(VIN)], []))
    both = reader.read_frames(grays(3), names="abc")
    assert (both.vin, both.source, both.image, looked) == (VIN, "both", "b", [1])
    looked.clear()
    monkeypatch.setattr(reader, "search", Scripted([], [], []))
    alone = reader.read_frames(grays(3), names="abc")
    assert (alone.vin, alone.source, alone.image, looked) == (VIN, "barcode", "b", [0, 1])


def test_what_most_frames_look_like_is_read(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = iter(["glyph", "photo", "photo"])
    monkeypatch.setattr(reader_module, "guess_kind", lambda gray: next(kinds))
    monkeypatch.setattr(reader, "search", Scripted([], [seen(VIN)], [seen(VIN)]))
    assert reader.read_frames(grays(3)).kind == "photo"


def test_what_is_not_several_pictures_is_refused(reader: Reader) -> None:
    with pytest.raises(ValueError, match="got one PosixPath, expected several"):
        reader.read_frames(CLEAR)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="got one ndarray"):
        reader.read_frames(np.zeros((9, 9), np.uint8))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="got 0"):
        reader.read_frames([])
    with pytest.raises(ValueError, match="got 1 with 2 names"):
        reader.read_frames([CLEAR], names=["a", "b"])
    with pytest.raises(ValueError, match="kind: got 'video'"):
        reader.read_frames([CLEAR], "video")  # type: ignore[arg-type]
