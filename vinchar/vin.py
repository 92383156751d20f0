"""The vehicle identification number itself: alphabet, check digit, parts, region, maker, model year.

Sources: ISO 3779 and ISO 3780 (content, world manufacturer codes), 49 CFR 565 (check digit, model year),
GB 16735 (China). Only ``validate`` rejects anything. All the rest states facts that are true of most vehicles, and a
number that contradicts them may still be what is printed on the car.

Every function but ``normalise`` takes a VIN as people write it and raises ``ValueError`` if it is none.
"""

from __future__ import annotations

import re
import zlib
from datetime import date
from functools import cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # at run time it would load numpy, which the number does not need
    from vinchar.types import CheckDigit

ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
LENGTH = 17
MAKERS = Path(__file__).with_name("makers.tsv.gz")

VALUES = {char: int(char) for char in "0123456789"}
VALUES |= dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

# The 30 characters that stand for a model year at position 10, from 1980 on, then over again.
YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
FIRST_YEAR = 1980

_REGIONS = {"12345": "North America", "67": "Oceania", "89": "South America"}
_REGIONS |= {"ABCDEFGH": "Africa", "JKLMNPR": "Asia", "STUVWXYZ": "Europe"}
_NORTH_AMERICA, _CHINA = "12345", "L"

_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_SEPARATORS = re.compile("[\\s\\-\u2010-\u2015\u2212]+")  # white space, hyphens, dashes, the minus sign
# str.upper would turn the German sharp s into two characters and a dotless i into a plain one.
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)


class Parts(NamedTuple):
    """Sections of a VIN: positions 1-3, 4-9, 10-17, and who made it (the WMI; with 12-14 for a small maker)."""

    wmi: str
    vds: str
    vis: str
    maker_code: str


def normalise(text: str) -> str:
    """Return ``text`` in capitals without white space, dashes, and the marks printed at both ends (``*``, ``#``...).

    An ``I`` (import) before 17 characters of ``ALPHABET``, as barcodes have it, is dropped too. Nothing else is changed
    or checked: a letter O stays a letter O. Raises ``ValueError`` if ``text`` is not a string.
    """
    if not isinstance(text, str):
        raise ValueError(f"VIN: got {type(text).__name__}, expected a string of {LENGTH} characters")
    plain = _SEPARATORS.sub("", _ENDS.sub("", text)).translate(_UPPER)
    imported = len(plain) == LENGTH + 1 and plain[0] == "I" and set(plain[1:]) <= VALUES.keys()
    return plain[1:] if imported else plain


def validate(text: str) -> str:
    """Return the VIN in ``text``, normalised. The check digit is not looked at: many right VINs have none.

    Raises ``ValueError``, saying what was got and expected, unless it is 17 characters of ``ALPHABET``.
    """
    vin = normalise(text)
    if len(vin) != LENGTH:
        shown = vin if len(vin) <= 2 * LENGTH else f"{vin[: 2 * LENGTH]}..."
        raise ValueError(f"VIN: got {len(vin)} characters in {shown!r}, expected {LENGTH}")
    for position, char in enumerate(vin, start=1):
        if char not in VALUES:
            raise ValueError(
                f"VIN: got {char!r} at position {position} of {vin!r}, expected a digit or a capital except I, O, Q"
            )
    return vin


def check_digit(vin: str) -> str:
    """Return the check digit, ``0`` to ``9`` or ``X``, that the other 16 characters ask for at position 9.

    The transliterated values times ``WEIGHTS``, summed, modulo 11 (49 CFR 565.15).
    """
    total = sum(VALUES[char] * weight for char, weight in zip(validate(vin), WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def check_digit_required(vin: str) -> bool:
    """Say whether the law asks for a check digit where this VIN was issued: North America and China."""
    return validate(vin)[0] in _NORTH_AMERICA + _CHINA


def check_digit_status(vin: str) -> CheckDigit:
    """Return ``valid`` or ``invalid`` where a check digit is required, else ``not_required``, match or no match."""
    vin = validate(vin)
    if not check_digit_required(vin):
        return "not_required"
    return "valid" if check_digit(vin) == vin[8] else "invalid"


def parts(vin: str) -> Parts:
    """Return the sections of a VIN. A 9 in position 3 is a small maker, known by positions 1-3 with 12-14."""
    vin = validate(vin)
    wmi = vin[:3]
    return Parts(wmi, vin[3:9], vin[9:], wmi + vin[11:14] if wmi[2] == "9" else wmi)


def region(vin: str) -> str | None:
    """Return the part of the world that issued the VIN, by its first character; None for 0, which is nobody's."""
    first = validate(vin)[0]
    return next((name for firsts, name in _REGIONS.items() if first in firsts), None)


def country(vin: str) -> str | None:
    """Return the English name of the country that issued the VIN, or None if it is not known (``vininfo``)."""
    from vininfo.dicts import COUNTRIES

    name: str | None = COUNTRIES.get(validate(vin)[:2])
    return name


@cache
def _makers() -> bytes:
    """Return the table of makers, in UTF-8: a line each of code, name, ``light`` or nothing, with tabs between them."""
    return zlib.decompress(MAKERS.read_bytes(), wbits=31)  # 31: gzip


def _entry(code: str) -> tuple[str, str] | None:
    """Return the name, empty where the sources of it disagree, and ``light`` or nothing; None for an unknown code."""
    table = _makers()
    start = table.find(f"\n{code}\t".encode()) + 1
    if not start:
        return None
    _, name, light = table[start : table.index(b"\n", start)].decode().split("\t")
    return name, light


def maker(vin: str) -> str | None:
    """Return the maker's name, or None if it is not known for sure, which is normal: every list is partial.

    The make if it has the code to itself, else the company: ``FCA US`` builds Chryslers, Dodges and Jeeps under one
    code. A small maker shares its first three characters with many others, so they alone never name it. The names come
    from vPIC (NHTSA) and ``vininfo``; ``vinchar/structure/makers.py`` says how.
    """
    entry = _entry(parts(vin).maker_code)
    return entry[0] or None if entry else None


def known_makers() -> list[str]:
    """Return every first three characters of a VIN that a maker is known to use, sorted.

    Those that end in 9 among them: many small makers share each of these, so that they name none (see ``maker``).
    """
    named = re.findall(rb"^(...)(?:...)?\t(?=[^\t])", _makers()[_makers().index(b"\n") :], re.MULTILINE)
    return sorted({code.decode() for code in named})


def model_years(vin: str, *, latest: int | None = None) -> tuple[int, ...]:
    """Return the model years that position 10 may stand for, oldest first, none later than ``latest`` (next year).

    Its codes return every 30 years. On North American cars and light trucks position 7 decides between the rounds:
    a digit until 2009, a letter from 2010 (49 CFR 565.15). Elsewhere all years are returned, and outside North
    America the maker may not code the year at all. Empty if position 10 is no year code.
    """
    vin = validate(vin)
    if vin[9] not in YEAR_CODES:
        return ()
    latest = date.today().year + 1 if latest is None else latest
    years = tuple(range(FIRST_YEAR + YEAR_CODES.index(vin[9]), latest + 1, len(YEAR_CODES)))
    # The vehicle of a maker that is not known is more often a car, but that of a small one more often a trailer.
    entry = _entry(vin[:3])
    light = entry[1] == "light" if entry else vin[2] != "9"
    if vin[0] in _NORTH_AMERICA and light:
        second_round = FIRST_YEAR + len(YEAR_CODES)
        decided = tuple(year for year in years if (year >= second_round) == vin[6].isalpha())
        return decided or years  # a rule that leaves no year at all does not apply to this vehicle
    return years
