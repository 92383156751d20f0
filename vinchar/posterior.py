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

from vinchar.endings import (
    LAST,
    MINUS,
    PLUS,
    SUMS,
    Endings,
    endings,
    fold,
    log_sum,
    messages,
    ninth_worth,
    serial_marginals,
    sums_of,
)
from vinchar.known import KnownVins
from vinchar.structure.facts import BEGINNING, NINTH
from vinchar.structure.model import ADDS, CHECK_INDEX, UNIFORM, Structure
from vinchar.structure.rules import position_table
from vinchar.vin import ALPHABET, LENGTH

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

STRINGS = 5  # how many readings an assembly names, the best one included
BEAM = 128  # beginnings that are followed at most
POOR = -12.0  # score of a line that hardly shows a VIN: its beginnings are followed by an eighth of the beam
RELEVANT = 10.0  # nats: a beginning, or a character, that is so much worse than the best is left
NAMED, FOLLOWED = 16, 32  # beginnings that the strings named are made of, and strings that are followed to their end

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
    beam = beam if own.max() > POOR else max(1, beam // 8)
    likely = np.exp(seen)
    kept = _beginnings(seen, own, priors.structure, beam, relevant)
    ninth = np.flatnonzero((seen[:, NINTH] > -relevant).any(axis=0))
    rest = endings(priors.structure, kept.characters, ninth)
    top = float((kept.logs.max(axis=0) + kept.seen.max(axis=1)).max())
    checks = (kept.residue[:, None] + np.arange(11)) % 11  # (B, 11): the check digit for each sum of the serial number

    weights = np.exp(kept.logs[:, :, None] + kept.seen - top)  # (K, B, S)
    serial = rest.serial[:, :, None] * likely[:, LAST]  # (K, G, S, 6, 33)
    sums = sums_of(serial)[:, rest.group]  # (K, B, S, 11)
    valid, other = ninth_worth(rest, likely, ninth, checks)  # (K, B, S, 11), (K, B, S)
    ends = valid + other[..., None]
    by_path = (weights * (sums * ends).sum(axis=3)).sum(axis=0)
    shares = by_path.sum(axis=1)
    marginals = np.zeros((LENGTH, len(ALPHABET)))
    digits = (weights[..., None] * sums * valid).sum(axis=(0, 2))  # (B, 11)
    marginals[NINTH] = np.bincount(CHECK_INDEX[checks].ravel(), digits.ravel(), len(ALPHABET))
    loose = weights * sums.sum(axis=3) * (1 - rest.obeys[:, :, None])  # (K, B, S)
    marginals[NINTH, ninth] += np.einsum("kbs,kbc,sc->c", loose, rest.other, likely[:, NINTH][:, ninth])
    after = np.zeros((serial.shape[1], *serial.shape[:1], serial.shape[2], 11))  # (G, K, S, 11)
    np.add.at(after, rest.group, (weights[..., None] * ends).swapaxes(0, 1))
    marginals[LAST] = serial_marginals(serial, after.swapaxes(0, 1))
    for place in BEGINNING:
        marginals[place] = np.bincount(kept.characters[:, place], shares, len(ALPHABET))
    total = top + float(np.log(shares.sum()))

    best = np.flatnonzero(shares > shares.max() * np.exp(-relevant))
    best = best[np.argsort(-shares[best], kind="stable")[:NAMED]]
    strings, prior = _strings(
        kept.take(best), rest.take(best), by_path[best].argmax(axis=1), likely, seen, ninth, relevant
    )
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
        worth = log_sum(now + ahead[residue], axis=2) + log_sum(prior, axis=0)
        index = np.flatnonzero(worth > worth.max() - relevant)
        if len(index) > beam:
            index = index[np.argpartition(worth.ravel()[index], -beam)[-beam:]]
        before, symbol = np.divmod(index, len(symbols))
        characters = kept.characters[before]
        characters[:, place] = symbols[symbol]
        kept = _Beginnings(characters, residue[before, symbol], now[before, symbol], prior[:, before, symbol])
    return kept


def _look_ahead(likely: Doubles) -> list[Doubles]:
    """Return, after each place of the beginning, about what may follow is worth for each sum so far, log, (11, S).

    By the plain rules, with half of the VINs obeying the check digit: it only says which beginnings to keep.
    """
    places = [*BEGINNING, *LAST]
    weights = likely * _RULES
    loose = 0.5 * weights[:, NINTH].sum(axis=1, keepdims=True)
    valid = 0.5 * likely[:, NINTH][:, CHECK_INDEX][:, PLUS]  # (S, 11, 11)
    sums = np.zeros((len(likely), 11))
    sums[:, 0] = 1
    found = []
    for place in reversed(places[1:]):
        sums = fold(weights[:, place] @ SUMS[place], sums, MINUS)
        if place in BEGINNING or place == LAST[0]:
            found.append(np.log((valid @ sums[:, :, None])[..., 0] + loose * sums.sum(axis=1, keepdims=True)).T)
    return found[::-1]


def _strings(
    kept: _Beginnings, rest: Endings, at: Ints, likely: Doubles, seen: Doubles, ninth: Ints, relevant: float
) -> tuple[Ints, Doubles]:
    """Return the best strings that begin so, each once, (M, 17), and their log-priors (M,).

    Each beginning is followed in the segmentation ``at``, int (B,).
    """
    rows = np.arange(len(kept))
    checks = (kept.residue[:, None] + np.arange(11)) % 11
    serial = rest.serial[:, rest.group] * likely[at][:, LAST]  # (K, B, 6, 33)
    valid, other = ninth_worth(rest, likely, ninth, checks)
    with np.errstate(divide="ignore"):
        ahead = [np.log(one) for one in messages(serial, (valid + other[..., None])[:, rows, at])]  # 7 of (K, B, 11)
        logs = np.log(serial)
    which, characters, residue = rows, kept.characters, np.zeros(len(kept), np.intp)
    worth = kept.logs + kept.seen[rows, at]  # (K, N)
    for j, place in enumerate(LAST):
        each = worth[:, :, None] + logs[:, which, j]  # (K, N, 33)
        sums = (residue[:, None] + ADDS[place]) % 11  # (N, 33)
        index = _best(log_sum(each + ahead[j + 1][:, which[:, None], sums], axis=0).ravel(), relevant)
        one, character = np.divmod(index, len(ALPHABET))
        which, worth, residue = which[one], each[:, one, character], sums[one, character]
        characters = characters[one]
        characters[:, place] = character
    obeys = rest.obeys[:, which, None]  # (K, N, 1)
    last = obeys * (ninth == CHECK_INDEX[checks[which, residue]][:, None]) + (1 - obeys) * rest.other[:, which]
    with np.errstate(divide="ignore"):
        prior = log_sum(worth[:, :, None] + np.log(last), axis=0)  # (N, C), with the likelihood of all but place 9
    index = _best((prior + seen[at[which], NINTH][:, ninth]).ravel(), relevant)
    one, symbol = np.divmod(index, len(ninth))
    strings, which = characters[one], which[one]
    strings[:, NINTH] = ninth[symbol]
    prior = prior[one, symbol] - kept.seen[which, at[which]]
    return strings, prior - seen[at[which, None], LAST, strings[:, LAST]].sum(axis=1)


def _best(worth: Doubles, relevant: float) -> Ints:
    """Return the indices of the ``FOLLOWED`` largest that are not worth less than the best by ``relevant`` nats."""
    index = np.flatnonzero(worth > worth.max() - relevant)
    return index if len(index) <= FOLLOWED else index[np.argpartition(worth[index], -FOLLOWED)[-FOLLOWED:]]
