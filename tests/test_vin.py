"""The number itself: published numbers, the check digit's blind spots, facts about maker and year, bad input."""

from __future__ import annotations

import csv
import gzip
import random
import subprocess
import sys
from importlib.metadata import version
from itertools import combinations, permutations
from pathlib import Path

import pytest
from vininfo.dicts import WMI

from vinchar import vin
from vinchar.structure.makers import build_makers, presentable

# Published examples, all with a right check digit.
PUBLISHED = [
    "1M8GDM9AXKP042788",
    "11111111111111111",
    "5GZCZ43D13S812715",
    "1HGCM82633A004352",
    "JHLRD77874C026456",
]
EUROPEAN = "WVWZZZ1JZXW000001"
CHINESE = "LSVAU033752000001"
BLIND = ("1AJ", "2BKS", "3CLT", "4DMU", "5ENV", "6FW", "7GPX", "8HY", "9RZ")


def with_check_digit(text: str) -> str:
    return text[:8] + vin.check_digit(text) + text[9:]


def random_vins(count: int) -> list[str]:
    rng = random.Random(20)
    return [with_check_digit("1" + "".join(rng.choices(vin.ALPHABET, k=16))) for _ in range(count)]


def test_alphabet_is_the_33_of_the_standard() -> None:
    assert len(vin.ALPHABET) == len(set(vin.ALPHABET)) == 33
    assert not set("IOQ") & set(vin.ALPHABET)
    assert list(vin.ALPHABET) == sorted(vin.ALPHABET)
    assert set(vin.VALUES) == set(vin.ALPHABET)
    assert len(vin.WEIGHTS) == vin.LENGTH


def test_values_follow_the_published_table() -> None:
    rows = {1: "1AJ", 2: "2BKS", 3: "3CLT", 4: "4DMU", 5: "5ENV", 6: "6FW", 7: "7GPX", 8: "8HY", 9: "9RZ", 0: "0"}
    assert {char: value for value, chars in rows.items() for char in chars} == vin.VALUES


@pytest.mark.parametrize("number", PUBLISHED)
def test_published_check_digits(number: str) -> None:
    assert vin.check_digit(number) == number[8]


@pytest.mark.parametrize("number", [n for n in PUBLISHED if n[0] in "12345"])
def test_published_north_american_numbers_are_valid(number: str) -> None:
    assert vin.check_digit_required(number)
    assert vin.check_digit_status(number) == "valid"
    wrong = number[:8] + ("5" if number[8] != "5" else "6") + number[9:]
    assert vin.check_digit_status(wrong) == "invalid"


def test_check_digit_does_not_depend_on_position_nine() -> None:
    assert {vin.check_digit(PUBLISHED[0][:8] + char + PUBLISHED[0][9:]) for char in vin.ALPHABET} == {"X"}


@pytest.mark.parametrize("first", vin.ALPHABET)
def test_check_digit_is_required_in_north_america_and_china_alone(first: str) -> None:
    number = first + EUROPEAN[1:]
    required = first in "12345L"
    assert vin.check_digit_required(number) is required
    assert vin.check_digit_status(number) == ("invalid" if required else "not_required")


def test_a_matching_check_digit_where_none_is_required() -> None:
    assert vin.check_digit_status("JHLRD77874C026456") == "not_required"


@pytest.mark.parametrize("pair", [pair for group in BLIND for pair in permutations(group, 2)], ids="".join)
def test_check_digit_is_blind_between_equal_values(pair: tuple[str, str]) -> None:
    for position in (*range(8), *range(9, 17)):
        number = "1HGCM82633A004352"
        one, other = (number[:position] + char + number[position + 1 :] for char in pair)
        assert vin.check_digit(one) == vin.check_digit(other)


@pytest.mark.parametrize("pair", ["5S", "8B", "0D", "1L", "2Z", "6G", "UV"])
def test_check_digit_catches_these_look_alikes_everywhere(pair: str) -> None:
    for position in (*range(8), *range(9, 17)):
        number = "1HGCM82633A004352"
        one, other = (number[:position] + char + number[position + 1 :] for char in pair)
        assert vin.check_digit(one) != vin.check_digit(other)


