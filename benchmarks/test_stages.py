"""How long each stage takes: ``python3 -m pytest benchmarks/test_stages.py`` (pytest-benchmark). One core.

On pictures that the project drew; ``--benchmark-save NAME`` and ``--benchmark-compare`` tell runs apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest

from vinchar.assemble import assemble
from vinchar.bundle import open_bundle
from vinchar.classify import arc_scores
from vinchar.imaging import load
from vinchar.locate import SIDE, Locator
from vinchar.posterior import Priors
from vinchar.reader import Reader
from vinchar.rectify import cut_strip, frame_of_picture
from vinchar.segment import segment
from vinchar.structure.store import shipped

IMAGES = Path(__file__).resolve().parents[1] / "images"
PHOTO = next(path for path in sorted((IMAGES / "photos").iterdir()) if path.suffix == ".jpg")
STRIP = next(path for path in sorted((IMAGES / "strips").iterdir()) if path.suffix == ".png")
PRIORS = Priors(shipped().structure)


@pytest.fixture(scope="module")
def reader() -> Reader:
    cv2.setNumThreads(1)
    return Reader()


def test_decode(benchmark: Any) -> None:
    assert benchmark(load, PHOTO).ndim == 2


def test_locate(benchmark: Any) -> None:
    locator = Locator(open_bundle().paths["locator"])
    assert benchmark(lambda gray: locator.look(gray, SIDE).lines(10), load(PHOTO))


def test_rectify_one_pass(benchmark: Any, reader: Reader) -> None:
    gray = load(STRIP)
    assert benchmark(reader.rectifier.lines, gray, [frame_of_picture(gray.shape)]) != [None]


def test_cut_strip(benchmark: Any, reader: Reader) -> None:
    gray = load(STRIP)
    found = reader.rectifier.refine(gray, frame_of_picture(gray.shape), passes=2)
    assert found is not None
    assert benchmark(cut_strip, gray, *found, inverted=False).gray.shape == (40, 400)


def test_segment(benchmark: Any, reader: Reader) -> None:
    assert len(benchmark(segment, _found(reader).strip).arcs) > 17


def test_classify(benchmark: Any, reader: Reader) -> None:
    strip = _found(reader).strip
    assert benchmark(reader.classifier.logits, strip.gray[None]).shape[0] == 1


def test_assemble(benchmark: Any, reader: Reader) -> None:
    found = _found(reader)
    scores = arc_scores(reader.classifier.logits(found.strip.gray[None])[0], found.lattice)
    assert benchmark(assemble, found.lattice, scores, PRIORS).vin == found.assembly.vin


def test_measure_quality(benchmark: Any, reader: Reader) -> None:
    assert benchmark(_found(reader).quality, load(STRIP))


def test_read_a_strip(benchmark: Any, reader: Reader) -> None:
    assert benchmark(reader.read, load(STRIP)).status == "ok"


def test_read_a_photo(benchmark: Any, reader: Reader) -> None:
    assert benchmark(reader.read, load(PHOTO)).status == "ok"


def _found(reader: Reader) -> Any:
    gray = load(STRIP)
    found = reader.search.find(gray, [frame_of_picture(gray.shape)])
    assert found is not None
    return found
