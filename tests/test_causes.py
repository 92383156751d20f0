"""Why a reading is wrong: a strip with known glyphs, and a classifier that says what the case needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.alignment import Track
from vinchar.classify import STRIDE
from vinchar.evaluation.causes import CAUSES, find_cause, with_causes
from vinchar.evaluation.scored import Label, Scored
from vinchar.lattice import Lattice
from vinchar.posterior import NO_PRIORS, Priors
from vinchar.reader import Reader
from vinchar.reading import Reading
from vinchar.recognise import Experts
from vinchar.structure.store import shipped
from vinchar.types import GLYPH_HEIGHT, PITCH, STRIP_HEIGHT, STRIP_WIDTH, Strip
from vinchar.vin import ALPHABET

VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"
PICTURE = np.zeros((9, 9), np.uint8)
Odds = dict[int, dict[str, float]]


class Played:
    """A network that says of the strips of ``blocks(i)`` what it was given for i."""

    def __init__(self, *said: NDArray[np.float32]) -> None:
        self.said = said

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.stack([self.said[int(strip[0, 0])] for strip in strips])


def blocks(number: int = 0) -> Strip:
    """A strip of seventeen blocks where a VIN's glyphs are, on a ground of the grey level ``number``."""
    gray = np.full((STRIP_HEIGHT, STRIP_WIDTH), number, np.uint8)
    for i in range(17):
        top = (STRIP_HEIGHT - GLYPH_HEIGHT) // 2
        gray[top : top + GLYPH_HEIGHT, 30 + PITCH * i + 3 : 30 + PITCH * i + 17] = 220
    x = np.arange(STRIP_WIDTH + 1, dtype=np.float32)
    return Strip(gray, np.stack([np.stack([x, 0 * x], -1), np.stack([x, 0 * x + STRIP_HEIGHT], -1)]))