def test_check_digit_misses_8_percent_of_single_substitutions() -> None:
    pairs = list(combinations(vin.ALPHABET, 2))
    blind = {frozenset(pair) for group in BLIND for pair in combinations(group, 2)}
    missed = total = 0
    for number in random_vins(3):
        for position in (*range(1, 8), *range(9, 17)):
            for one, other in pairs:
                a, b = (number[:position] + char + number[position + 1 :] for char in (one, other))
                same = vin.check_digit(a) == vin.check_digit(b)
                assert same == (frozenset((one, other)) in blind)
                missed += same
                total += 1
    assert round(100 * missed / total, 1) == 8.0


def test_check_digit_misses_9_percent_of_double_substitutions() -> None:
    rng = random.Random(7)
    missed = 0
    for number in random_vins(6000):
        changed = list(number)
        for position in rng.sample([*range(1, 8), *range(9, 17)], 2):
            changed[position] = rng.choice(vin.ALPHABET.replace(changed[position], ""))
        missed += vin.check_digit("".join(changed)) == number[8]
    assert 0.08 < missed / 6000 < 0.10


def test_a_failing_number_has_nearly_50_single_character_repairs() -> None:
    number = "1HGCM82633A004353"
    repairs = [
        changed
        for position in range(17)
        for char in vin.ALPHABET
        if char != number[position]
        and vin.check_digit_status(changed := number[:position] + char + number[position + 1 :]) == "valid"
    ]
    assert 40 <= len(repairs) <= 55


def test_parts() -> None:
    assert vin.parts("1HGCM82633A004352") == ("1HG", "CM8263", "3A004352", "1HG")
    assert vin.parts("1G9AB12C0DE345678").maker_code == "1G9345"
    assert vin.parts(EUROPEAN).vds == "ZZZ1JZ"


@pytest.mark.parametrize(
    ("firsts", "name"),
    [
        ("12345", "North America"),
        ("67", "Oceania"),
        ("89", "South America"),
        ("ABCDEFGH", "Africa"),
        ("JKLMNPR", "Asia"),
        ("STUVWXYZ", "Europe"),
        ("0", None),
    ],
)
def test_region_of_every_first_character(firsts: str, name: str | None) -> None:
    assert {vin.region(first + EUROPEAN[1:]) for first in firsts} == {name}


def test_country() -> None:
    assert vin.country("1HGCM82633A004352") == "United States"
    assert vin.country("JHLRD77874C026456") == "Japan"
    assert vin.country(EUROPEAN) == "Germany"
    assert vin.country("0" * 17) is None


