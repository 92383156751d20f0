"""What several experts are worth together, and which ways to read a model has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.recognise import Experts, Partings
from vinchar.training import recognisers
from vinchar.training.cache import StripCache
from vinchar.training.recognisers import fit_weights, glyphs_seen, ways_to_read

CENTRES = np.arange(40, 380, 20, dtype=np.float32)


class Noisy:
    """Parts every strip as it is, and sees the true classes, as the strip's first row has them, through noise."""

    def __init__(self, noise: float, seed: int, off: float = 0.0) -> None:
        self.noise, self.rng, self.off = noise, np.random.default_rng(seed), off
        self.asked = 0

    def look(self, strips: NDArray[np.uint8]) -> Noisy:
        self.strips = strips
        self.asked += len(strips)
        return self

    def judge(self, strip: int, centres: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        logs = self.rng.normal(0, self.noise, (len(centres), 17, 33))
        logs[:, np.arange(17), self.strips[strip, 0, :17]] += 4
        logs -= np.logaddexp.reduce(logs, axis=2, keepdims=True)
        return logs.astype(np.float32), np.full(len(centres), -1.0)

    def partings(self) -> list[Partings | None]:
        centres = CENTRES[None] + np.float32(self.off)
        found: list[Partings | None] = []
        for strip in range(len(self.strips)):
            logs, scores = self.judge(strip, centres)
            found.append(None if self.strips[strip, 0, 0] == 32 else Partings(centres, logs, scores, np.zeros(1, "f4")))
        return found


def strips(count: int = 200) -> StripCache:
    """Strips with blocks where glyphs are."""
    classes = np.random.default_rng(1).integers(0, 32, (count, 17)).astype(np.int32)
    gray = np.full((count, 40, 400), 20, np.uint8)
    for centre in CENTRES.astype(int):
        gray[:, 7:33, centre - 7 : centre + 7] = 220
    gray[:, 0, :17] = classes
    return StripCache(gray, np.tile(CENTRES, (count, 1)), classes, np.arange(count, dtype=np.int32))


def weights(monkeypatch: pytest.MonkeyPatch, *experts: Noisy) -> list[float]:
    monkeypatch.setattr(recognisers, "_experts", lambda model, names: Experts(*((one, 1.0) for one in experts)))
    found = fit_weights(Path("model"), [str(i) for i in range(len(experts))], strips())
    assert list(found) == [str(i) for i in range(len(experts))]
    return list(found.values())


def test_who_sees_better_weighs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clear, blurred = weights(monkeypatch, Noisy(1.0, 0), Noisy(2.0, 1))
    assert clear > 2 * blurred > 0


def test_who_sees_nothing_weighs_nothing_and_equals_weigh_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, blind = weights(monkeypatch, Noisy(1.5, 0), Noisy(1.5, 1), Noisy(400.0, 2))
    assert one == pytest.approx(other, rel=0.2)
    assert blind < 0.01


def test_one_alone_is_taken_at_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weights(monkeypatch, Noisy(3.0, 0)) == [1.0]


def test_of_too_few_glyphs_nothing_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weights(monkeypatch, Noisy(1.0, 0, off=12.0), Noisy(2.0, 1)) == [0.5, 0.5]  # none is parted rightly


def test_only_strips_that_were_parted_are_counted_and_shown_to_the_others() -> None:
    some, first, second = strips(40), Noisy(1.0, 0), Noisy(1.0, 1)
    some.gray[::4, 0, 0] = 32  # where the first sees no line
    seen, true = glyphs_seen(Experts((first, 1.0), (second, 1.0)), some)
    assert seen.shape == (2, 30 * 17, 33)
    np.testing.assert_array_equal(true.reshape(30, 17)[:, 1:], np.delete(some.classes, np.s_[::4], axis=0)[:, 1:])
    assert (first.asked, second.asked) == (40, 30)


@pytest.mark.parametrize(
    ("networks", "ways"),
    [
        (["classifier"], {"lattice": ("lattice",)}),
        (["classifier", "ctc"], {"ctc": ("ctc",), "lattice": ("lattice",), "fused": ("lattice", "ctc")}),
    ],
)
def test_a_model_reads_in_the_ways_that_it_has_networks_for(
    tmp_path: Path, networks: list[str], ways: dict[str, tuple[str, ...]]
) -> None:
    for name in [*networks, "locator", "glyph"]:
        (tmp_path / f"{name}.onnx").touch()
    found = ways_to_read(tmp_path)
    assert list(found.items()) == list(ways.items())  # the usual one last
