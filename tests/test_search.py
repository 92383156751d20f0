"""The search: look after look until one line is settled on, and what is in doubt cut in other ways; fake networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from fakes import (
    KNOWN,
    VIN,
    FakeClassifier,
    FakeLocator,
    FakeRectifier,
    blocks,
    confidence,
    is_marked,
    level,
    lines_at,
    photo_of,
)
from numpy.typing import NDArray

from vinchar import looks
from vinchar.decide import Decision, Judge
from vinchar.lattice import Lattice
from vinchar.locate import CLOSER
from vinchar.looks import FARTHER, Look
from vinchar.posterior import Priors
from vinchar.recognise import Experts
from vinchar.rectify import Line, frame_of_picture, move_ends
from vinchar.search import GLANCE, Search
from vinchar.straighten import Straightener
from vinchar.types import Quad
from vinchar.vin import ALPHABET


@pytest.fixture(autouse=True)
def _no_other_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "find_textlines", lambda gray, limit: [])


def search(
    log_odds: float = 4.0, rectifier: Any = None, classifier: Any = None, locator: FakeLocator | None = None
) -> Search:
    """A search by fake networks that is sure of a reading with the given log odds."""
    return Search(
        locator or FakeLocator(),  # type: ignore[arg-type]
        Straightener(rectifier or FakeRectifier()),
        Experts((Lattice(classifier or FakeClassifier()), 1.0)),
        Judge(Priors(KNOWN.structure), KNOWN, confidence(log_odds)),  # type: ignore[arg-type]
    )


def found(decision: Decision) -> str | None:
    return None if decision.best is None else decision.best.vin


def first_glyph(decision: Decision) -> NDArray[np.float32]:
    """The middle of the first glyph of the best line, in the photo."""
    assert decision.best is not None
    return decision.best.centres[0]


def test_a_line_is_looked_for_in_all_of_a_strip() -> None:
    rectifier = FakeRectifier()
    assert found(search(rectifier=rectifier).read(blocks(), "strip")) == VIN
    np.testing.assert_array_equal(rectifier.frames[0], frame_of_picture((40, 400)))


def test_no_line_no_reading() -> None:
    classifier = FakeClassifier()
    decision = search(rectifier=FakeRectifier(blind=True), classifier=classifier).read(blocks(), "strip")
    assert (decision.lines, decision.chance) == ((), 0.0)
    assert classifier.strips == []
    assert search().read(photo_of(), "photo").lines == ()  # a photo in which the locator sees nothing


def test_a_glance_is_a_look_at_the_likeliest_lines_and_one_that_is_asked_for() -> None:
    tried: list[str] = []

    def look(name: str) -> Look:
        def frames(*_: object) -> Iterator[NDArray[np.float32]]:
            tried.append(name)
            yield from ()

        return Look(name, frames)

    whole = search()
    parts = (FakeLocator(), Straightener(FakeRectifier()), Experts((Lattice(FakeClassifier()), 1.0)), whole.judge)
    one = Search(*parts, [look(name) for name in (known.name for known in looks.LOOKS)])  # type: ignore[arg-type]
    one.glance(photo_of(), "photo")
    one.glance(photo_of(), "photo", "two rows")
    assert tried == [*GLANCE, *GLANCE, "two rows"]


def test_a_sure_reading_needs_no_second_view_and_a_doubtful_one_gets_them() -> None:
    sure, doubtful, rectifier = FakeClassifier(), FakeClassifier(), FakeRectifier()
    search(4.0, classifier=sure).read(blocks(), "strip")
    search(0.5, rectifier, doubtful).read(blocks(), "strip")
    assert len(sure.strips) == 1
    assert 3 <= len(doubtful.strips) <= 6  # but not upside down, nor elsewhere: it is a VIN
    assert rectifier.frames[0].shape == (2, 2, 2)
    assert sum(frame.shape[1] == 2 for frame in rectifier.frames) == 1


def test_a_doubtful_line_is_also_read_where_its_halves_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line as a whole is found too low, and only the half of its columns leads to where the glyphs are."""
    low = level(30 / 400, 370 / 400, 26 / 40, 1.0, centre=0.9)
    better = level(30 / 400, 370 / 400, 26 / 40, 1.0)

    class Misled(FakeRectifier):
        def line(self, edges: NDArray[np.float32]) -> Line | None:
            return low if edges.shape[1] == 2 else super().line(edges)

    odds = []
    monkeypatch.setattr("vinchar.search.WORTH", -99.0)
    for halves in [], [better]:
        monkeypatch.setattr("vinchar.straighten.fit_halves", lambda one, halves=halves: halves if one is low else [])
        one = search(0.5, Misled(), FakeClassifier(particular=True))
        decision = one.line(blocks(marked=True), [frame_of_picture((40, 400))])
        assert decision.best is not None
        odds.append(decision.odds[0])
    assert odds[1] > odds[0]
    assert is_marked(decision.best.reading.strip.gray)


