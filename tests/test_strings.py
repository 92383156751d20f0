"""VINs to draw: valid, varied, every character everywhere; and texts round them that every face can draw."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from vinchar.drawing.strings import draw_label_text, draw_vin
from vinchar.structure.store import indices, shipped
from vinchar.vin import ALPHABET, check_digit, check_digit_required, known_makers, validate

DRAWABLE = set(ALPHABET) | set(" -/")


def draw(count: int, seed: int = 0, uniform: float = 0.5) -> list[str]:
    rng = np.random.default_rng(seed)
    return [draw_vin(rng, uniform) for _ in range(count)]


@pytest.fixture(scope="module")
def mixed() -> list[str]:
    return draw(1200)


@pytest.fixture(scope="module")
def built() -> list[str]:
    return draw(400, uniform=0.0)


def look_real(vins: list[str]) -> float:
    """The share of VINs that are likelier as such than as other text."""
    strings = np.concatenate(list(map(indices, vins)))
    return float(np.mean(shipped().structure.log_prob(strings) > shipped().text.log_prob(strings)))


def test_the_same_seed_gives_the_same_vins() -> None:
    assert draw(50) == draw(50)
    assert draw(50) != draw(50, seed=1)


def test_all_are_vins(mixed: list[str]) -> None:
    for vin in mixed:
        validate(vin)


def test_every_character_comes_at_every_place(mixed: list[str]) -> None:
    seen = Counter((place, char) for vin in mixed for place, char in enumerate(vin))
    assert {(place, char) for place in range(17) for char in ALPHABET} == set(seen)


def test_half_look_like_those_of_real_makers(mixed: list[str], built: list[str]) -> None:
    known = set(known_makers())
    assert 0.45 < look_real(mixed) < 0.6
    assert look_real(built) > 0.95
    assert 0.3 < np.mean([vin[-4:].isdigit() for vin in mixed]) < 0.6
    assert np.mean([vin[-4:].isdigit() for vin in built]) > 0.9
    assert np.mean([vin[:3] in known for vin in built]) > 0.9
    assert len({vin[0] for vin in built}) > 8  # of all the world


def test_check_digits_are_right_where_they_must_be(built: list[str]) -> None:
    required = [vin for vin in built if check_digit_required(vin)]
    assert len(required) > 120
    assert np.mean([vin[8] == check_digit(vin) for vin in required]) > 0.95


def test_label_texts_can_be_drawn_and_are_of_all_kinds() -> None:
    rng = np.random.default_rng(0)
    texts = [draw_label_text(rng) for _ in range(500)]
    assert all(text and text.strip() == text for text in texts)
    assert set("".join(texts)) <= DRAWABLE
    kinds = Counter(
        "weights" if " 2- " in text else "weight" if text.endswith(" KG") else "date" if "/" in text else "words"
        for text in texts
    )
    assert set(kinds) == {"weights", "weight", "date", "words"}