FACTS = Path(vin.__file__).with_name("structure") / "facts" / "vpic_wmis.tsv.gz"
# Code, the company in vPIC's table, a second source and what it says, what to call the maker. "wikibooks" is the page
# "Vehicle Identification Numbers (VIN codes)/World Manufacturer Identifier (WMI)", as public VIN decoders copy it.
MAKERS = [
    # cars
    ("1HG", "AMERICAN HONDA MOTOR CO., INC.", "wikibooks", "Honda car", "Honda"),
    ("1FT", "FORD MOTOR COMPANY", "wikibooks", "Ford truck", "Ford"),
    ("KMH", "HYUNDAI MOTOR CO", "wikibooks", "Hyundai car", "Hyundai"),
    ("5XX", "KIA GEORGIA, INC", "vininfo", "Kia", "Kia"),
    ("5NP", "HYUNDAI-KIA AMERICA TECHNICAL CENTER INC (HATCI)", "vininfo", "Hyundai", "Hyundai"),
    ("1G1", "GENERAL MOTORS LLC", "vininfo", "Chevrolet", "Chevrolet"),
    ("1J4", "FCA US LLC", "vininfo", "Jeep", "Jeep"),
    ("2HH", "HONDA OF CANADA MFG., A DIVISION OF HONDA CANADA INC.", "vininfo", "Acura", "Acura"),
    ("JTH", "TOYOTA MOTOR CORPORATION", "vininfo", "Lexus", "Lexus"),
    ("JTN", "TOYOTA MOTOR CORPORATION", "wikibooks", "Toyota car", "Toyota"),
    ("4F4", "FORD MOTOR COMPANY", "wikibooks", "Mazda truck made by Ford", "Mazda"),
    ("2V4", "FCA CANADA INC.", "vininfo", "Volkswagen", "Volkswagen"),
    ("JAE", "ISUZU MOTORS LIMITED, JAPAN", "vininfo", "Acura", "Acura"),
    ("WME", "Mercedes-Benz Cars", "vininfo", "Smart", "Smart"),
    ("WMW", "BMW AG", "vininfo", "Mini", "Mini"),
    ("W0L", "ADAM OPEL AG", "vininfo", "Opel/Vauxhall", "Opel"),
    ("W06", "ADAM OPEL AG", "vininfo", "Cadillac", "Cadillac"),
    ("SAL", "JAGUAR LAND ROVER LIMITED", "vininfo", "Land Rover", "Land Rover"),
    ("VF3", "AUTOMOBILES PEUGEOT", "vininfo", "Peugeot", "Peugeot"),
    ("WP0", "DR. ING. H.C.F. PORSCHE AG", "vininfo", "Porsche car", "Porsche"),
    ("WF1", "FORD WERKE AG", "wikibooks", "Merkur", "Ford"),
    ("ZFA", "FCA ITALY S.P.A.", "vininfo", "Fiat Automobiles", "Fiat"),
    ("ZFF", "FERRARI S.P.A.", "vininfo", "Ferrari", "Ferrari"),
    ("YV1", "VOLVO CAR CORPORATION", "vininfo", "Volvo Cars", "Volvo"),
    ("LRW", "TESLA, INC.", "vininfo", "Tesla China", "Tesla"),
    ("LRB", "SHANGHAI GENERAL MOTORS CORP LTD.", "vininfo", "Buick China", "Buick"),
    # several makes under one code: the company
    ("1C4", "FCA US LLC", "wikibooks", "Chrysler brand MPV 1990-2005; vininfo: Dodge", "FCA US"),
    ("1C6", "FCA US LLC", "wikibooks", "Chrysler Group (all brands) truck", "FCA US"),
    ("3C6", "CHRYSLER DE MEXICO TOLUCA", "wikibooks", "Chrysler Group (all brands) truck", "FCA Mexico"),
    ("5XY", "KIA GEORGIA, INC", "wikibooks", "Kia/Hyundai SUV", "Hyundai-Kia"),
    ("3KP", "KIA MEXICO S.A. DE C.V.", "wikibooks", "Kia/Hyundai car", "Hyundai-Kia"),
    ("3N6", "NISSAN MEXICANA, S.A. DE C.V.", "wikibooks", "Nissan truck & Chevrolet City Express", "Nissan"),
    ("6G1", "GENERAL MOTORS LLC", "wikibooks", "Holden & Chevrolet", "General Motors"),
    ("1Y1", "New United Motor Manufacturing, Inc.", "wikibooks", "Chevrolet/Geo car made by NUMMI", "NUMMI"),
    ("ZAC", "FCA ITALY S.P.A.", "wikibooks", "Jeep and Dodge Hornet", "FCA Italy"),
    ("WD2", "DAIMLER CHRYSLER AG", "wikibooks", "Sprinter (Dodge or Freightliner)", "Mercedes-Benz"),
    # motorcycles
    ("1HD", "HARLEY-DAVIDSON MOTOR COMPANY", "vininfo", "Harley-Davidson", "Harley-Davidson"),
    ("WB1", "BMW AG MOTORCYCLES", "wikibooks", "BMW Motorrad Motorcycle", "BMW"),
    ("SMT", "TRIUMPH MOTORCYCLES LIMITED", "vininfo", "Triumph", "Triumph"),
    ("ZDM", "DUCATI MOTOR HOLDING S.p.A.", "vininfo", "Ducati Motor Holdings SpA", "Ducati"),
    ("JYA", "YAMAHA MOTOR CO., LTD.", "wikibooks", "Yamaha Motor motorcycles", "Yamaha"),
    ("MBF", "ROYAL ENFIELD, A UNIT OF EICHER MOTORS LTD.", "wikibooks", "Royal Enfield", "Royal Enfield"),
    ("RFB", "KWANG YANG MOTOR CO., LTD (KYMCO)", "wikibooks", "Kymco", "Kymco"),
    # trucks
    ("1FU", "DAIMLER TRUCK NORTH AMERICA LLC", "vininfo", "Freightliner", "Freightliner"),
    ("1XP", "Peterbilt Motors Company", "vininfo", "Peterbilt", "Peterbilt"),
    ("1M1", "MACK TRUCKS INC.", "vininfo", "Mack Truck", "Mack"),
    ("4V4", "VOLVO GROUP NORTH AMERICA, LLC", "wikibooks", "Volvo Trucks North America truck", "Volvo Trucks"),
    ("1HT", "INTERNATIONAL MOTORS, LLC", "wikibooks", "International Trucks", "International"),
    # buses
    ("1M8", "MOTOR COACH INDUSTRIES, INC.", "wikibooks", "Motor Coach Industries", "Motor Coach Industries"),
    ("4RK", "NOVA BUS (US) INC.", "vininfo", "Nova Bus", "Nova Bus"),
    ("15G", "GILLIG LLC", "wikibooks", "Gillig bus", "Gillig"),
    ("YE2", "VAN HOOL N.V.", "wikibooks", "Van Hool", "Van Hool"),
    ("WEB", "DAIMLER BUSES GMBH", "vininfo", "EvoBus", "Daimler Buses"),
    # trailers
    ("4YM", "CARRY-ON TRAILER, INC.", "wikibooks", "Carry-On Trailer, Inc.", "Carry-On Trailer"),
    ("3H3", "HYUNDAI DE MEXICO, S.A. DE C.V.", "wikibooks", "Hyundai Translead (truck trailers)", "Hyundai Translead"),
    ("1Z9332", "OSHKOSH SPECIALTY VEHICLES LLC", "wikibooks", "the same", "Oshkosh Specialty Vehicles"),
    # six characters
    ("ZA9A12", "AUTOMOBILI LAMBORGHINI SPA", "wikibooks", "Lamborghini through mid 2003", "Lamborghini"),
    ("1B9133", "BUELL MOTORCYCLE CO.", "wikibooks", "Buell Motorcycle Company through mid 1995", "Buell"),
    ("4B9038", "BYD COACH & BUS LLC", "wikibooks", "BYD Coach & Bus LLC", "BYD"),
    ("1N9393", "NIKOLA CORPORATION", "wikibooks", "Nikola Corporation", "Nikola"),
    ("YT9007", "KOENIGSEGG AUTOMOTIVE AB", "wikibooks", "Koenigsegg Automotive AB", "Koenigsegg Automotive"),
    ("1S9842", "SALEEN INC", "wikibooks", "Saleen S7", "Saleen"),
    # not sold in the United States
    ("XTA", None, "vininfo", "AvtoVAZ", "AvtoVAZ"),
    ("TMB", None, "vininfo", "Škoda", "Škoda"),
    ("UU1", None, "vininfo", "Renault Dacia", "Dacia"),
    ("WMA", None, "vininfo", "MAN", "MAN"),
]


