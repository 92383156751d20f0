"""The posterior over strings is what enumeration gives, but for a beam; the check digit decides where it is obeyed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.posterior import NO_PRIORS, STRINGS, Posterior, Priors, read_strings
from vinchar.structure.build import build
from vinchar.structure.facts import BEGINNING, load
from vinchar.structure.model import UNIFORM, Rules, Structure
from vinchar.structure.rules import maker_codes
from vinchar.structure.store import shipped
from vinchar.vin import ALPHABET, check_digit

Doubles = NDArray[np.float64]
VIN, EUROPEAN = "1HGCM82633A004352", "WVWZZZ1JZXW386752"
RULES = Structure(((1.0, Rules(maker_codes())),))
STRUCTURES = {"shipped": shipped().structure, "rules": RULES, "uniform": UNIFORM}
WIDE = {"beam": 10**6, "relevant": np.inf}  # nothing is left out


def seen_of(vin: str, segmentations: int = 1, **odds: dict[str, float]) -> NDArray[np.float32]:
    """Return log-likelihoods of one VIN; ``odds``: at a place (from 1), p12={"A": 0.4, "8": 0.6}, and nothing else."""
    seen = np.full((segmentations, 17, 33), -np.inf, np.float32)
    for place, char in enumerate(vin, start=1):
        for one, odd in odds.get(f"p{place}", {char: 1.0}).items():
            seen[:, place - 1, ALPHABET.index(one)] = np.log(odd)
    return seen


def random_case(seed: int, segmentations: int) -> tuple[NDArray[np.float32], Doubles]:
    """Return what might be seen of a VIN: at seven places one to three characters, other ones in each segmentation."""
    rng = np.random.default_rng(seed)
    vin = shipped().structure.draw(rng)
    seen = seen_of(vin, segmentations)
    for place in rng.choice(17, 7, replace=False):
        characters = {ALPHABET.index(vin[place]), *rng.integers(0, 33, 2)}
        for segmentation in seen:
            some = [c for c in sorted(characters) if rng.random() < 0.8] or sorted(characters)
            segmentation[place] = -np.inf
            segmentation[place, some] = rng.normal(-1, 1, len(some))
    return seen, rng.normal(-5, 1, segmentations)


def enumerated(seen: NDArray[np.float32], own: Doubles, structure: Structure) -> tuple[list[str], Doubles, Doubles]:
    """Return every string that may be read, best first, with its probability, and the marginals, by the definition."""
    choices = [np.flatnonzero((seen[:, place] > -np.inf).any(axis=0)) for place in range(17)]
    strings = np.array(list(product(*choices)))
    spelled = own + seen[:, np.arange(17), strings].sum(axis=2).T  # (N, S)
    logs = np.logaddexp.reduce(spelled, axis=1) + structure.log_prob(strings)
    chances = np.exp(logs - np.logaddexp.reduce(logs))
    marginals = np.stack([np.bincount(strings[:, place], chances, 33) for place in range(17)])
    order = np.argsort(-chances, kind="stable")
    return ["".join(ALPHABET[c] for c in strings[i]) for i in order], chances[order], marginals


def obeying(vin: str) -> str:
    """Return the VIN with the check digit that it asks for."""
    return vin[:8] + check_digit(vin) + vin[9:]


def read(seen: NDArray[np.float32], structure: Structure = UNIFORM) -> Posterior:
    return read_strings(seen, np.zeros(len(seen)), Priors(structure))


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("segmentations", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_posterior_is_the_one_brute_force_finds(seed: int, segmentations: int, name: str) -> None:
    structure = STRUCTURES[name]
    seen, own = random_case(seed, segmentations)
    strings, chances, marginals = enumerated(seen, own, structure)
    found = read_strings(seen, own, Priors(structure), **WIDE)
    assert found.strings[0][0] == strings[0]
    known, named = dict(zip(strings, chances, strict=True)), [chance for _, chance in found.strings]
    assert named == pytest.approx([known[text] for text, _ in found.strings], abs=1e-4)
    if segmentations == 1:  # a beginning is followed in one segmentation alone, so that a runner-up may be missed
        assert named == pytest.approx(chances[: len(named)].tolist(), abs=1e-4)
    np.testing.assert_allclose(found.marginals, marginals, atol=1e-4)

    best = np.array([[ALPHABET.index(char) for char in strings[0]]])
    spelled = own + seen[:, np.arange(17), best[0]].sum(axis=1)
    assert found.path == spelled.argmax()
    assert found.log_likelihood == pytest.approx(spelled.max(), abs=1e-3)
    assert found.log_prior == pytest.approx(float(structure.log_prob(best)[0]), abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_the_default_beam_loses_little(seed: int) -> None:
    """Three characters in doubt at each place that VINs begin with: 59,049 beginnings, of which 128 are followed.

    The same string is read. Where it has a chance worth the name, no character's is out by more than 0.01; where a
    thousand strings are about as likely, by 0.2 at most.
    """
    rng = np.random.default_rng(seed)
    vin = shipped().structure.draw(rng)
    seen = seen_of(vin, 2)
    for place in BEGINNING:
        some = list({ALPHABET.index(vin[place]), *rng.integers(0, 33, 2)})
        seen[:, place, some] = np.log(rng.dirichlet(np.full(len(some), 2.0), 2))
    whole, quick = (read_strings(seen, np.zeros(2), Priors(shipped().structure), **how) for how in (WIDE, {}))
    assert quick.strings[0][0] == whole.strings[0][0]
    assert np.abs(quick.marginals - whole.marginals).max() < (0.01 if whole.strings[0][1] > 0.1 else 0.2)


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_strings_named_are_the_best_of_all(name: str) -> None:
    rng = np.random.default_rng(11)
    seen = seen_of(VIN)
    for place in (0, 8, 13):
        seen[0, place] = np.log(rng.dirichlet(np.full(33, 0.5)))
    strings, _, _ = enumerated(seen, np.zeros(1), STRUCTURES[name])
    found = read_strings(seen, np.zeros(1), Priors(STRUCTURES[name]), **WIDE)
    assert [text for text, _ in found.strings] == strings[:STRINGS]


@pytest.mark.parametrize("seed", range(4))
def test_without_priors_the_posterior_is_the_product_of_the_likelihoods(seed: int) -> None:
    seen, own = random_case(seed, 1)
    found = read_strings(seen, own, NO_PRIORS, **WIDE)
    chances = np.exp(seen[0]) / np.exp(seen[0]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.marginals, chances, atol=1e-4)
    assert found.strings[0][0] == "".join(ALPHABET[c] for c in chances.argmax(axis=1))
    assert found.strings[0][1] == pytest.approx(chances.max(axis=1).prod(), abs=1e-4)
    assert found.log_prior == pytest.approx(-17 * np.log(33))


@pytest.mark.parametrize("segmentations", [1, 3])
@pytest.mark.parametrize("name", STRUCTURES)
def test_the_characters_of_a_place_share_one(name: str, segmentations: int) -> None:
    """Whatever was seen, noise included."""
    rng = np.random.default_rng(2)
    for sharpness in (0.05, 0.3, 3.0):
        seen = np.log(rng.dirichlet(np.full(33, sharpness), (segmentations, 17)) + 1e-12).astype(np.float32)
        found = read_strings(seen, rng.normal(-5, 2, segmentations), Priors(STRUCTURES[name]))
        assert found.marginals.min() >= 0
        np.testing.assert_allclose(found.marginals.sum(axis=1), 1, atol=1e-5)
        assert sum(chance for _, chance in found.strings) <= 1 + 1e-6


@pytest.fixture(scope="module")
def two_makers(tmp_path_factory: pytest.TempPathFactory) -> Structure:
    """A model of two makers: the VINs of 1AA all obey the check digit, those of VAA do so by chance alone."""
    rng = np.random.default_rng(0)
    vins = []
    for wmi in ("1AA", "VAA"):
        for _ in range(400):
            vin = f"{wmi}{rng.integers(10**4):04d}B{rng.integers(10)}AA{rng.integers(10**6):06d}"
            vins.append(obeying(vin) if wmi == "1AA" else vin)
    path = tmp_path_factory.mktemp("facts") / "vins.txt"
    path.write_text("\n".join(vins))
    return build(load([path]), worth=0.0)


def test_the_check_digit_decides_where_it_is_obeyed_and_not_where_it_is_not(two_makers: Structure) -> None:
    """A digit of the serial number, 3 or 8, that the eye cannot tell apart; the check digit is that of the 3."""
    three = ALPHABET.index("3")
    for wmi, least, most in (("1AA", 0.98, 1.0), ("VAA", 0.4, 0.75)):
        vin = obeying(f"{wmi}1234B0AA123452")
        assert vin[8].isdigit()
        found = read(seen_of(vin, p14={"3": 0.5, "8": 0.5}), two_makers)
        assert found.strings[0][0] == vin
        assert least < found.marginals[13, three] <= most, wmi


def test_the_check_digit_knows_nothing_of_characters_of_equal_value() -> None:
    """A 2, a B and a K, whose value it is: to the rules the letters are alike."""
    found = read(seen_of(VIN, p17={"2": 0.2, "B": 0.2, "K": 0.6}), RULES)
    assert found.strings[0][0] == VIN
    two, b, k = (float(found.marginals[16, ALPHABET.index(char)]) for char in "2BK")
    assert two + b + k == pytest.approx(1)
    assert k / b == pytest.approx(3, rel=1e-3)


def test_what_stands_at_place_9_may_be_a_letter() -> None:
    """A Z or a 2: European makers fill the place with a Z, American ones have their check digit there."""
    assert EUROPEAN[8] == "Z"
    american = next(vin for vin in (obeying(f"{VIN[:-1]}{last}") for last in range(10)) if vin[8] == "2")
    for vin in (EUROPEAN, american):
        assert read(seen_of(vin, p9={"Z": 0.5, "2": 0.5}), shipped().structure).strings[0][0] == vin


def test_rules_are_soft() -> None:
    """A letter in the serial number, a maker nobody knows: doubted where it is in doubt, read where it is clear."""
    for place, right, wrong in (17, "2", "Z"), (1, "W", "V"):
        doubtful, clear = ({right: share, wrong: 1 - share} for share in (0.3, 0.0001))
        for odds, expected in (doubtful, right), (clear, wrong):
            seen = seen_of(EUROPEAN, **{f"p{place}": odds})
            assert read(seen).strings[0][0][place - 1] == wrong
            assert read(seen, RULES).strings[0][0][place - 1] == expected
