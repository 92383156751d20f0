"""How VINs are built: what is counted, what is kept of it, and what the model makes of VINs seen and not seen."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vinchar.structure import facts
from vinchar.structure.build import build
from vinchar.structure.facts import (
    BEGINNING,
    MOST_OF_PATTERN,
    NINTH,
    PATTERN_WEIGHT,
    PREFIX_WEIGHT,
    SERIAL,
    UNKNOWN,
    VALID,
    Facts,
    apart_from,
    load,
    read_vins,
    write,
)
from vinchar.structure.model import MODEL, SYMBOLS, UNIFORM, Learned, Rules, Structure
from vinchar.structure.rules import maker_codes
from vinchar.structure.store import indices, shipped
from vinchar.vin import ALPHABET, check_digit, validate

EUROPEAN, AMERICAN = "WVWZZZ1JZXW386752", "1HGCM82633A004352"
VINS = [EUROPEAN, AMERICAN, "JHMGD18507S214567", "1M8GDM9AXKP042788", "TRUTECFVXK1004417", "XTAGFL110LY512345"]


def worth(structure: Structure, vin: str) -> float:
    """The log-probability of a VIN, in nats."""
    return float(structure.log_prob(indices(vin))[0])


def drawn(structure: Structure, count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [structure.draw(rng) for _ in range(count)]


def learned(structure: Structure) -> Learned:
    """The part of a structure that was learned."""
    return next(part for _, part in structure.parts if isinstance(part, Learned))


def listed(folder: Path, vins: list[str]) -> Path:
    path = folder / "list.txt"
    path.write_text("\n".join(vins))
    return path


def as_texts(found: Facts) -> dict[str, float]:
    """What each row says, ``.`` where nothing, and what it weighs."""
    signs = {**dict(enumerate(ALPHABET)), VALID: "V", UNKNOWN: "."}
    return {"".join(signs[c] for c in row): weight for row, weight in zip(found.rows, found.weight, strict=True)}


@pytest.fixture(scope="module")
def fleet() -> list[str]:
    """VINs of one maker, each with its check digit, and of two models, one three times as common as the other."""
    rng = np.random.default_rng(4)
    models = ["P0L04", "G0LF1", "G0LF1", "G0LF1"]
    vins = [f"WZZ{models[i % 4]}00CW{rng.integers(10**6):06d}"[:17] for i in range(200)]
    return [vin[:8] + check_digit(vin) + vin[9:] for vin in vins]


@pytest.fixture(scope="module")
def drawn_vins() -> list[str]:
    """VINs as the shipped model builds them."""
    return drawn(shipped().structure, 300)


@pytest.fixture
def small(fleet: list[str], tmp_path: Path) -> Structure:
    """A model of the fleet alone."""
    return build(load([listed(tmp_path, fleet)]))


# -- the model ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [*BEGINNING, NINTH])
def test_the_chances_of_what_comes_next_share_one(place: int, drawn_vins: list[str]) -> None:
    """After beginnings of VINs, drawn, and after random ones; but for one in fifty, where two names are the same."""
    rng = np.random.default_rng(place)
    vins = np.concatenate([*map(indices, drawn_vins), rng.integers(0, 33, (300, 17))])
    symbols = np.arange(SYMBOLS if place == NINTH else 33)
    total = np.exp(learned(shipped().structure).symbols(place, vins, symbols)).sum(axis=1)
    assert np.mean(np.abs(total - 1) < 0.02) > 0.97


def test_the_chances_of_a_small_model_share_one(small: Structure, fleet: list[str]) -> None:
    before = np.concatenate(list(map(indices, [*fleet[:8], *VINS])))
    for place in BEGINNING:
        total = np.exp(learned(small).symbols(place, before, np.arange(33))).sum(axis=1)
        np.testing.assert_allclose(total, 1, atol=1e-3, err_msg=f"place {place + 1}")
    for structure in (small, shipped().structure, UNIFORM):
        for _, part in structure.parts:
            np.testing.assert_allclose(np.exp(part.serial(before)).sum(axis=2), 1, atol=0.02)


def test_the_rules_share_one_among_all_makers_codes() -> None:
    codes = np.stack(np.meshgrid(*[np.arange(33)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    codes = np.pad(codes, ((0, 0), (0, 14)))
    rules = Rules(maker_codes())
    logs = sum(rules.symbols(place, codes, codes[:, place, None])[:, 0] for place in range(3))
    assert np.exp(logs).sum() == pytest.approx(1)


@pytest.mark.parametrize("vin", VINS)
def test_whatever_stands_at_place_9_the_chances_share_one(vin: str) -> None:
    every = np.repeat(indices(vin), 33, axis=0)
    every[:, NINTH] = np.arange(33)
    for _, part in shipped().structure.parts:
        before = sum(float(part.symbols(place, every, every[:, place, None])[0, 0]) for place in BEGINNING)
        after = part.serial(every)[0, np.arange(len(SERIAL)), every[0, list(SERIAL)]].sum()
        whole = np.logaddexp.reduce(Structure(((1.0, part),)).log_prob(every))
        assert whole == pytest.approx(before + after, abs=0.02)


@pytest.mark.parametrize("vin", [AMERICAN, "1M8GDM9AXKP042788", "JHMGD18507S214567", "KMHDU46D17U086421"])
def test_another_check_digit_is_unlikely_and_never_impossible(vin: str) -> None:
    """Some are stamped or typed wrongly: a reading that is clear has to be able to say so."""
    vin = vin[:8] + check_digit(vin) + vin[9:]
    other = vin[:8] + ("5" if vin[8] != "5" else "6") + vin[9:]
    assert 2 < worth(shipped().structure, vin) - worth(shipped().structure, other) < 14


def test_what_was_counted_is_likelier_than_what_was_not(small: Structure, fleet: list[str]) -> None:
    common, rare = (next(vin for vin in fleet if vin[3:8] == model) for model in ("G0LF1", "P0L04"))
    assert 0.2 < worth(small, common) - worth(small, rare) < 2
    for place in (2, 5, 7, 9, 10):
        changed = common[:place] + ("5" if common[place] != "5" else "6") + common[place + 1 :]
        changed = changed[:8] + check_digit(changed) + changed[9:]
        assert worth(small, changed) < worth(small, common) - 2, place
    letter = common[:16] + "A"
    assert worth(small, letter[:8] + check_digit(letter) + letter[9:]) < worth(small, common) - 2
    assert worth(small, common) > worth(UNIFORM, common) + 17


def test_real_vins_are_likelier_than_other_strings() -> None:
    structure = shipped().structure
    rng = np.random.default_rng(8)
    other = structure.log_prob(rng.integers(0, 33, (500, 17)))
    assert min(worth(structure, vin) for vin in VINS) > np.median(other) + 10
    assert max(other) < max(worth(structure, vin) for vin in VINS)


def test_a_maker_nobody_counted_costs_a_few_bits_a_character_at_most(small: Structure) -> None:
    """More than it does under the plain rules: no more than their share of the mixture."""
    rules = Structure(((1.0, Rules(maker_codes())),))
    for vin in ("RUMBA1234C5678901", "8ZZAB12C0D1234567", *drawn(UNIFORM, 50)):
        assert worth(small, vin) > worth(rules, vin) + np.log(1 - MODEL) - 1e-6
        assert worth(small, vin) > worth(UNIFORM, vin) - 17 * 3 * np.log(2)


def test_vins_drawn_are_vins_and_mostly_obey_where_they_must(drawn_vins: list[str]) -> None:
    assert drawn(shipped().structure, 5) == drawn_vins[:5]
    assert len(set(drawn_vins)) > 290
    american = [validate(vin) for vin in drawn_vins if vin[0] in "12345"]
    assert len(american) > 100
    assert np.mean([vin[8] == check_digit(vin) for vin in american]) > 0.95


# -- facts -------------------------------------------------------------------------------------------------------------


def test_facts_hold_no_whole_vin_and_no_serial_number(fleet: list[str], tmp_path: Path) -> None:
    vins = [*VINS, *fleet]
    write(vins, tmp_path / "facts")
    names = {path.name for path in (tmp_path / "facts").iterdir()}
    assert names == {"squish_counts.tsv.gz", "serial_shape.tsv.gz"}
    text = "".join(gzip.decompress((tmp_path / "facts" / name).read_bytes()).decode() for name in sorted(names))
    assert EUROPEAN[:8] + EUROPEAN[9:11] in text
    for vin in vins:
        assert vin not in text
        assert vin[11:] not in text
    assert not re.search(r"\d{6}", text.replace(AMERICAN[:11], ""))
    assert max(map(len, re.findall(r"[0-9A-Z]+", text))) == 10  # positions 1-8, 10, 11


def test_written_facts_say_what_the_list_says(fleet: list[str], tmp_path: Path) -> None:
    vins = [*VINS, *fleet, "1HGCM82633AB0435Z"]
    write(vins, tmp_path / "facts")
    again, straight = as_texts(load([tmp_path / "facts"])), as_texts(load([listed(tmp_path, vins)]))
    assert again == pytest.approx(straight, rel=1e-3)
    assert sum(weight for row, weight in again.items() if row[3] != ".") < len(vins)  # a fleet counts as its root


def test_the_same_vins_give_the_same_files(fleet: list[str], tmp_path: Path) -> None:
    for name, vins in {"one": fleet, "two": fleet[::-1]}.items():
        write(vins, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_what_a_row_says(tmp_path: Path) -> None:
    wrong = "1HGCM82643A004352"
    found = as_texts(load([listed(tmp_path, [AMERICAN, wrong, EUROPEAN])]))
    assert found["1HGCM826V3A......"] == found["1HGCM82643A......"] == pytest.approx(1 / np.sqrt(2))
    assert found["WVWZZZ1JZXW......"] == 1
    assert found["WVW...........0.."] == 1  # a digit at place 15
    assert not [row for row in found if row[:3] == "WVW" and "1" in row[11:]]


@pytest.mark.parametrize(
    ("pattern", "end", "rows"),
    [
        ("AB*", "", ["AB..."]),
        ("*[A-C]X", "", [".AX..", ".BX..", ".CX.."]),
        ("[1-9]", "*G", ["1.... .G", "3.... .G", "5.... .G", "7.... .G"]),
        ("[HIJ]", "[A-C]", ["H.... A.", "H.... B.", "H.... C.", "J.... A."]),  # no VIN has an I
        ("*****", "**", []),  # says nothing
    ],
)
def test_patterns_of_makers_stand_for_a_few_of_what_they_allow(
    pattern: str, end: str, rows: list[str], tmp_path: Path
) -> None:
    head = "wmi\tpos4_8\tpos10_on\tyear_from\tyear_to\tsource\n"
    first = "2CD\tKLMNP\t\t1980\t\tc\n"  # so that there is something in the folder
    (tmp_path / "vpic_patterns.tsv").write_text(f"{head}{first}1AB\t{pattern}\t{end}\t1980\t\tc\n")
    found = as_texts(load([tmp_path]))
    del found["2CDKLMNP........."]
    expected = {f"1AB{row[:5]}.{row[6:] or '..'}......" for row in rows}
    assert found == pytest.approx(dict.fromkeys(expected, PATTERN_WEIGHT / max(len(rows), 1)))
    assert len(found) <= MOST_OF_PATTERN


def test_a_list_of_beginnings_weighs_less_than_vins(tmp_path: Path) -> None:
    (tmp_path / "squish_counts.tsv").write_text("squish10\tpos9\tcount\tkind\n1AB__CD2_A\t_:1\t1\tprefix_list\n")
    assert as_texts(load([tmp_path])) == {"1AB..CD2..A......": PREFIX_WEIGHT}


def test_sources_add_up_and_may_say_the_same(fleet: list[str], tmp_path: Path) -> None:
    write(fleet, tmp_path / "facts")
    one, two = load([tmp_path / "facts"]), load([tmp_path / "facts"] * 2)
    assert as_texts(one).keys() == as_texts(two).keys()
    assert two.weight.sum() > one.weight.sum()


def test_what_is_nearly_another_vin_is_left_out() -> None:
    near, far = EUROPEAN[:-2] + "91", EUROPEAN[:-3] + "911"
    assert apart_from([near, far, AMERICAN], [EUROPEAN]) == [far, AMERICAN]
    assert apart_from([near, EUROPEAN], []) == [near, EUROPEAN]


# -- lists of VINs -----------------------------------------------------------------------------------------------------


def readings(*rows: dict[str, object]) -> str:
    return "\n".join(map(json.dumps, rows)) + "\n"


LISTS = {
    "a VIN a line": f"{EUROPEAN}\n\nnot one\n {AMERICAN.lower()} \n{EUROPEAN}\n",
    "a table": f"plate, VIN ,colour\nAB 1,{EUROPEAN},red\nshort\nAB 2,*{AMERICAN}*,\nAB 3,,blue\n",
    "a table of a spreadsheet": f'\ufeff"vin","plate"\r\n"{EUROPEAN}","AB 1"\r\n"{AMERICAN}",""\r\n',
    "readings": readings(
        {"vin": EUROPEAN, "status": "ok", "kind": "photo"},
        {"vin": VINS[2], "status": "uncertain", "kind": "photo"},
        {"vin": None, "status": "not_found"},
        {"vin": "Z", "status": "ok", "kind": "glyph"},
        {"vin": AMERICAN, "status": "ok", "kind": "strip"},
    ),
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_vins_are_read_from_lists(text: str, tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(text.encode())
    assert read_vins(tmp_path / "list") == [EUROPEAN, AMERICAN]


def no_list(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (no_list(""), "got no VIN"),
    "no VIN": (no_list("Dear Sir or Madam\n"), "got no VIN, expected a column vin"),
    "an empty column": (no_list("vin\n\n"), "got no VIN"),
    "no sure reading": (no_list(readings({"vin": EUROPEAN, "status": "uncertain"})), "got no VIN"),
    "half a reading": (no_list('{"vin": '), "source"),
    "other JSON lines": (no_list(readings({"a": 1}) + "[1]\n"), "source"),
    "an empty folder": (lambda path: path.mkdir(), "got a folder without facts"),
    "a folder of something else": (lambda path: (path.mkdir(), (path / "a.txt").touch()), "got a folder without facts"),
}


@pytest.mark.parametrize(("make", "said"), BAD.values(), ids=BAD)
def test_what_is_no_source_is_said_in_a_sentence(make: Callable[[Path], object], said: str, tmp_path: Path) -> None:
    make(tmp_path / "source")
    with pytest.raises(ValueError, match=said) as error:
        load([tmp_path / "source"])
    assert str(tmp_path / "source") in str(error.value)
    assert "\n" not in str(error.value)


def test_a_source_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        facts.load([tmp_path / "absent"])