def with_code(code: str) -> str:
    """A VIN of the maker with this code."""
    return code[:3] + EUROPEAN[3:11] + code[3:] + EUROPEAN[11 + len(code[3:]) :]


@pytest.fixture(scope="module")
def vpic() -> dict[str, str]:
    with gzip.open(FACTS, "rt", encoding="utf-8") as file:
        return {row["wmi"]: row["manufacturer"].strip() for row in csv.DictReader(file, delimiter="\t")}


@pytest.mark.parametrize(("code", "company", "source", "says", "name"), MAKERS, ids=[row[0] for row in MAKERS])
def test_maker(code: str, company: str | None, source: str, says: str, name: str, vpic: dict[str, str]) -> None:
    assert vpic.get(code) == company
    if source == "vininfo":
        assert getattr(WMI[code], "manufacturer", WMI[code]) == says
    assert vin.maker(with_code(code)) == name


@pytest.mark.parametrize(
    "code",
    [
        "AAA",  # nobody's
        "117",  # vininfo: Volkswagen, but North American codes are registered
        "1G9ZZZ",  # a small maker that nobody knows
        "2DG",  # vPIC: Armorteck; vininfo: Ontario Drive & Gear
        "LDY",  # vPIC: a maker of motorcycles; vininfo: one of buses
        "XW8",  # vininfo: Volkswagen; but Škodas too, and vPIC does not know the company
        "X96",  # vininfo: Mercedes-Benz; wikibooks: GAZ
    ],
)
def test_no_name_rather_than_a_wrong_one(code: str) -> None:
    assert vin.maker(with_code(code)) is None


