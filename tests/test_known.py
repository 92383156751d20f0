"""The owner's list: its VINs are likelier, what is clear stays what it is, and what the list decided is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.known import SHORTLIST, KnownVins, known_vins, read_known
from vinchar.posterior import Posterior, Priors, read_strings
from vinchar.structure.model import UNIFORM, Structure
from vinchar.structure.store import shipped
from vinchar.vin import ALPHABET

VIN = "WVWZZZ1JZXW386752"
LIST = [VIN, "1HGCM82633A004352", "JHMGD18507S214567", "TRUTECFVXK1004417"]


def seen_of(vin: str, sure: float = 0.98, **odds: dict[str, float]) -> NDArray[np.float32]:
    """Log-likelihoods of one VIN, (1, 17, 33), all other characters sharing the rest; ``odds`` of those at a place."""
    seen = np.full((1, 17, 33), (1 - sure) / 32)
    for place, char in enumerate(vin):
        seen[0, place, ALPHABET.index(char)] = sure
    for place, some in odds.items():
        seen[0, int(place[1:]) - 1] = 1e-6
        for char, odd in some.items():
            seen[0, int(place[1:]) - 1, ALPHABET.index(char)] = odd
    return np.log(seen / seen.sum(axis=2, keepdims=True)).astype(np.float32)


def read(seen: NDArray[np.float32], known: KnownVins | None, structure: Structure = UNIFORM) -> Posterior:
    return read_strings(seen, np.zeros(len(seen)), Priors(structure, known))


@pytest.fixture(scope="module")
def many() -> list[str]:
    """Thirty thousand VINs, in no order, each once, all but the first ten of one fleet."""
    rng = np.random.default_rng(1)
    numbers = rng.permutation(10**6)[: 30_000 - 10]
    vins = [f"WVWZZZ1JZ{'XYV'[n % 3]}W{n:06d}" for n in numbers]
    return [*("".join(rng.choice(list(ALPHABET), 17)) for _ in range(10)), *vins]


@pytest.fixture(scope="module")
def known_many(many: list[str]) -> KnownVins:
    return known_vins(many)


@pytest.fixture(scope="module")
def strings_of_many(many: list[str]) -> NDArray[np.intp]:
    return indices(many)


def indices(vins: list[str]) -> NDArray[np.intp]:
    return np.array([[ALPHABET.index(char) for char in vin] for vin in vins], np.intp)


def texts(strings: NDArray[np.intp]) -> set[str]:
    return {"".join(ALPHABET[c] for c in string) for string in strings}


@pytest.mark.parametrize("structure", [UNIFORM, shipped().structure], ids=["no priors", "priors"])
def test_a_listed_vin_wins_over_a_slightly_better_reading(structure: Structure) -> None:
    other = VIN[:-1] + "7"
    seen = seen_of(VIN, p17={"2": 0.2, "7": 0.8})
    assert read(seen, None, structure).strings[0][0] == other
    found = read(seen, known_vins(LIST), structure)
    assert found.strings[0][0] == VIN
    assert found.unlisted == other
    assert other in dict(found.strings)
    assert found.marginals[16, ALPHABET.index("2")] > 0.9
    np.testing.assert_allclose(found.marginals.sum(axis=1), 1, atol=1e-5)


def test_a_listed_vin_that_would_be_read_anyway_is_nothing_to_tell() -> None:
    alone, found = read(seen_of(VIN), None), read(seen_of(VIN), known_vins(LIST))
    assert (found.strings[0][0], found.unlisted) == (VIN, None)
    assert found.strings[0][1] > alone.strings[0][1]
    assert found.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-4)
    assert found.log_prior > alone.log_prior


@pytest.mark.parametrize("car", ["1M8GDM9AXKP042788", VIN[:-2] + "97", VIN[:-4] + "9013"])
def test_a_clear_car_that_is_not_on_the_list_is_read_as_itself(car: str, many: list[str]) -> None:
    for vins in (LIST, [one for one in many if one != car]):
        found = read(seen_of(car, 0.9999), known_vins(vins), shipped().structure)
        assert (found.strings[0][0], found.unlisted) == (car, None)
        assert found.strings[0][1] > 0.5


@pytest.mark.parametrize("segmentations", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_shortlist_of_a_long_list_is_what_brute_force_finds(
    seed: int, segmentations: int, many: list[str], known_many: KnownVins, strings_of_many: NDArray[np.intp]
) -> None:
    rng = np.random.default_rng(seed)
    seen = np.log(rng.dirichlet(np.full(33, 0.2), (segmentations, 17)) + 1e-9)
    own = np.zeros(segmentations)
    assert len(known_many) == len(many)
    found = texts(known_many.likely(seen, own))
    assert len(found) == SHORTLIST
    assert found <= set(many)
    worth = seen.max(axis=0)[np.arange(17), strings_of_many].sum(axis=1)
    best = np.argsort(-worth)
    assert {many[i] for i in best[: SHORTLIST - 4]} <= found  # those at its end may be worth the same
    if segmentations == 1:
        assert worth[np.isin(many, list(found))].min() == pytest.approx(worth[best[SHORTLIST - 1]], abs=1e-3)


def test_a_vin_is_found_on_a_long_list_however_badly_it_reads(many: list[str], known_many: KnownVins) -> None:
    rng = np.random.default_rng(3)
    for vin in (many[0], many[9], many[10], many[-1]):
        seen = seen_of(vin, 0.5)
        wrong = rng.choice(17, 3, replace=False)
        seen[0, wrong] = np.log(1 / 33)  # three characters cannot be read at all
        found = read(seen, known_many).strings[0][0]
        assert found in many
        assert not {place for place in range(17) if found[place] != vin[place]} - set(wrong.tolist())


def test_a_short_list_is_compared_whole_and_counts_each_vin_once() -> None:
    known = known_vins([*LIST, VIN])
    assert len(known) == len(LIST)
    assert texts(known.likely(np.zeros((1, 17, 33)), np.zeros(1))) == set(LIST)
    listed, other = known.log_prob(indices([VIN, "5" * 17]))
    assert np.exp(listed) == pytest.approx(known.share / len(LIST), rel=0.6)
    assert other == -np.inf


def test_the_share_is_what_the_list_gets() -> None:
    """The more of the photos show a listed car, the better must another one read; without priors it has 33 ** -17."""
    seen = seen_of(VIN, p17={"2": 0.1, "7": 0.9})
    chances = [read(seen, known_vins(LIST, share)).marginals[16, ALPHABET.index("2")] for share in (1e-27, 1e-25, 0.5)]
    assert chances == sorted(chances)
    assert chances[0] < 0.12 < 0.8 < chances[-1]


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_a_share_is_a_part_of_one(share: float) -> None:
    with pytest.raises(ValueError, match="expected a number between 0 and 1"):
        known_vins(LIST, share)


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        known_vins([])
    (tmp_path / "vins.csv").write_text("vin\n")
    with pytest.raises(ValueError, match="got no VIN"):
        read_known(tmp_path / "vins.csv")
    with pytest.raises(FileNotFoundError):
        read_known(tmp_path / "absent.csv")


def test_a_list_is_read_from_a_file(tmp_path: Path, many: list[str]) -> None:
    (tmp_path / "vins.csv").write_text("plate,vin\n" + "".join(f"AB {i},{vin}\n" for i, vin in enumerate(many)))
    known = read_known(tmp_path / "vins.csv", share=0.25)
    assert (len(known), known.share) == (len(many), 0.25)
    assert read(seen_of(many[5]), known).strings[0][0] == many[5]