def logits_of(vin: str, odds: Odds | None = None, missing: tuple[int, ...] = ()) -> NDArray[np.float32]:
    """What a classifier says that sees ``vin``; ``odds``: of characters at a place, ``missing``: places it sees not."""
    out = np.full((STRIP_WIDTH // STRIDE, 34), -8, np.float32)
    out[:, 33] = 8
    for place, char in enumerate(vin):
        if place in missing:
            continue
        middle = (40 + PITCH * place) // STRIDE
        around = np.s_[middle - 2 : middle + 2]
        out[around, 33] = -8
        for named, odd in ((odds or {}).get(place) or {char: 1.0}).items():
            out[around, ALPHABET.index(named)] = 8 + np.log(odd)
    return out


def recognising(*logits: NDArray[np.float32]) -> tuple[Played, Experts]:
    """A classifier that says so, and the recogniser that asks it."""
    classifier = Played(*logits)
    return classifier, Experts((Lattice(classifier), 1.0))


def cause(
    read: str | None,
    *logits: NDArray[np.float32],
    truth: str = VIN,
    status: str = "uncertain",
    priors: Priors = NO_PRIORS,
) -> str | None:
    reading = Reading("a.png", "strip", read, status)  # type: ignore[arg-type]

    def views(gray: object, kind: str) -> Iterator[list[Track]]:
        assert kind == "strip"
        return iter([[([blocks(i) for i in range(len(logits))], lambda: [])]])

    return find_cause(Scored(reading, Label(truth), PICTURE), views, *recognising(*logits), priors)


def test_nothing_is_the_matter_with_a_right_reading() -> None:
    assert cause(VIN, logits_of(VIN)) is None


@pytest.mark.parametrize(
    ("read", "status", "truth", "why"),
    [(None, "error", VIN, "file"), (None, "not_found", VIN, "place"), ("A", "ok", "B", "characters")],
)
def test_where_there_is_no_strip(read: str | None, status: str, truth: str, why: str) -> None:
    assert cause(read, truth=truth, status=status) == why


def test_another_line() -> None:
    assert cause(OTHER, logits_of(OTHER)) == "place"
    assert cause(OTHER, logits_of(OTHER), logits_of(VIN)) == "search"  # it was cut, too, and would have been read


def test_characters() -> None:
    assert cause("1HGCM82633A004852", logits_of(VIN, {14: {"8": 0.98, "3": 0.02}})) == "characters"
    assert cause("1HGCM82633A004852", logits_of(VIN, missing=(7,))) == "characters"


@pytest.mark.parametrize("missing", [(0,), (15, 16)])
def test_ends_cut_off(missing: tuple[int, ...]) -> None:
    assert cause(None, logits_of(VIN, missing=missing)) == "straightening"


def test_priors() -> None:
    """A letter where digits stand: seen rightly, and overruled."""
    truth, seen = "WVWZZZ1JZ3W38675S", {16: {"S": 0.6, "5": 0.4}}
    known = Priors(shipped().structure)
    assert cause("WVWZZZ1JZ3W386755", logits_of(truth, seen), truth=truth, priors=known) == "priors"
    assert cause("WVWZZZ1JZ3W386755", logits_of(truth, seen), truth=truth) == "search"


def test_a_picture_that_is_gone(tmp_path: Path) -> None:
    gone = Scored(Reading("a.png", "strip", OTHER, "ok"), Label(VIN), tmp_path / "a.png")
    assert find_cause(gone, lambda gray, kind: iter([]), *recognising()) == "file"


def test_the_shipped_networks_show_what_a_label_has_wrong() -> None:
    """A right reading against a label with another character, and against that of another picture."""
    strips = sorted((Path(__file__).parents[1] / "images" / "strips").iterdir())
    reader = Reader()
    reading = reader.read(strips[0])
    assert reading.vin is not None
    changed = reading.vin[:-1] + ("7" if reading.vin[-1] != "7" else "4")
    held_to = (reader.search.views, reader.classifier, reader.recogniser, reader.priors)
    assert find_cause(Scored(reading, Label(changed), strips[0]), *held_to) == "characters"
    other = reader.read(strips[1]).vin
    assert other is not None
    assert find_cause(Scored(reading, Label(other), strips[0]), *held_to) == "place"


def test_only_what_is_wrong_is_looked_into() -> None:
    asked: list[str] = []

    def views(gray: object, kind: str) -> Iterator[list[Track]]:
        asked.append(kind)
        return iter([[([blocks()], lambda: [])]])

    readings = [
        Reading("a", "photo", VIN, "ok"),
        Reading("b", "strip", OTHER, "ok"),
        Reading("c", "photo", None, "error"),
    ]
    found = with_causes(
        [Scored(reading, Label(VIN), PICTURE) for reading in readings], views, *recognising(logits_of(VIN))
    )
    assert [one.cause for one in found] == [None, "search", "file"]
    assert [one.reading for one in found] == readings
    assert asked == ["strip"]
    assert {one.cause for one in found} - {None} <= set(CAUSES)


def track(*numbers: int, others: tuple[int, ...] | None = ()) -> Track:
    """A line with the strips ``blocks(number)``, and other cuts of it; None: they must not be asked for."""

    def cut() -> list[Strip]:
        assert others is not None
        return [blocks(number) for number in others]

    return [blocks(number) for number in numbers], cut


SAID = (logits_of(OTHER), logits_of(VIN, missing=(0,)), logits_of(VIN, {14: {"8": 0.8, "3": 0.2}}), logits_of(VIN))
ELSEWHERE, CUT_OFF, MISTAKEN, CLEAR = range(4)  # what SAID shows


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([[track(CUT_OFF, others=(MISTAKEN,)), track(ELSEWHERE, others=None)]], "characters"),
        ([[track(MISTAKEN, CLEAR, others=None)]], "search"),  # nothing shows more than all
        ([[track(ELSEWHERE, others=None)], [track(CUT_OFF)], [track(CLEAR)]], "straightening"),
        ([[track(ELSEWHERE)], [track(ELSEWHERE, others=(ELSEWHERE, MISTAKEN))]], "characters"),
        ([[track(ELSEWHERE)], [track()], []], "place"),
    ],
    ids=["other cuts of the line", "a clear strip", "the first look with the line", "a line drawn off", "no line"],
)
def test_looks_are_walked_until_a_line_shows_the_vin(looks: list[list[Track]], expected: str) -> None:
    reading = Scored(Reading("a.png", "photo", None, "not_found"), Label(VIN), PICTURE)
    assert find_cause(reading, lambda gray, kind: looks, *recognising(*SAID)) == expected


def test_what_there_is_no_time_for_has_no_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 2.0, 4.0])
    monkeypatch.setattr("vinchar.evaluation.causes.time.monotonic", lambda: next(clock))
    sure, unsure = (Reading("a", "strip", OTHER, "ok", confidence) for confidence in (0.9, 0.2))
    some = [Scored(reading, Label(VIN), PICTURE) for reading in (unsure, sure)]
    found = with_causes(some, lambda gray, kind: [[track(CLEAR)]], *recognising(*SAID), seconds=2)
    assert [one.cause for one in found] == [None, "search"]  # the surest errors first


def test_no_causes_at_all() -> None:
    (found,) = with_causes(
        [Scored(Reading("a", "strip", OTHER, "ok"), Label(VIN), PICTURE)],
        lambda gray, kind: pytest.fail("nothing is to be looked into"),
        *recognising(),
        seconds=0,
    )
    assert found.cause is None