def quad(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return Quad(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32))


class Heights:
    """Knows glyph by glyph of ``steps``: the higher its block, the later it comes in the VIN; any number of them."""

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        out = np.full((len(strips), strips.shape[2] // 2, 34), -8, np.float32)
        out[:, :, 33] = 8
        for strip, one in zip(strips, out, strict=True):
            high = (strip > 128).sum(axis=0)
            edges = np.flatnonzero(np.diff((high > 5).astype(int), prepend=0, append=0)).reshape(-1, 2)
            for left, right in edges[edges[:, 1] - edges[:, 0] > 3]:
                place = min(max(int(np.median(high[left:right])) - 10, 0), 16)
                around = slice((left + right) // 4 - 1, (left + right) // 4 + 2)
                one[around, 33] = -8
                one[around, ALPHABET.index(VIN[place])] = 8
        return out


def steps() -> NDArray[np.uint8]:
    """Blocks as of ``blocks``, each one row higher than the one before."""
    gray = np.full((40, 400), 20, np.uint8)
    for i in range(17):
        top = 20 - (10 + i) // 2
        gray[top : top + 10 + i, 33 + 20 * i : 47 + 20 * i] = 220
    return gray


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 0), (0, -1), (0.5, -0.5)])
def test_a_strip_cut_too_short_is_cut_again(first: float, last: float) -> None:
    """The rectifier misses the ends by so many glyphs."""

    class Short(FakeRectifier):
        def line(self, edges: NDArray[np.float32]) -> Line | None:
            whole = super().line(edges)
            return whole and move_ends(whole, 30 + 20 * first, 370 + 20 * last)

    assert found(search(4.0, Short(), Heights()).line(steps(), [frame_of_picture((40, 400))])) == VIN


@pytest.mark.parametrize("upside_down", [False, True])
def test_what_does_not_read_as_a_vin_is_also_read_upside_down(upside_down: bool) -> None:
    gray = blocks(marked=True)
    if upside_down:
        gray = np.ascontiguousarray(gray[::-1, ::-1])
    decision = search(classifier=FakeClassifier(particular=True)).read(gray, "strip")
    assert found(decision) == VIN
    assert decision.is_ok
    np.testing.assert_allclose(first_glyph(decision), [360 if upside_down else 40, 20], atol=2)


def test_both_polarities_are_tried_where_the_net_is_in_doubt() -> None:
    def glyphs_are_light(classifier: FakeClassifier) -> set[bool]:
        return {bool(gray[20, 40] > gray[2, 2]) for gray in classifier.strips}

    torn, sure = FakeClassifier(), FakeClassifier()
    search(0.5, FakeRectifier(light=0.5), torn).read(blocks(), "strip")
    assert glyphs_are_light(torn) == {False, True}
    search(0.5, FakeRectifier(light=0.01), sure).read(255 - blocks(), "strip")
    assert glyphs_are_light(sure) == {True}


def test_a_strip_that_shows_too_few_glyphs_is_not_read() -> None:
    assert search(classifier=FakeClassifier(VIN[:9])).read(blocks(), "strip").lines == ()


def test_a_photo_is_read_where_the_locator_points() -> None:
    locator = FakeLocator(lambda side: [quad(0, 0, 50, 20), *lines_at(220)])
    decision = search(rectifier=FakeRectifier(only_in=400), locator=locator).read(photo_of(220), "photo")
    assert found(decision) == VIN
    assert decision.is_ok
    np.testing.assert_allclose(first_glyph(decision), [140, 220], atol=1.5)


