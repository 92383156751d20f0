"""The posterior over the strings of a line: what was seen, and what is known of VINs, in one place.

What a VIN begins with (positions 1-8, 10, 11) depends on all that stands before, so its strings are followed by a beam,
over all segmentations at once. The rest is exact: the serial number's places do not depend on each other, and the check
digit is the weighted sum modulo 11, a dimension of 11 states. So nothing is ever repaired: strings that obey the check
digit weigh more, as much more as VINs that begin so obey it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vinchar.known import KnownVins
from vinchar.structure.facts import BEGINNING, NINTH, SERIAL
from vinchar.structure.model import ADDS, CHECK_INDEX, UNIFORM, Structure
from vinchar.structure.rules import position_table
from vinchar.vin import ALPHABET, LENGTH

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

STRINGS = 5  # how many readings an assembly names, the best one included
BEAM = 128  # beginnings that are followed at most
POOR = -25.0  # score of a line that hardly shows a VIN: its beginnings are followed by an eighth of the beam
RELEVANT = 10.0  # nats: a beginning, or a character, that is so much worse than the best is left
NAMED, FOLLOWED = 16, 32  # beginnings that the strings named are made of, and strings that are followed to their end

_SERIAL = list(SERIAL)
_SUMS = np.eye(11)[ADDS]  # (17, 33, 11): by what each character raises the weighted sum
_MINUS = (np.arange(11)[:, None] - np.arange(11)) % 11  # [r, a]: r - a
_PLUS = (np.arange(11)[:, None] + np.arange(11)) % 11  # [r, a]: r + a
_RULES = np.exp(position_table())


@dataclass(frozen=True, eq=False, slots=True)
class Priors:
    """What is known before reading: how VINs are built, and the owner's list of VINs, if there is one."""

    structure: Structure = UNIFORM
    known: KnownVins | None = None


NO_PRIORS = Priors()


class Posterior(NamedTuple):
    """What a line's strings are worth.

    ``strings``: the best ones with their probabilities, best first; ``marginals`` float32 (17, 33); ``path``: the best
    string's segmentation; ``log_likelihood``, ``log_prior``: what that string is worth in this segmentation, and as a
    VIN, in nats. ``unlisted``: what would have been read without the owner's list, if that is another string.
    """

    strings: tuple[tuple[str, float], ...]
    marginals: Floats
    path: int
    log_likelihood: float
    log_prior: float
    unlisted: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class _Beginnings:
    """Beginnings of strings, each once.

    ``characters`` (B, 17), filled where they are known; ``residue`` (B,): their weighted sum modulo 11; ``seen``
    (B, S): log-likelihood in each segmentation; ``logs`` (K, B): log-prior by each part, its share included.
    """

    characters: Ints
    residue: Ints
    seen: Doubles
    logs: Doubles

    def __len__(self) -> int:
        return len(self.residue)

    def take(self, index: Ints) -> _Beginnings:
        return _Beginnings(self.characters[index], self.residue[index], self.seen[index], self.logs[:, index])


@dataclass(frozen=True, eq=False, slots=True)
class _Rest:
    """What may follow each of B beginnings, by each of K parts of the structure.

    ``obeys`` (K, B): how likely it obeys the check digit; ``other`` (K, B, C): the chances of what stands at 9 where
    not; ``serial`` (K, G, 6, 33): the chances of the last six characters; ``group`` (B,): an index into it.
    """

    obeys: Doubles
    other: Doubles
    serial: Doubles
    group: Ints

    def take(self, index: Ints) -> _Rest:
        return _Rest(self.obeys[:, index], self.other[:, index], self.serial, self.group[index])


