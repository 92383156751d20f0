"""Lines of text that are no VIN, and what the VIN reader would make of them."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from vinchar.structure.phrases import LINES, PARTS
from vinchar.structure.prose import PROSE
from vinchar.structure.words import CAPITALS, CYRILLIC, LANGUAGES, LATIN, MARKS, SHARES, SMALL
from vinchar.vin import ALPHABET

KINDS = tuple(LINES)

_KIND_BOUNDS = np.cumsum([share for share, _ in LINES.values()])
_WORDS = tuple((words, PROSE.get(name, words)) for name, words in LANGUAGES.items())  # of documents, of running text
_LANGUAGE_BOUNDS = np.cumsum([SHARES.get(name, 1.0) for name in LANGUAGES])

_BRACES = re.compile(r"\{([^{}]*)\}")
_COUNTED = re.compile(r"([dacx])(\d+)(?:-(\d+))?")
_NUMBER = re.compile(r"n(\d+)-(\d+)")
_CHARACTERS = {"d": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "x": "0123456789ABCDEF"}
_CHARACTERS["c"] = _CHARACTERS["d"] + _CHARACTERS["a"]

_SEEN = {char: (char,) for char in ALPHABET} | CAPITALS | CYRILLIC | LATIN | MARKS | SMALL
_NOISE = (0.0, 0.0, 0.0, 0.02, 0.08)  # how much of a line is misread, over and above what always looks alike
_JOINED = 0.25  # how often two pieces of text stand side by side

Words = tuple[tuple[str, ...], tuple[str, ...]]


def _pick(options: tuple[str, ...] | str, rng: np.random.Generator) -> str:
    return options[int(rng.random() * len(options))]


def _counted(characters: str, lowest: str, highest: str | None, rng: np.random.Generator) -> str:
    count = int(rng.integers(int(lowest), int(highest or lowest) + 1))
    return "".join([characters[int(r * len(characters))] for r in rng.random(count).tolist()])


def _part(inside: str, words: Words, rng: np.random.Generator) -> str:
    """Return one drawing of what stands between two braces (see ``phrases``)."""
    if "|" in inside:
        return _pick(tuple(inside.split("|")), rng)
    if inside == "w":
        return _pick(words[int(rng.random() * 2)], rng)
    if inside in PARTS:
        return _pick(PARTS[inside], rng)
    if number := _NUMBER.fullmatch(inside):
        return str(rng.integers(int(number[1]), int(number[2]) + 1)).zfill(len(number[1]))
    if counted := _COUNTED.fullmatch(inside):
        return _counted(_CHARACTERS[counted[1]], counted[2], counted[3], rng)
    return inside  # an option left over where braces held braces


def _piece(kind: str, words: Words, rng: np.random.Generator) -> str:
    text = _pick(LINES[kind][1], rng)
    while "{" in text:
        text = _BRACES.sub(lambda found: _part(found[1], words, rng), text)
    return text


def draw_line(rng: np.random.Generator, kind: str | None = None) -> str:
    """Return a line of text of one ``kind`` of ``KINDS``, or of any: of any length, in any language and case.

    It holds spaces and punctuation, and never a VIN. A quarter of the lines are two pieces side by side, as the fields
    of a form. Names, addresses and numbers are put together by chance. Raises ``ValueError`` if ``kind`` is unknown.
    """
    if kind is not None and kind not in LINES:
        raise ValueError(f"kind: got {kind!r}, expected one of {', '.join(KINDS)}")
    words = _WORDS[np.searchsorted(_LANGUAGE_BOUNDS, rng.random() * _LANGUAGE_BOUNDS[-1])]
    pieces = []
    for _ in range(2 if rng.random() < _JOINED else 1):
        one = kind or KINDS[np.searchsorted(_KIND_BOUNDS, rng.random() * _KIND_BOUNDS[-1])]
        pieces.append(_piece(one, words, rng))
    text = " ".join(pieces)
    return text.upper() if rng.random() < 0.6 else text


def as_read(line: str, rng: np.random.Generator) -> str:
    """Return ``line`` as the VIN reader sees it: characters of ``ALPHABET`` only, so possibly none at all.

    I is read as 1, O and Q as 0; small and Cyrillic letters as capitals or digits of their shape; marks are skipped or
    now and then read as a character. Spaces are dropped, accents too. Some lines are also misread here and there.
    """
    text = "".join([char for char in unicodedata.normalize("NFKD", line) if not unicodedata.combining(char)])
    looks_alike = rng.random() < 0.5  # a small letter is read by its shape, not as its capital
    noise = _NOISE[int(rng.random() * len(_NOISE))]
    read: list[str] = []
    for char, chance, slip in zip(text, rng.random(len(text)).tolist(), rng.random(len(text)).tolist(), strict=True):
        options = _SEEN.get(char) or _SEEN.get(char.upper(), ("",))
        seen = options[int(chance * len(options))] if looks_alike or not char.islower() else options[0]
        if slip < noise and seen:  # another character, none, or two
            seen = ("", ALPHABET[int(chance * len(ALPHABET))], seen + seen)[int(slip / noise * 3)]
        read.append(seen)
    return "".join(read)
