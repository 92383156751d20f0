"""Other text costs fewer bits than a VIN under the model of other text, and random codes never cost much."""

from __future__ import annotations

import numpy as np
import pytest

from vinchar.structure.text import TextModel, build_text_model, indices, windows
from vinchar.structure.wording import KINDS, as_read, draw_line
from vinchar.vin import ALPHABET

UNIFORM = np.log2(len(ALPHABET))  # bits a character
VINS = [
    *("WVWZZZ1KZ7P200746", "TRUTECFVXK1004417", "1HGCM82633A004352", "XTAGFL110LY512345", "JTDKB20U093512768"),
    *("3VWFE21C04M000128", "KMHDU46D17U086421", "LSVAA49J132047371", "9BWZZZ377VT004251", "VF15RKL0A56304417"),
    *("MAKGM261HK4103852", "6T1BE42K78X501736", "YV1MS382052083914", "AHTFZ29G609021736", "TMBJJ7NE5G0104417"),
]
OTHER = [
    *("E1200746012304XYZ", "EA2018858001230X1", "TCRUEDEMT02002487", "PASSP0RT707797979", "P21555R1795STUBEL"),
    *("DATE0F81RTH020319", "GAWRFRT1250KGRR11", "20555R16R1M16X65J", "REG1STRAT10NCERT1", "V0RDER0ED1TVEH1CU"),
]


@pytest.fixture(scope="module")
def model() -> TextModel:
    return build_text_model(lines=20_000, seed=0)


@pytest.fixture(scope="module")
def held_out() -> np.ndarray:
    rng = np.random.default_rng(99)
    return windows([as_read(draw_line(rng), rng) for _ in range(2_000)], rng)


def bits(model: TextModel, strings: list[str] | np.ndarray) -> np.ndarray:
    """Bits a character under the model."""
    array = strings if isinstance(strings, np.ndarray) else np.stack([indices(text) for text in strings])
    return -model.log_prob(array) / np.log(2) / array.shape[1]


def test_the_next_characters_add_up_to_one(model: TextModel) -> None:
    assert [table.ndim for table in model.tables] == [1, 2, 3]
    for table in model.tables:
        assert table.min() > 0
        np.testing.assert_allclose(table.sum(axis=-1, dtype=np.float64), 1, atol=1e-5)
    # After each of some runs of three characters, the chances of all strings that differ in the fourth alone.
    rng = np.random.default_rng(0)
    before = rng.integers(0, len(ALPHABET), (50, 2))
    runs = (before[:, :1] * len(ALPHABET) + before[:, 1:]) * len(ALPHABET) + before[:, :1]  # numbers of three
    every = np.arange(len(ALPHABET))
    after = (before[:, 1:] * len(ALPHABET) + before[:, :1]) * len(ALPHABET) + every
    chances = [
        model._by_four(np.stack([np.broadcast_to(run, every.shape), nexts], axis=1), every[:, None]).sum()
        for run, nexts in zip(runs, after, strict=True)
    ]
    np.testing.assert_allclose(chances, 1, atol=1e-5)
    assert model.shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_read_as_characters_of_the_alphabet(kind: str) -> None:
    rng = np.random.default_rng(3)
    lines = [draw_line(rng, kind) for _ in range(100)]
    assert not any("{" in line or "}" in line for line in lines)
    assert set("".join(as_read(line, rng) for line in lines)) <= set(ALPHABET)


def test_letters_that_no_vin_has_are_read_as_digits() -> None:
    reads = {as_read("VOITURE I/O", np.random.default_rng(seed)) for seed in range(40)}
    assert "V01TURE10" in reads
    assert as_read("", np.random.default_rng(0)) == ""


def test_a_seed_draws_the_same_lines() -> None:
    first, second = (np.random.default_rng(4) for _ in range(2))
    assert [draw_line(first) for _ in range(20)] == [draw_line(second) for _ in range(20)]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of"):
        draw_line(np.random.default_rng(0), "poem")


def test_held_out_lines_cost_clearly_less_than_uniform(model: TextModel, held_out: np.ndarray) -> None:
    assert bits(model, held_out).mean() < UNIFORM - 0.8


def test_vins_cost_clearly_more_than_other_text(model: TextModel, held_out: np.ndarray) -> None:
    assert bits(model, VINS).mean() > bits(model, held_out).mean() + 0.8
    assert bits(model, VINS).min() > bits(model, held_out).mean()


def test_known_other_text_costs_less_than_vins(model: TextModel) -> None:
    assert bits(model, OTHER).mean() < bits(model, VINS).mean() - 0.8
    assert bits(model, OTHER).max() < bits(model, VINS).mean()


def test_random_codes_cost_little_more_than_their_characters(model: TextModel) -> None:
    rng = np.random.default_rng(5)
    for characters in (10, 16, 33):
        cost = bits(model, rng.integers(0, characters, (200, 17)).astype(np.intp))
        assert cost.max() < np.log2(characters) + 0.45  # the component's own share, over 17 characters


def test_the_model_comes_back_from_its_arrays(model: TextModel, held_out: np.ndarray) -> None:
    again = TextModel.from_arrays(model.arrays())
    np.testing.assert_allclose(again.log_prob(held_out), model.log_prob(held_out), rtol=0, atol=1e-12)


def test_strings_of_another_length_are_refused(model: TextModel) -> None:
    with pytest.raises(ValueError, match="expected"):
        model.log_prob(np.zeros((2, 16), np.intp))
    with pytest.raises(IndexError, match="ALPHABET"):
        model.log_prob(np.full((1, 17), 33, np.intp))
    assert model.log_prob(np.zeros((0, 17), np.intp)).shape == (0,)


def test_arrays_of_another_shape_are_refused(model: TextModel) -> None:
    arrays = model.arrays()
    with pytest.raises(ValueError, match="triples"):
        TextModel.from_arrays(arrays | {"triples": np.zeros((33, 33), np.uint8)})
    with pytest.raises(ValueError, match="shares"):
        TextModel.from_arrays(arrays | {"shares": np.zeros(5)})
