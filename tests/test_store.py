"""What is known of VINs and of other text, in a file and in a model folder: whole, the same again, or refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from vinchar.bundle import STRUCTURE, ModelError, default_folder, open_bundle, sha256
from vinchar.imaging import load as load_picture
from vinchar.reader import Reader
from vinchar.structure import facts, install
from vinchar.structure.build import build
from vinchar.structure.model import Learned, Structure
from vinchar.structure.rules import REGIONS
from vinchar.structure.store import STEPS, Knowledge, indices, load, shipped, to_bytes
from vinchar.structure.text import build_text_model
from vinchar.vin import check_digit

VIN = "1HGCM82633A004352"
STRIP = Path(__file__).parents[1] / "images" / "strips" / "cousine-700-print-light.png"


def fleet(wmi: str, count: int = 120) -> list[str]:
    """VINs of one maker, each with its check digit, of many models."""
    rng = np.random.default_rng(list(wmi.encode()))
    vins = [f"{wmi}{rng.integers(10**5):05d}0{'3456'[i % 4]}A{rng.integers(10**6):06d}" for i in range(count)]
    return [vin[:8] + check_digit(vin) + vin[9:] for vin in vins]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of facts about two makers."""
    folder = tmp_path_factory.mktemp("facts") / "few"
    facts.write([VIN, *fleet("1HG"), *fleet("WVW")], folder)
    return folder


@pytest.fixture(scope="module")
def knowledge(few: Path) -> Knowledge:
    return Knowledge(build(facts.load([few])), build_text_model(lines=500))


