"""What knowing how VINs are built gives, and what it costs where the facts say nothing.

``python3 benchmarks/vins.py clean [--count 2000]``: clean prints of VINs made from vPIC's patterns and from beginnings
that were counted, in all regions and held-out faces; how many are ok and right, and every other one.

``python3 benchmarks/vins.py makers [--count 1000]``: drawn scenes of VINs of 20 makers that are left out of the facts:
exact match with what is then known, with the plain rules alone, and with nothing.

``python3 benchmarks/vins.py confusions LABELS.csv``: of two characters that are often taken for each other, which one
is likelier in true VINs, by region: the true one, neither, the other one; and bits a character.

``python3 benchmarks/vins.py facts FOLDER LABELS.csv``: pictures read with all facts, with those of ``public`` alone,
with the plain rules alone, and with nothing known.

``python3 benchmarks/vins.py known FOLDER LABELS.csv [--count 100000]``: photos read with a list of their VINs among
others of the same makers, with a list of those others alone, and without.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar import Reader  # noqa: E402
from vinchar.drawing.faces import font_faces  # noqa: E402
from vinchar.drawing.printing import Setting, set_line  # noqa: E402
from vinchar.drawing.scenes import draw_scene, least_contrast  # noqa: E402
from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.imaging import load as load_picture  # noqa: E402
from vinchar.known import known_vins  # noqa: E402
from vinchar.posterior import NO_PRIORS, Priors  # noqa: E402
from vinchar.structure import facts, store  # noqa: E402
from vinchar.structure.build import build  # noqa: E402
from vinchar.structure.install import project_facts  # noqa: E402
from vinchar.structure.model import CHECK_INDEX, Rules, Structure, weighted_sum  # noqa: E402
from vinchar.structure.rules import REGIONS, maker_codes, region_table  # noqa: E402
from vinchar.training.framing import draw_box_frame  # noqa: E402
from vinchar.vin import ALPHABET, LENGTH  # noqa: E402

PAIRS = ("8B", "56", "2Z", "0D", "1T", "GC", "93", "VW", "H8", "NM", "5S", "6G", "7Z")
MAKERS = 20
CAP = 24.0  # height of the clean prints' capitals, pixels
Strings = NDArray[np.intp]
Result = tuple[tuple[str, ...], list[tuple[object, ...]]]  # header and rows of a table


def main() -> None:
    """Run the part that is asked for and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("clean", "makers", "confusions", "facts", "known"))
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    if args.part == "clean":
        result = clean(args.count or 2000, rng)
    elif args.part == "makers":
        result = makers(args.count or 1000, rng)
    elif args.part == "confusions":
        result = confusions(facts.read_vins(args.paths[0]))
    elif args.part == "facts":
        result = by_facts(*args.paths)
    else:
        result = known(*args.paths, args.count or 100_000, rng)
    show(f"vins_{args.part}", *result, args.write)


def text_of(string: Strings) -> str:
    """Return a string of indices into the alphabet as text."""
    return "".join(ALPHABET[c] for c in string)


def completed(row: NDArray[np.int8], rng: np.random.Generator) -> str:
    """Return a VIN that begins as a row of facts says: what it leaves open is drawn, six digits end it."""
    string = row.astype(np.intp)
    string[11:] = rng.integers(0, 10, LENGTH - 11)
    open_ = np.flatnonzero(string == facts.UNKNOWN)
    string[open_] = rng.integers(0, len(ALPHABET), len(open_))
    if row[facts.NINTH] in (facts.VALID, facts.UNKNOWN):
        string[facts.NINTH] = CHECK_INDEX[weighted_sum(string[None])[0]]
    return text_of(string)