def test_a_small_maker_is_not_named_after_those_who_share_its_code() -> None:
    assert vin.maker("1F9AB12C0DEZZZ678") is None
    assert vin.maker("1F9AB12C0DE345678") == "Flow Tech Fabricators"
    assert vin.maker("1G9AB12C0DE345678") == "Galion Manufacturing"


@pytest.mark.parametrize(
    ("company", "name"),
    [
        ("BMW OF NORTH AMERICA, LLC", "BMW"),
        ("LOAD TRAIL MX S.A. de C.V.", "Load Trail MX"),
        ("PEERLESS MFG. CO., INC.", "Peerless Mfg"),
        ("ODOM'S MANUFACTURING INC  WELDING ", "Odom's Manufacturing Inc Welding"),
        ("B & T MANUFACTURING DBA  XTREME TRAILER", "Xtreme Trailer"),
        ("THE BANK OF U.S.A.", "Bank of U.S.A."),
        ("1ST CHOICE TRAILERS (TEXAS) L.L.C.", "1st Choice Trailers"),
        ("MCCLAIN RV GMBH & CO. KG", "McClain RV"),
        ("AmeriQuip", "AmeriQuip"),
        ("FORDS TRAILER SALES", "Fords Trailer Sales"),
        ("CO", "Co"),
    ],
)
def test_names_of_companies_are_made_presentable(company: str, name: str) -> None:
    assert presentable(company) == name


@pytest.mark.skipif(version("vininfo") != "1.11.0", reason="the table is made with vininfo 1.11.0")
def test_the_table_of_makers_is_what_its_sources_make(tmp_path: Path) -> None:
    shipped = Path(vin.__file__).with_name("makers.tsv.gz").read_bytes()
    for made in (tmp_path / "one.gz", tmp_path / "two.gz"):
        build_makers(FACTS, made)
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()
    assert gzip.decompress(made.read_bytes()) == gzip.decompress(shipped)  # another zlib may pack them otherwise
    assert len(shipped) < 150_000


@pytest.mark.parametrize("code", vin.YEAR_CODES)
def test_year_codes_return_after_30_years(code: str) -> None:
    first = 1980 + vin.YEAR_CODES.index(code)
    number = EUROPEAN[:9] + code + EUROPEAN[10:]
    assert vin.model_years(number, latest=2039) == (first, first + 30)
    assert vin.model_years(number, latest=2009) == (first,)


@pytest.mark.parametrize("code", "UZ0")
def test_no_year_code_no_year(code: str) -> None:
    assert vin.model_years("1HGCM8263" + code + "A004352") == ()


@pytest.mark.parametrize(
    ("number", "years"),
    [
        ("1HGCM82633A004352", (2003,)),
        ("5GZCZ43D13S812715", (2003,)),
        ("11111111111111111", (2001,)),
        ("JHLRD77874C026456", (2004,)),
        ("1G1JC5243T7100001", (1996,)),  # position 7 a digit: the first round
        ("1C4RJFBG4CC100001", (2012,)),  # a letter: the second
        ("WBAJF1230CC100001", (1982, 2012)),  # not North American: undecided
        ("1M8GDM9AXKP042788", (1989, 2019)),  # a bus: undecided
        ("1HD1FC411TB600001", (1996, 2026)),  # a motorcycle
        ("2FUYDDYB0VA000001", (1997, 2027)),  # a heavy truck
        ("1FTFW1EF0BFA00001", (2011,)),  # a pickup
        ("1F9AB12C0CE345678", (1982, 2012)),  # a small maker
        ("1HGCM8E633A004352", (2003,)),  # the rule would leave no year
    ],
)
def test_position_seven_decides_for_north_american_light_vehicles(number: str, years: tuple[int, ...]) -> None:
    assert vin.model_years(number, latest=2027) == years


