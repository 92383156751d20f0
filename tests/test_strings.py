"""VINs to draw: valid, varied, every character everywhere; and texts round them that every face can draw."""

from __future__ import annotations

from collections import Counter

import numpy as np

from vinchar.training.strings import WMIS, draw_label_text, draw_vin
from vinchar.vin import ALPHABET, check_digit, check_digit_required, validate

DRAWABLE = set(ALPHABET) | set(" -/")


def draw(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [draw_vin(rng) for _ in range(count)]


def test_the_same_seed_gives_the_same_vins() -> None:
    assert draw(50) == draw(50)
    assert draw(50) != draw(50, seed=1)


def test_all_are_vins() -> None:
    for vin in draw(2000):
        validate(vin)


def test_every_character_comes_at_every_place() -> None:
    seen = Counter((place, char) for vin in draw(8000) for place, char in enumerate(vin))
    assert {(place, char) for place in range(17) for char in ALPHABET} == set(seen)


def test_half_look_like_those_of_real_makers() -> None:
    vins = draw(4000)
    known = set(WMIS)
    assert 0.45 < np.mean([vin[:3] in known for vin in vins]) < 0.56
    assert 0.3 < np.mean([vin[-4:].isdigit() for vin in vins]) < 0.6
    assert np.mean([vin[3:6] == "ZZZ" and vin[8] == "Z" for vin in vins]) > 0.03  # Europe's fillers


def test_check_digits_are_right_where_they_must_be() -> None:
    """Uniform ones are right in one case of eleven; those of real makers always, where one is required."""
    known = set(WMIS)
    built = [vin for vin in draw(4000) if vin[:3] in known and check_digit_required(vin) and vin[-5:].isdigit()]
    assert len(built) > 300
    assert np.mean([vin[8] == check_digit(vin) for vin in built]) > 0.99


def test_makers_are_listed_once_and_well_formed() -> None:
    assert len(set(WMIS)) == len(WMIS)
    assert all(len(wmi) == 3 and set(wmi) <= set(ALPHABET) for wmi in WMIS)


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