@pytest.fixture
def quick(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models be made from few facts and little other text."""
    monkeypatch.setattr(install, "project_facts", lambda: [few])
    monkeypatch.setattr(install, "build_text_model", partial(build_text_model, lines=500))


def learned(structure: Structure) -> Learned:
    return next(part for _, part in structure.parts if isinstance(part, Learned))


# -- the file ----------------------------------------------------------------------------------------------------------


def test_what_is_stored_comes_back_within_the_steps(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(to_bytes(knowledge))
    again = load(tmp_path / "a.npz")
    before, after = learned(knowledge.structure), learned(again.structure)
    np.testing.assert_array_equal(after.names, before.names)
    np.testing.assert_allclose(after.logs, before.logs, atol=0.5 / STEPS + 1e-6)
    np.testing.assert_array_equal(after.alone, before.alone)
    strings = np.concatenate([*map(indices, [VIN, "WVWZZZ1JZXW386752", "ANDTHEFTPREVENTXN"])])
    np.testing.assert_allclose(again.text.log_prob(strings), knowledge.text.log_prob(strings), atol=1e-9)
    for vin in (VIN, "WVWZZZ1JZXW386752"):
        assert again.likeness(vin) == pytest.approx(knowledge.likeness(vin), abs=17 * 5 / STEPS)


def test_the_same_knowledge_gives_the_same_bytes(knowledge: Knowledge, few: Path, tmp_path: Path) -> None:
    once = to_bytes(knowledge)
    assert to_bytes(Knowledge(build(facts.load([few])), build_text_model(lines=500))) == once
    (tmp_path / "a.npz").write_bytes(once)
    assert to_bytes(load(tmp_path / "a.npz")) == once


def test_likeness_tells_vins_from_other_text() -> None:
    known = shipped()
    assert shipped() is known
    vins, others = (VIN, "WVWZZZ1JZXW386752"), ("ANDTHEFTPREVENTXN", "00000000000000000", "DATE0216GVWR975KG")
    assert min(map(known.likeness, vins)) > max(map(known.likeness, others)) + 30


def expect_refusal(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.npz: got something else") as error:
        load(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"Dear Sir or Madam"], ids=["empty", "text"])
def test_another_file_is_a_value_error(data: bytes, tmp_path: Path) -> None:
    expect_refusal(tmp_path / "a.npz", data)


def test_a_broken_file_is_a_value_error(knowledge: Knowledge, tmp_path: Path) -> None:
    """Cut short, or with one byte changed, wherever that is, unless the byte says nothing, as that of a date."""
    data, path = to_bytes(knowledge), tmp_path / "a.npz"
    expect_refusal(path, data[: len(data) // 2])
    said = []
    for at in range(len(data) // 40, len(data), len(data) // 40):
        path.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
        try:
            load(path)
        except ValueError as error:
            said.append(str(error))
    assert len(said) > 30
    assert all("a.npz: got something else" in sentence for sentence in said)


CHANGES: dict[str, Callable[[dict[str, np.ndarray]], object]] = {
    "no names": lambda arrays: arrays.pop("names"),
    "no text": lambda arrays: arrays.pop("text_fours"),
    "fewer names than logs": lambda arrays: arrays.update(names=arrays["names"][:, :-1]),
    "another alphabet": lambda arrays: arrays.update(alone=arrays["alone"][:, :30]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_archive_is_a_value_error(
    change: Callable[[dict[str, np.ndarray]], object], knowledge: Knowledge, tmp_path: Path
) -> None:
    (tmp_path / "a.npz").write_bytes(to_bytes(knowledge))
    with np.load(tmp_path / "a.npz") as file:
        arrays = dict(file)
    change(arrays)
    np.savez(tmp_path / "b.npz", **arrays)
    with pytest.raises(ValueError, match="got"):
        load(tmp_path / "b.npz")


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "absent.npz")


# -- the model folder --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_a_new_folder_becomes_a_model_that_reads(few: Path, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("\n".join(fleet("ZZ9")))
    out = tmp_path / "mine"
    said = install.install([tmp_path / "own.txt"], out)
    description = open_bundle(out).description
    assert description["structure"] == json.loads(json.dumps(said))
    assert said["facts"] == ["few", "own.txt"]
    assert said["entries"] == len(learned(load(out / STRUCTURE).structure).names)
    assert set(said["bits"]) <= set(REGIONS)
    assert all(0 < bits < 6 and count > 0 for bits, count in said["bits"].values())
    assert description["sha256"][STRUCTURE] == sha256(out / STRUCTURE)
    assert sha256(out / STRUCTURE) != sha256(default_folder() / STRUCTURE)
    assert (out / "classifier.onnx").read_bytes() == (default_folder() / "classifier.onnx").read_bytes()

    own, plain = Reader(out).priors.structure, Reader().priors.structure
    vin = indices(fleet("ZZ9")[0])
    assert own.log_prob(vin)[0] > plain.log_prob(vin)[0] + 5
    assert Reader(out).read(load_picture(STRIP), "strip").vin == Reader().read(load_picture(STRIP), "strip").vin


@pytest.mark.usefixtures("quick")
def test_a_model_that_is_there_keeps_its_networks_and_all_it_says(tmp_path: Path) -> None:
    out = tmp_path / "model"
    shutil.copytree(default_folder(), out)
    before = json.loads((out / "model.json").read_text())
    install.install([], out)
    after = json.loads((out / "model.json").read_text())
    assert {key for key in before if before[key] != after[key]} == {"structure", "sha256"}
    assert {name for name, digest in before["sha256"].items() if digest != after["sha256"][name]} == {STRUCTURE}
    open_bundle(out)


@pytest.mark.usefixtures("quick")
def test_nothing_else_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"dear to somebody")
    with pytest.raises(ValueError, match="holds something that is not a model"):
        install.install([], tmp_path)
    with pytest.raises(ValueError, match="holds something that is not a model"):
        install.install([], tmp_path / "holiday.jpg")
    (tmp_path / "none").mkdir()
    with pytest.raises(ModelError, match="not there"):
        install.install([], tmp_path / "out", base=tmp_path / "none")
    (tmp_path / "empty.txt").touch()
    with pytest.raises(ValueError, match="got no VIN"):
        install.install([tmp_path / "empty.txt"], tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.txt", "holiday.jpg", "none"]


def test_the_projects_facts_are_there() -> None:
    assert [folder.name for folder in install.project_facts()] == ["public", "windscreens"]
    for folder in install.project_facts():
        assert list(folder.glob("squish_counts.tsv*"))


def test_what_is_measured_was_not_seen(few: Path) -> None:
    """Held-out beginnings cost more than those the model was made of, and less than nothing known at all."""
    counted = facts.load([few])
    bits = install.bits(counted)
    assert bits == install.bits(counted)
    assert set(bits) == {"USA", "Europe"}
    structure = build(counted)
    seen = np.mean([-structure.log_prob(indices(vin))[0] for vin in fleet("1HG")]) / np.log(2) / 17
    assert seen < bits["USA"][0] < np.log2(33)
