"""A model folder is checked before anything is read: what is wrong with it is said in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vinchar.bundle import FORMAT, NETWORKS, STRUCTURE, ModelError, default_folder, open_bundle, sha256
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH
from vinchar.vin import ALPHABET

WEIGHTED = {"vin": [0.1, 0.2, 0, 0, 0, 0, 0.5], "right": [0.3, 0.4, 0.5, 0, 0, 0.1, -1]}
BOUNDS = {"threshold": 0.9, "glyph_threshold": 0.8, "glyph_least": 0.6, "settled": 0.7}


def reading_by(*experts: str, name: str = "lattice", **confidence: Any) -> dict[str, Any]:
    """A way to read strips, the only and so the usual one."""
    way = {"experts": dict.fromkeys(experts, 0.5), "confidence": WEIGHTED | BOUNDS | confidence}
    return {"recognisers": {name: way}, "recogniser": name}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NETWORKS:
        (tmp_path / f"{name}.onnx").write_bytes(name.encode())
    (tmp_path / STRUCTURE).write_bytes(b"structure")
    files = [*(f"{name}.onnx" for name in NETWORKS), STRUCTURE]
    description = {
        "format": FORMAT,
        "vinchar": "0.1.0",
        "alphabet": ALPHABET,
        "strip": [STRIP_HEIGHT, STRIP_WIDTH],
        "sha256": {name: sha256(tmp_path / name) for name in files},
        **reading_by("lattice"),
        "quality": {"blur": {"threshold": 0.25, "precision": 0.9, "n": 100}},
        "seed": 7,
    }
    (tmp_path / "model.json").write_text(json.dumps(description))
    return tmp_path


def change(folder: Path, **values: Any) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_whole_model(folder: Path) -> None:
    bundle = open_bundle(folder)
    assert bundle.paths == {name: folder / f"{name}.onnx" for name in NETWORKS}
    assert bundle.structure == folder / STRUCTURE
    confidence = bundle.confidence
    assert (list(confidence.vin), list(confidence.right)) == (WEIGHTED["vin"], WEIGHTED["right"])
    assert (confidence.threshold, confidence.glyph_threshold) == (0.9, 0.8)
    assert (confidence.glyph_least, confidence.settled) == (0.6, 0.7)
    assert bundle.quality == {"blur": 0.25}
    assert bundle.description["seed"] == 7


def test_sha256_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "another file": (lambda f: (f / "classifier.onnx").write_bytes(b"x"), "classifier.onnx: not the file"),
    "another structure": (lambda f: (f / STRUCTURE).write_bytes(b"x"), "structure.npz: not the file"),
    "no structure": (lambda f: (f / STRUCTURE).unlink(), "structure.npz: not there"),
    "no network": (lambda f: (f / "rectifier.onnx").unlink(), "rectifier.onnx: not there"),
    "no description": (lambda f: (f / "model.json").unlink(), "model.json: not there"),
    "another alphabet": (lambda f: change(f, alphabet="ABC"), "trained for the characters 'ABC', expected '0123"),
    "another size": (lambda f: change(f, strip=[32, 320]), r"trained for strips of \[32, 320\], expected \[40, 400\]"),
    "another format": (lambda f: change(f, format=99), f"model format 99, expected {FORMAT}"),
    "no JSON": (lambda f: (f / "model.json").write_text("{"), "not a model description"),
    "no object": (lambda f: (f / "model.json").write_text("[]"), "not a model description"),
    "null": (lambda f: (f / "model.json").write_text("null"), "not a model description"),
    "no text": (lambda f: (f / "model.json").write_bytes(b"\xff\xfe\x00"), "not a model description"),
    "empty": (lambda f: (f / "model.json").write_text(""), "not a model description"),
    "no key": (lambda f: (f / "model.json").write_text(json.dumps({"format": FORMAT})), "not a model description"),
    "no hashes": (lambda f: change(f, sha256={}), "not a model description"),
    "no ways to read": (lambda f: change(f, recognisers=None), "not a model description"),
    "another way to read": (lambda f: change(f, recogniser="ctc"), "reads by 'ctc', expected one of lattice"),
    "no expert": (lambda f: change(f, **reading_by()), "has the experts , expected some of lattice, ctc, detector"),
    "an unknown expert": (lambda f: change(f, **reading_by("oracle")), "has the experts oracle, expected some of"),
    "an expert without a network": (lambda f: change(f, **reading_by("ctc")), "ctc.onnx: not there"),
    "words for numbers": (
        lambda f: change(f, **reading_by("lattice", vin=["a", "b"])),
        "not a model description",
    ),
    "too few weights": (
        lambda f: change(f, **reading_by("lattice", right=[1.0])),
        "the confidence has .* expected so many weights: {'vin': 7, 'right': 7}",
    ),
    "a folder for a file": (
        lambda f: ((f / "rectifier.onnx").unlink(), (f / "rectifier.onnx").mkdir()),
        "rectifier.onnx: Is a directory",
    ),
}


@pytest.mark.parametrize(("damage", "said"), BREAKS.values(), ids=BREAKS)
def test_what_is_wrong_is_one_sentence(damage: Callable[[Path], object], said: str, folder: Path) -> None:
    damage(folder)
    with pytest.raises(ModelError, match=said) as error:
        open_bundle(folder)
    assert str(folder) in str(error.value)
    assert "\n" not in str(error.value)


def test_the_shipped_model_is_whole() -> None:
    bundle = open_bundle()
    assert bundle.paths["classifier"].parent == default_folder()
    assert sum(path.stat().st_size for path in (*bundle.paths.values(), bundle.structure)) < 10_000_000