def vpic_row(rows: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
    """Return a beginning that several patterns of one maker say together."""
    made = rows[0].copy()
    for row in rows[rng.permutation(len(rows))]:
        made = np.where(made == facts.UNKNOWN, row, made)
    return made


def of_all_regions(count: int, rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Yield VINs and where they come from: a region alike for all, beginnings counted and vPIC's patterns in turn."""
    known = facts.load(project_facts()).rows
    counted = known[(known[:, 3:8] != facts.UNKNOWN).all(axis=1) & (known[:, facts.NINTH] != facts.UNKNOWN)]
    patterns = known[(known[:, 3:8] == facts.UNKNOWN).any(axis=1) & (known[:, 11:] == facts.UNKNOWN).all(axis=1)]
    regions = region_table()
    for i in range(count):
        region, rows = i // 2 % len(REGIONS), (counted, patterns)[i % 2]
        there = rows[regions[rows[:, 0], rows[:, 1]] == region]
        if not len(there):
            there = counted[regions[counted[:, 0], counted[:, 1]] == region]
        row = there[rng.integers(len(there))]
        if i % 2:
            row = vpic_row(there[(there[:, :3] == row[:3]).all(axis=1)], rng)
        yield list(REGIONS)[region], completed(row, rng)


def clean(count: int, rng: np.random.Generator) -> Result:
    """Return how many clean prints are ok and right, by region."""
    reader, faces = Reader(), font_faces(held_out=True)
    ends: dict[str, list[bool]] = {}
    for region, vin in tqdm(of_all_regions(count, rng), total=count, mininterval=2):
        ink, _ = set_line(vin, faces[rng.integers(len(faces))], Setting(1.0, None, 0.1), CAP, rng)
        gray = np.pad(255 - 235 * np.clip(ink, 0, 1), 12, constant_values=255).astype(np.uint8)
        reading = reader.read(gray)
        good = reading.status == "ok" and reading.vin == vin
        ends.setdefault(region, []).append(good)
        if not good:
            print(f"{vin} read as {reading.vin}, {reading.status}, {reading.confidence:.3f}", file=sys.stderr)
    everything = [good for some in ends.values() for good in some]
    rows = [(name, len(some), f"{np.mean(some):.4f}") for name, some in (*ends.items(), ("all", everything))]
    return ("region", "clean prints", "accepted and right"), rows


def makers(count: int, rng: np.random.Generator) -> Result:
    """Print what is read of makers that the facts leave out."""
    known = facts.load(project_facts())
    counted = known.rows[(known.rows[:, 3:8] != facts.UNKNOWN).all(axis=1) & (known.rows[:, facts.NINTH] != -1)]
    regions = region_table()[counted[:, 0], counted[:, 1]]
    chosen: list[NDArray[np.int8]] = []
    for i in range(MAKERS):  # of every region in turn
        codes = np.unique(counted[regions == i % len(REGIONS), :3], axis=0)
        chosen.append(codes[rng.integers(len(codes))])
    left_out = np.any([(known.rows[:, :3] == code).all(axis=1) for code in chosen], axis=0)
    without = build(facts.Facts(known.rows[~left_out], known.weight[~left_out]))
    reader = Reader()
    ways = {
        "as shipped": reader.priors,
        "these makers left out of the facts": Priors(without),
        "the plain rules alone": Priors(Structure(((1.0, Rules(maker_codes())),))),
        "nothing known": NO_PRIORS,
    }
    right: dict[str, list[bool]] = {way: [] for way in ways}
    scenes = 0
    with tqdm(total=count, mininterval=2) as bar:
        for i in range(10 * count):
            own = np.random.default_rng([int(rng.bit_generator.seed_seq.entropy), i])  # type: ignore[attr-defined]
            code = chosen[i % MAKERS]
            rows = counted[(counted[:, :3] == code).all(axis=1)]
            scene = draw_scene(own, held_out=True, vin=completed(rows[own.integers(len(rows))], own))
            if least_contrast(scene.gray, scene.quads) < 30:
                continue
            frame = draw_box_frame(scene.quads, own)
            for way, priors in ways.items():
                reader.search.judge.priors = priors
                best = reader.search.line(scene.gray, [frame]).best
                right[way].append(best is not None and best.vin == scene.vin)
            scenes += 1
            bar.update()
            if scenes == count:
                break
    rows = [(way, scenes, f"{np.mean(good):.4f}") for way, good in right.items()]
    return ("what is known", "scenes", "exact match"), rows


def confusions(vins: Sequence[str]) -> Result:
    """Print which of two like characters is likelier, and the bits a character, with the model and the rules alone."""
    strings = np.array([[ALPHABET.index(char) for char in vin] for vin in vins])
    regions = region_table()[strings[:, 0], strings[:, 1]]
    rows = []
    for name, structure in (
        ("model", store.shipped().structure),
        ("rules alone", Structure(((1.0, Rules(maker_codes())),))),
    ):
        base = structure.log_prob(strings)
        for region, where in enumerate(REGIONS):
            here = regions == region
            if not here.any():
                continue
            gains = []
            for true, other in (ends for pair in PAIRS for ends in (pair, pair[::-1])):
                for place in range(LENGTH):
                    some = here & (strings[:, place] == ALPHABET.index(true))
                    changed = strings[some]
                    changed[:, place] = ALPHABET.index(other)
                    gains.append(base[some] - structure.log_prob(changed))
            gain = np.concatenate(gains)
            bits = -base[here].mean() / np.log(2) / LENGTH
            shares = [f"{100 * share.mean():.1f}" for share in (gain > 1e-3, abs(gain) <= 1e-3, gain < -1e-3)]
            rows.append((where, int(here.sum()), name, f"{bits:.2f}", *shares))
    return ("region", "VINs", "known", "bits a character", "right %", "tie %", "wrong %"), rows


def by_facts(folder: Path, labels: Path) -> Result:
    """Return what is read with more and less known; a line is told from other text by the same."""
    pictures = [(load_picture(source), label.text) for source, label in labelled_pictures(labels, folder)]
    shipped = store.shipped()
    rules = Structure(((1.0, Rules(maker_codes())),))
    ways = {
        "all facts": (shipped.structure, shipped.structure),
        "those of `public` alone": (build(facts.load([facts.FACTS / "public"])),) * 2,
        "the plain rules alone": (rules, rules),
        "nothing (`--no-priors`)": (NO_PRIORS.structure, shipped.structure),
    }
    rows = []
    for way, (prior, likeness) in ways.items():
        reader = Reader()
        reader.search.judge.priors = Priors(prior)
        reader.search.judge.knowledge = store.Knowledge(likeness, shipped.text)
        readings = [reader.read(gray) for gray, _ in pictures]
        right = np.array([reading.vin == vin for reading, (_, vin) in zip(readings, pictures, strict=True)])
        ok = np.array([reading.status == "ok" for reading in readings])
        rows.append((way, len(right), f"{right.mean():.3f}", f"{ok.mean():.3f}", int((ok & ~right).sum())))
    return ("what is known", "pictures", "exact match", "accepted", "of those wrong"), rows


def known(folder: Path, labels: Path, count: int, rng: np.random.Generator) -> Result:
    """Return what an owner's list gives."""
    pictures = labelled_pictures(labels, folder)
    truth = [label.text for _, label in pictures]
    makers_of = sorted({vin[:3] for vin in truth})
    counted = facts.load(project_facts()).rows
    counted = counted[(counted[:, 3:8] != facts.UNKNOWN).all(axis=1) & (counted[:, facts.NINTH] != facts.UNKNOWN)]
    codes = [tuple(ALPHABET.index(char) for char in code) for code in makers_of]
    counted = counted[[tuple(row) in set(codes) for row in counted[:, :3].tolist()]]
    others = {completed(counted[rng.integers(len(counted))], rng) for _ in range(count)} - set(truth)
    dense = {vin[:-4] + f"{rng.integers(10_000):04d}" for _ in range(count // len(truth)) for vin in truth} - set(truth)
    grays = [load_picture(source) for source, _ in pictures]
    ways = {
        "no list": None,
        "their VINs and others of the same makers": known_vins([*truth, *others]),
        "the others alone": known_vins(sorted(others)),
        "others alone, all but the last four characters as theirs": known_vins(sorted(dense)),
    }
    rows = []
    for way, vins in ways.items():
        reader = Reader(known=vins)
        started = time.perf_counter()
        readings = [reader.read(gray, "photo") for gray in grays]
        took = (time.perf_counter() - started) / len(grays) * 1000
        right = np.array([reading.vin == vin for reading, vin in zip(readings, truth, strict=True)])
        ok = np.array([reading.status == "ok" for reading in readings])
        decided = sum(reading.without_list is not None for reading in readings)
        size = 0 if vins is None else len(vins)
        rows.append(
            (way, size, f"{right.mean():.4f}", f"{ok.mean():.3f}", int((ok & ~right).sum()), decided, f"{took:.0f}")
        )
    return ("list", "VINs", "exact match", "accepted", "wrong and accepted", "the list decided", "ms a picture"), rows


if __name__ == "__main__":
    main()