def read_strings(
    log_likelihoods: Floats, own: Doubles, priors: Priors = NO_PRIORS, beam: int = BEAM, relevant: float = RELEVANT
) -> Posterior:
    """Return the posterior over the strings of S segmentations with log scores ``own`` (S,) of their own.

    ``log_likelihoods`` float32 (S, 17, 33), normalised or not. Exact but for beginnings that fall out of the ``beam``
    and what is worth less by ``relevant`` nats.
    """
    most = log_likelihoods.max(axis=2, keepdims=True).astype(np.float64)
    seen = log_likelihoods - most  # (S, 17, 33), 0 for the best character
    own = own + most.sum(axis=(1, 2))
    beam = beam if own.max() > POOR else beam // 8
    likely = np.exp(seen)
    kept = _beginnings(seen, own, priors.structure, beam, relevant)
    ninth = np.flatnonzero((seen[:, NINTH] > -relevant).any(axis=0))
    rest = _rest(priors.structure, kept.characters, ninth)
    top = float((kept.logs.max(axis=0) + kept.seen.max(axis=1)).max())
    checks = (kept.residue[:, None] + np.arange(11)) % 11  # (B, 11): the check digit for each sum of the serial number

    weights = np.exp(kept.logs[:, :, None] + kept.seen - top)  # (K, B, S)
    serial = rest.serial[:, :, None] * likely[:, _SERIAL]  # (K, G, S, 6, 33)
    sums = _sums(serial)[:, rest.group]  # (K, B, S, 11)
    valid, other = _ends(rest, likely, ninth, checks)  # (K, B, S, 11), (K, B, S)
    ends = valid + other[..., None]
    shares = (weights * (sums * ends).sum(axis=3)).sum(axis=(0, 2))  # (B,)
    marginals = np.zeros((LENGTH, len(ALPHABET)))
    digits = (weights[..., None] * sums * valid).sum(axis=(0, 2))  # (B, 11)
    marginals[NINTH] = np.bincount(CHECK_INDEX[checks].ravel(), digits.ravel(), len(ALPHABET))
    loose = weights * sums.sum(axis=3) * (1 - rest.obeys[:, :, None])  # (K, B, S)
    marginals[NINTH, ninth] += np.einsum("kbs,kbc,sc->c", loose, rest.other, likely[:, NINTH][:, ninth])
    after = np.zeros((serial.shape[1], *serial.shape[:1], serial.shape[2], 11))  # (G, K, S, 11)
    np.add.at(after, rest.group, (weights[..., None] * ends).swapaxes(0, 1))
    marginals[_SERIAL] = _serial_marginals(serial, after.swapaxes(0, 1))
    for place in BEGINNING:
        marginals[place] = np.bincount(kept.characters[:, place], shares, len(ALPHABET))
    total = top + float(np.log(shares.sum()))

    best = np.flatnonzero(shares > shares.max() * np.exp(-relevant))
    best = best[np.argsort(-shares[best], kind="stable")[:NAMED]]
    strings, prior = _strings(kept.take(best), rest.take(best), likely, seen, ninth, relevant)
    joint = own + seen[:, np.arange(LENGTH), strings].sum(axis=2).T + prior[:, None]  # (M, S)
    logs = np.logaddexp.reduce(joint, axis=1)
    marginals /= marginals.sum(axis=1, keepdims=True)
    found = _Found(strings, prior, logs, joint, max(total, float(np.logaddexp.reduce(logs))), marginals)
    return _named(found) if priors.known is None else _with_list(found, seen, own, priors.known)


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    """Strings (M, 17), their log-priors (M,), their joint log-probabilities (M,) and (M, S), that of all strings."""

    strings: Ints
    prior: Doubles
    logs: Doubles
    joint: Doubles
    total: float
    marginals: Doubles


def _named(found: _Found, unlisted: str | None = None) -> Posterior:
    rank = np.argsort(-found.logs, kind="stable")[:STRINGS]
    chances = np.exp(found.logs[rank] - found.total)
    texts = ["".join(ALPHABET[c] for c in found.strings[m]) for m in rank]
    path = int(found.joint[rank[0]].argmax())
    return Posterior(
        strings=tuple((text, float(p)) for text, p in zip(texts, chances, strict=True) if p > 0),
        marginals=found.marginals.astype(np.float32),
        path=path,
        log_likelihood=float(found.joint[rank[0], path] - found.prior[rank[0]]),
        log_prior=float(found.prior[rank[0]]),
        unlisted=unlisted if unlisted != texts[0] else None,
    )


def _with_list(found: _Found, seen: Doubles, own: Doubles, known: KnownVins) -> Posterior:
    """Return the posterior where a share of the prior goes to the strings of a list."""
    plain = _named(found)
    listed = known.likely(seen, own)  # (M, 17)
    strings, index = np.unique(np.concatenate([found.strings, listed]), axis=0, return_inverse=True)
    likelihood = own + seen[:, np.arange(LENGTH), strings].sum(axis=2).T  # (M, S)
    prior = np.full(len(strings), -np.inf)
    prior[index[: len(found.strings)]] = found.prior + np.log(1 - known.share)
    by_list = known.log_prob(strings)
    prior = np.logaddexp(prior, by_list)
    joint = likelihood + prior[:, None]
    logs = np.logaddexp.reduce(joint, axis=1)
    worth = np.logaddexp.reduce(likelihood, axis=1) + by_list
    others = found.total + float(np.log(1 - known.share))
    total = float(np.logaddexp.reduce(np.append(worth, others)))
    marginals = np.exp(others - total) * found.marginals
    for characters, log in zip(strings, worth, strict=True):
        marginals[np.arange(LENGTH), characters] += np.exp(log - total)
    return _named(_Found(strings, prior, logs, joint, total, marginals), plain.strings[0][0])