@pytest.mark.parametrize("order", [(420, 120), (120, 420)])
def test_a_strong_line_does_not_end_a_look_before_its_rivals_are_weighed(order: tuple[int, int]) -> None:
    """Of the line at 120 not much can be read, that at 420 reads well."""
    rectifier, locator = FakeRectifier(only_in=400), FakeLocator(lambda side: lines_at(*order))
    one = search(4.0, rectifier, FakeClassifier(particular=True), locator)
    decision = one.read(photo_of(120, 420, marked=(420,)), "photo")
    assert found(decision) == VIN
    assert decision.is_ok
    assert first_glyph(decision)[1] == pytest.approx(420, abs=2)
    assert {round(float(frame[:, :, 1].mean())) for frame in rectifier.frames} == {120, 420}


@pytest.mark.parametrize(("row", "searched_on"), [(420, False), (120, True)])
def test_a_photo_is_searched_on_where_no_line_is_settled_on(row: int, searched_on: bool) -> None:
    rectifier, locator = FakeRectifier(only_in=400), FakeLocator(lambda side: lines_at(row))
    one = search(-1.5, rectifier, FakeClassifier(particular=True), locator)
    one.read(photo_of(120, 420, marked=(420,)), "photo")
    assert any(frame[0, 0, 0] > frame[0, -1, 0] for frame in rectifier.frames) == searched_on  # upside down


@pytest.mark.parametrize("size", [CLOSER + 1, CLOSER])
def test_a_large_photo_is_looked_at_from_closer_by_where_nothing_reads(size: int) -> None:
    locator = FakeLocator(lambda side: lines_at(220) if side == CLOSER else [])
    one = search(rectifier=FakeRectifier(only_in=400), locator=locator)
    decision = one.read(photo_of(220, shape=(1000, size)), "photo")
    assert found(decision) == (VIN if size > CLOSER else None)


def test_a_vin_that_fills_the_photo_is_seen_from_farther_away() -> None:
    locator = FakeLocator(lambda side: lines_at(220) if side == FARTHER else [])
    decision = search(rectifier=FakeRectifier(only_in=400), locator=locator).read(photo_of(220), "photo")
    assert found(decision) == VIN


def test_two_located_lines_are_also_read_as_the_rows_of_one_vin() -> None:
    """Nine of the blocks stand in one row, eight in one below; neither reads as a VIN."""
    gray, strip = np.full((300, 300), 20, np.uint8), steps()
    gray[80:120, 40:250], gray[130:170, 40:230] = strip[:, :210], strip[:, 210:]
    locator = FakeLocator(lambda side: [quad(40, 80, 250, 120), quad(40, 130, 230, 170)])

    class Joined(FakeRectifier):
        def line(self, edges: NDArray[np.float32]) -> Line | None:
            is_rough = np.allclose(edges[0, 0], [40, 80], atol=3)  # else an earlier pass has bent it
            return level(30 / 400, 370 / 400, 26 / 40, 1.0) if is_rough else super().line(edges)

    decision = search(0.5, Joined(), Heights(), locator).read(gray, "photo")
    assert decision.best is not None
    assert (decision.best.vin, decision.best.look) == (VIN, "two rows")
    assert decision.best.centres[8:10, 1] == pytest.approx([100, 150], abs=8)  # one in each row


def test_a_wide_photo_is_tried_as_one_line_too() -> None:
    gray = np.asarray(cv2.resize(blocks(), (800, 80), interpolation=cv2.INTER_LINEAR), np.uint8)
    assert found(search().read(gray, "photo")) == VIN
    assert found(search().read(np.vstack([gray, np.full((700, 800), 20, np.uint8)]), "photo")) is None


def test_what_was_looked_at_can_be_followed_round_by_round() -> None:
    one = search(-1.5, FakeRectifier(only_in=400), locator=FakeLocator(lambda side: lines_at(220)))
    rounds = [(look.name, found(decision)) for look, decision in one.rounds(photo_of(220), "photo")]
    assert [name for name, _ in rounds] == [look.name for look in looks.LOOKS]
    assert rounds[:2] == [("all of it", None), ("likeliest lines", VIN)]


def test_every_strip_that_may_be_cut_is_shown_look_by_look() -> None:
    one = search(rectifier=FakeRectifier(only_in=400), locator=FakeLocator(lambda side: lines_at(220)))
    looked = list(one.views(photo_of(220), "photo"))
    assert len(looked) == len(looks.LOOKS)
    assert looked[0] == []
    (((strip,), other_cuts),) = looked[1]
    np.testing.assert_allclose(strip.edges[0, [0, -1]], [[100, 200], [500, 200]], atol=1)
    wider = [np.ptp(cut.edges[0, :, 0]) for cut in other_cuts()]
    assert max(wider) > 430
