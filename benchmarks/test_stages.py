"""How long each stage takes: ``python3 -m pytest benchmarks/test_stages.py`` (pytest-benchmark). One core.

On pictures that the project drew; ``--benchmark-save NAME`` and ``--benchmark-compare`` tell runs apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest

from vinchar.assemble import assemble
from vinchar.classify import Answers
from vinchar.decide import Decision, Line
from vinchar.imaging import load
from vinchar.locate import SIDE
from vinchar.posterior import read_strings
from vinchar.quality import quality_of
from vinchar.reader import Reader
from vinchar.rectify import cut_strip, frame_of_picture
from vinchar.segment import segment

IMAGES = Path(__file__).resolve().parents[1] / "images"
PHOTO = next(path for path in sorted((IMAGES / "photos").iterdir()) if path.suffix == ".jpg")
STRIP = next(path for path in sorted((IMAGES / "strips").iterdir()) if path.suffix == ".png")


@pytest.fixture(scope="module")
def reader() -> Reader:
    cv2.setNumThreads(1)
    return Reader()


@pytest.fixture(scope="module")
def decision(reader: Reader) -> Decision:
    return reader.search.read(load(STRIP), "strip")


@pytest.fixture(scope="module")
def line(decision: Decision) -> Line:
    assert decision.best is not None
    return decision.best


def test_decode(benchmark: Any) -> None:
    assert benchmark(load, PHOTO).ndim == 2


def test_locate(benchmark: Any, reader: Reader) -> None:
    assert benchmark(lambda gray: reader.locator.look(gray, SIDE).lines(10), load(PHOTO))


def test_rectify_one_pass(benchmark: Any, reader: Reader) -> None:
    gray = load(STRIP)
    assert benchmark(reader.rectifier.lines, gray, [frame_of_picture(gray.shape)]) != [None]


def test_cut_strip(benchmark: Any, reader: Reader) -> None:
    gray = load(STRIP)
    found = reader.rectifier.refine(gray, frame_of_picture(gray.shape), passes=2)
    assert found is not None
    assert benchmark(cut_strip, gray, *found, inverted=False).gray.shape == (40, 400)


def test_classify(benchmark: Any, reader: Reader, line: Line) -> None:
    assert benchmark(reader.classifier.logits, line.reading.strip.gray[None]).shape[0] == 1


def test_assemble(benchmark: Any, reader: Reader, line: Line) -> None:
    answers = Answers.of(reader.classifier.logits(line.reading.strip.gray[None]))
    assert len(benchmark(assemble, answers)[0])


def test_segment(benchmark: Any, line: Line) -> None:
    centres = line.boxes[None, :, [0, 2]].mean(axis=2).astype("float32")
    assert benchmark(segment, line.reading.strip.gray, centres).shape == (1, 17, 4)


def test_recognise(benchmark: Any, reader: Reader, line: Line) -> None:
    assert benchmark(reader.recogniser.read, [line.reading.strip])[0] is not None


def test_posterior(benchmark: Any, reader: Reader, line: Line) -> None:
    reading = line.reading
    assert benchmark(read_strings, reading.log_likelihoods, reading.scores, reader.priors).strings[0][0] == line.vin


def test_decide(benchmark: Any, reader: Reader, decision: Decision) -> None:
    assert benchmark(reader.search.judge.decide, decision.lines, lambda centres: 0.0).best is decision.best


def test_measure_quality(benchmark: Any, line: Line) -> None:
    assert benchmark(quality_of, line, load(STRIP))


def test_read_a_strip(benchmark: Any, reader: Reader) -> None:
    assert benchmark(reader.read, load(STRIP)).status == "ok"


def test_read_a_photo(benchmark: Any, reader: Reader) -> None:
    assert benchmark(reader.read, load(PHOTO)).status == "ok"