def test_years_end_with_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Day(vin.date):
        @classmethod
        def today(cls) -> Day:
            return cls(2029, 12, 31)

    monkeypatch.setattr(vin, "date", Day)
    assert vin.model_years(EUROPEAN[:9] + "Y" + EUROPEAN[10:]) == (2000, 2030)
    assert vin.model_years(EUROPEAN[:9] + "1" + EUROPEAN[10:]) == (2001,)


@pytest.mark.parametrize(
    "text",
    [
        "1hgcm82633a004352",
        " 1HGCM82633A004352\n",
        "*1HGCM82633A004352*",
        "\u26061HGCM82633A004352\u2606",
        "##1HGCM82633A004352/",
        "1HG-CM826-33A\u2013004352",
        "1HG CM826\u00a033A 004352",
        "* 1HGCM82633A 004352 *",
    ],
)
def test_validate_accepts_what_people_write(text: str) -> None:
    assert vin.validate(text) == "1HGCM82633A004352"


def test_an_i_for_import_is_no_part_of_the_vin() -> None:
    assert vin.normalise("I1HGCM82633A004352") == "1HGCM82633A004352"
    assert vin.validate("*i1HG-CM82633A004352*") == "1HGCM82633A004352"
    assert vin.normalise("I1HGCM82633A00435") == "I1HGCM82633A00435"
    assert vin.normalise("I1HGCM82633A00435O") == "I1HGCM82633A00435O"
    assert vin.normalise("II1HGCM82633A004352") == "II1HGCM82633A004352"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "got 0 characters"),
        ("1HGCM82633A00435", "got 16 characters in '1HGCM82633A00435', expected 17"),
        ("1HGCM82633A0043522", "got 18 characters"),
        ("1HGCM82633AOO4352", "got 'O' at position 12 "),
        ("IHGCM82633A004352", "got 'I' at position 1 "),
        ("1HGCM8263QA004352", "got 'Q' at position 10 "),
        ("1HGCM826*3A004352", "got '\\*' at position 9 "),
        ("1HGCM82633A00435\u0664", "position 17"),  # an Arabic-Indic digit
        ("1HGCM82633A0043\u00df", "got 16 characters"),  # sharp s, whose capital is SS
        ("A" * 100_000, "got 100000 characters"),
    ],
)
def test_validate_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        vin.validate(text)
    assert len(str(error.value)) < 150


@pytest.mark.parametrize("thing", [None, 17, b"1HGCM82633A004352", ["1"] * 17])
def test_what_is_not_text_is_a_value_error(thing: object) -> None:
    with pytest.raises(ValueError, match="expected a string of 17 characters"):
        vin.validate(thing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "function",
    ["check_digit", "check_digit_required", "check_digit_status", "parts", "region", "country", "maker", "model_years"],
)
def test_every_function_refuses_what_is_no_vin(function: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        getattr(vin, function)("1HGCM82633A00435O")


def test_facts_never_fail_on_any_vin() -> None:
    rng = random.Random(3)
    for _ in range(2000):
        number = "".join(rng.choices(vin.ALPHABET, k=17))
        facts = vin.region(number), vin.country(number), vin.maker(number)
        assert all(fact is None or (isinstance(fact, str) and fact) for fact in facts)
        assert all(1980 <= year <= vin.date.today().year + 1 for year in vin.model_years(number))


def test_chinese_numbers_have_a_check_digit() -> None:
    assert vin.check_digit_status(with_check_digit(CHINESE)) == "valid"


def test_tables_are_not_loaded_before_they_are_needed() -> None:
    code = "import sys, vinchar.vin as v; v.check_digit('1' * 17); print(v._makers.cache_info().currsize); "
    code += "v.maker('1' * 17); v.model_years('1' * 17); print(len({'vininfo', 'numpy'} & set(sys.modules)))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["0", "0"]


def test_known_makers_are_those_that_have_a_name() -> None:
    codes = vin.known_makers()
    assert codes == sorted(set(codes))
    assert all(len(code) == 3 and set(code) <= set(vin.ALPHABET) for code in codes)
    assert {"WVW", "1HG", "JTD", "W0L", "1F9"} <= set(codes)
    assert not {"VVW", "2DG"} & set(codes)
    assert all(vin.maker(with_code(code)) for code in codes if code[2] != "9")
