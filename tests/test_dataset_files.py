"""A data set of synthetic pictures: its form, the same from a seed whatever the workers, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.training import dataset_files
from vinchar.training.dataset_files import write
from vinchar.vin import validate


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("set") / "deep" / "out"
    write(18, out, seed=3, workers=2)  # more than a chunk, so both processes work
    return out


def test_names_labels_and_quads_agree(written: Path) -> None:
    labels = json.loads((written / "labels.json").read_text())
    glyphs = json.loads((written / "glyphs.json").read_text())
    assert sorted(labels) == sorted(glyphs) == sorted(path.name for path in (written / "images").iterdir())
    assert len(labels) == len(set(labels.values())) == 18
    for name, vin in labels.items():
        validate(vin)
        picture = cv2.imread(str(written / "images" / name), cv2.IMREAD_UNCHANGED)
        quads = np.array(glyphs[name])
        assert quads.shape == (17, 4, 2)
        middles = quads.mean(1)
        assert (middles > 0).all(), name
        assert (middles < picture.shape[1::-1]).all(), name
        assert (np.diff(middles[:, 0]) > 0).all(), name


def test_the_same_whatever_the_workers(written: Path, tmp_path: Path) -> None:
    write(18, tmp_path / "again", seed=3, workers=1)
    assert content(tmp_path / "again") == content(written)


def test_another_seed_gives_other_pictures_and_a_longer_set_begins_alike(written: Path, tmp_path: Path) -> None:
    write(2, tmp_path / "other", seed=4, workers=1)
    assert not content(tmp_path / "other").items() & content(written).items()
    write(3, tmp_path / "short", seed=3, workers=1)
    shared = {name for name in content(tmp_path / "short") if name.startswith("images")}
    assert len(shared) == 3
    assert all(content(tmp_path / "short")[name] == content(written)[name] for name in shared)


def test_nothing_is_left_of_a_run_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = dataset_files.draw_scene
    calls = []

    def fail_at_the_third(rng: np.random.Generator, face: None) -> object:
        calls.append(rng)
        if len(calls) == 3:
            raise OSError("disk full")
        return draw(rng)

    monkeypatch.setattr(dataset_files, "draw_scene", fail_at_the_third)
    with pytest.raises(OSError, match="disk full"):
        write(4, tmp_path / "out", seed=0, workers=1)
    assert len(calls) == 3
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(1, tmp_path / "out", seed=0)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["glyphs.json", "images", "labels.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_is_never_written_over(kind: str, tmp_path: Path) -> None:
    mine = tmp_path / "out" / "mine.txt" if kind == "folder" else tmp_path / "out"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("keep")
    with pytest.raises(ValueError, match="name a new or an empty folder"):
        write(1, tmp_path / "out", seed=0)
    assert content(tmp_path) == {str(mine.relative_to(tmp_path)): b"keep"}


@pytest.mark.parametrize("count", [0, -1])
def test_no_pictures_are_refused(count: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count: got"):
        write(count, tmp_path / "out", seed=0)


def test_progress_goes_to_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(1, tmp_path / "out", seed=0)
    said = capfd.readouterr()
    assert said.out == ""
    assert "1/1" in said.err


def test_all_in_one_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = dataset_files.draw_scene
    monkeypatch.setattr(dataset_files, "draw_scene", lambda rng, face: drawn.append(face) or draw(rng, face=face))
    write(3, tmp_path / "set", seed=3, workers=1, face="abel")
    assert {face.family for face in drawn} == {"abel"}
    with pytest.raises(ValueError, match="face: got 'abelle', expected one of abel, "):
        write(3, tmp_path / "other", seed=3, face="abelle")