def _beginnings(seen: Doubles, own: Doubles, structure: Structure, beam: int, relevant: float) -> _Beginnings:
    """Follow what strings begin with from place to place; keep those that, with what may follow, are worth most."""
    shares = np.log([[share] for share, _ in structure.parts])
    kept = _Beginnings(np.zeros((1, LENGTH), np.intp), np.zeros(1, np.intp), own[None], shares)
    for place, ahead in zip(BEGINNING, _look_ahead(np.exp(seen)), strict=True):
        symbols = np.flatnonzero((seen[:, place] > -relevant).any(axis=0))
        prior = np.repeat(kept.logs[:, :, None], len(symbols), axis=2)  # (K, B, C)
        for (_, part), log in zip(structure.parts, prior, strict=True):
            log += part.symbols(place, kept.characters, symbols)
        now = kept.seen[:, None] + seen[:, place, symbols].T  # (B, C, S)
        residue = (kept.residue[:, None] + ADDS[place, symbols]) % 11  # (B, C)
        worth = _log_sum(now + ahead[residue], axis=2) + _log_sum(prior, axis=0)
        index = np.flatnonzero(worth > worth.max() - relevant)
        if len(index) > beam:
            index = index[np.argpartition(worth.ravel()[index], -beam)[-beam:]]
        before, symbol = np.divmod(index, len(symbols))
        characters = kept.characters[before]
        characters[:, place] = symbols[symbol]
        kept = _Beginnings(characters, residue[before, symbol], now[before, symbol], prior[:, before, symbol])
    return kept


def _log_sum(logs: Doubles, axis: int) -> Doubles:
    """Return the logarithm of the sum of exponentials along an axis, as ``np.logaddexp.reduce``, but faster."""
    most = logs.max(axis=axis, keepdims=True)
    most[most == -np.inf] = 0
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(logs - most).sum(axis=axis)) + np.squeeze(most, axis), np.float64)


def _look_ahead(likely: Doubles) -> list[Doubles]:
    """Return, after each place of the beginning, about what may follow is worth for each sum so far, log, (11, S).

    By the plain rules, with half of the VINs obeying the check digit: it only says which beginnings to keep.
    """
    places = [*BEGINNING, *_SERIAL]
    weights = likely * _RULES
    loose = 0.5 * weights[:, NINTH].sum(axis=1, keepdims=True)
    valid = 0.5 * likely[:, NINTH][:, CHECK_INDEX][:, _PLUS]  # (S, 11, 11)
    sums = np.zeros((len(likely), 11))
    sums[:, 0] = 1
    found = []
    for place in reversed(places[1:]):
        sums = _fold(weights[:, place] @ _SUMS[place], sums, _MINUS)
        if place in BEGINNING or place == _SERIAL[0]:
            found.append(np.log((valid @ sums[:, :, None])[..., 0] + loose * sums.sum(axis=1, keepdims=True)).T)
    return found[::-1]


def _fold(weights: Doubles, sums: Doubles, shift: Ints) -> Doubles:
    """Return what ``sums`` (..., 11) become by one more character, whose chances by what it adds are ``weights``."""
    return np.asarray((sums[..., shift] @ weights[..., None])[..., 0], np.float64)


def _rest(structure: Structure, characters: Ints, ninth: Ints) -> _Rest:
    """Return what may follow the beginnings; what depends on less than all of them is looked up once."""
    powers = len(ALPHABET) ** np.arange(8)
    _, first, index = np.unique(characters[:, :8] @ powers, return_index=True, return_inverse=True)
    _, one, group = np.unique(characters[:, :3] @ powers[:3], return_index=True, return_inverse=True)
    ninths = [part.ninth(characters[first], ninth) for _, part in structure.parts]
    obeys = np.stack([share for share, _ in ninths])
    other = np.exp([np.broadcast_to(logs, (len(first), len(ninth))) for _, logs in ninths])
    serial = np.exp([part.serial(characters[one]) for _, part in structure.parts])
    return _Rest(obeys[:, index], other[:, index], serial, group)


def _ends(rest: _Rest, likely: Doubles, ninth: Ints, checks: Ints) -> tuple[Doubles, Doubles]:
    """Return what place 9 is worth if it obeys, for each sum of the serial number, (K, B, S, 11); else (K, B, S)."""
    there = likely[:, NINTH]  # (S, 33)
    valid = rest.obeys[:, :, None, None] * there[:, CHECK_INDEX][:, checks].swapaxes(0, 1)
    return valid, (1 - rest.obeys[:, :, None]) * (rest.other @ there[:, ninth].T)


def _sums(serial: Doubles) -> Doubles:
    """Return the chance of each weighted sum of the serial numbers (..., 6, 33), float64 (..., 11)."""
    sums = np.zeros((*serial.shape[:-2], 11))
    sums[..., 0] = 1
    for j, place in enumerate(_SERIAL):
        sums = _fold(serial[..., j, :] @ _SUMS[place], sums, _MINUS)
    return sums


def _messages(serial: Doubles, ends: Doubles) -> list[Doubles]:
    """Return for each place of the serial number, and after it, what the rest is worth after each sum, (..., 11)."""
    found = [ends]
    for j in reversed(range(len(SERIAL))):
        ends = _fold(serial[..., j, :] @ _SUMS[_SERIAL[j]], ends, _PLUS)
        found.append(ends)
    return found[::-1]


def _serial_marginals(serial: Doubles, after: Doubles) -> Doubles:
    """Return what each character at places 12 to 17 is worth, (6, 33), by sums from the front and from the back.

    ``serial`` (..., 6, 33); ``after`` (..., 11): what each sum of the serial number is worth.
    """
    back = _messages(serial, after)
    front = np.zeros(after.shape)
    front[..., 0] = 1
    found = np.zeros((len(SERIAL), len(ALPHABET)))
    for j, place in enumerate(_SERIAL):
        worth = _fold(front, back[j + 1], _PLUS)  # by what the character adds
        found[j] = (serial[..., j, :] * worth[..., ADDS[place]]).reshape(-1, len(ALPHABET)).sum(axis=0)
        front = _fold(serial[..., j, :] @ _SUMS[place], front, _MINUS)
    return found


def _strings(
    kept: _Beginnings, rest: _Rest, likely: Doubles, seen: Doubles, ninth: Ints, relevant: float
) -> tuple[Ints, Doubles]:
    """Return the best strings that begin so, each once, (M, 17), and their log-priors (M,).

    Each beginning is followed in the segmentation in which it was seen best.
    """
    at = kept.seen.argmax(axis=1)  # (B,)
    rows = np.arange(len(kept))
    checks = (kept.residue[:, None] + np.arange(11)) % 11
    serial = rest.serial[:, rest.group] * likely[at][:, _SERIAL]  # (K, B, 6, 33)
    valid, other = _ends(rest, likely, ninth, checks)
    with np.errstate(divide="ignore"):
        ahead = [np.log(one) for one in _messages(serial, (valid + other[..., None])[:, rows, at])]  # 7 of (K, B, 11)
        logs = np.log(serial)
    which, characters, residue = rows, kept.characters, np.zeros(len(kept), np.intp)
    worth = kept.logs + kept.seen[rows, at]  # (K, N)
    for j, place in enumerate(_SERIAL):
        each = worth[:, :, None] + logs[:, which, j]  # (K, N, 33)
        sums = (residue[:, None] + ADDS[place]) % 11  # (N, 33)
        index = _best(_log_sum(each + ahead[j + 1][:, which[:, None], sums], axis=0).ravel(), relevant)
        one, character = np.divmod(index, len(ALPHABET))
        which, worth, residue = which[one], each[:, one, character], sums[one, character]
        characters = characters[one]
        characters[:, place] = character
    obeys = rest.obeys[:, which, None]  # (K, N, 1)
    last = obeys * (ninth == CHECK_INDEX[checks[which, residue]][:, None]) + (1 - obeys) * rest.other[:, which]
    with np.errstate(divide="ignore"):
        prior = _log_sum(worth[:, :, None] + np.log(last), axis=0)  # (N, C), with the likelihood of all but place 9
    index = _best((prior + seen[at[which], NINTH][:, ninth]).ravel(), relevant)
    one, symbol = np.divmod(index, len(ninth))
    strings, which = characters[one], which[one]
    strings[:, NINTH] = ninth[symbol]
    prior = prior[one, symbol] - kept.seen[which, at[which]]
    return strings, prior - seen[at[which, None], _SERIAL, strings[:, _SERIAL]].sum(axis=1)


def _best(worth: Doubles, relevant: float) -> Ints:
    """Return the indices of the ``FOLLOWED`` largest that are not worth less than the best by ``relevant`` nats."""
    index = np.flatnonzero(worth > worth.max() - relevant)
    return index if len(index) <= FOLLOWED else index[np.argpartition(worth[index], -FOLLOWED)[-FOLLOWED:]]
