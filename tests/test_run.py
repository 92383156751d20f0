"""`python train.py --preset tiny`, end to end, once: what it leaves, that it can be read with, that it resumes."""

from __future__ import annotations

import json
import runpy
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest

from conftest import block_network, train_eagerly
from vinchar import Reader, __version__
from vinchar.bundle import EXPERTS, NETWORKS, STRUCTURE, WEIGHTS, default_folder, open_bundle, sha256
from vinchar.drawing import faces
from vinchar.drawing.photos import draw_photo
from vinchar.drawing.scenes import draw_scene
from vinchar.drawing.surfaces import MATERIALS
from vinchar.rectify import frame_of_picture, sample
from vinchar.training import finish, measure, nets, run
from vinchar.training.boxed import Boxed, bounding_box
from vinchar.training.card import model_card, summary
from vinchar.training.config import PRESETS
from vinchar.training.handwriting import ALIKE
from vinchar.training.recognisers import FUSED, RECIPES
from vinchar.training.work import kept_config, open_work
from vinchar.vin import ALPHABET

ROOT = Path(__file__).parents[1]
ALL = {*NETWORKS, *EXPERTS.values()}
TINY = replace(PRESETS["tiny"], rectifier_steps=2, validation_scenes=8, validation_photos=2)
FEW = ("--rectifier-steps", "2", "--validation-scenes", "8", "--validation-photos", "2")
PRINTED = 33  # characters to test on
ROWS = ("emnist_glyph", "emnist_pretrained", "emnist_classifier", "emnist_baseline")
Train = Callable[..., int]


@pytest.fixture(scope="module")
def train(emnist_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Train]:
    """Run train.py with these flags, with the small EMNIST and no network, and return its exit status."""
    folder = tmp_path_factory.mktemp("training")
    policy, threads = keras.mixed_precision.dtype_policy(), cv2.getNumThreads()

    def rectifier() -> keras.Model:
        """The shipped one: one that has learned for a moment finds no lines, of which the rest is made."""
        return keras.saving.load_model(default_folder() / "rectifier.keras")

    def baseline() -> keras.Model:
        """A small one: that of five million parameters takes its time to write."""
        return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(33)])

    with pytest.MonkeyPatch.context() as patch:
        block_network(patch)
        train_eagerly(patch)
        patch.setattr(nets, "rectifier", rectifier)
        patch.setattr(nets, "baseline", baseline)
        for module in (run, finish):
            patch.setattr(module, "PRINTED_TEST", PRINTED)
        patch.setenv("HOME", str(emnist_home))
        patch.setattr(measure, "_TIMED", 3)
        patch.chdir(folder)

        def call(*flags: str) -> int:
            patch.setattr(sys, "argv", ["train.py", "--preset", "tiny", "--out", "out", *FEW, *flags])
            with pytest.raises(SystemExit) as ended:
                runpy.run_path(str(ROOT / "train.py"), run_name="__main__")
            return int(ended.value.code or 0)

        yield call
    keras.mixed_precision.set_dtype_policy(policy)
    cv2.setNumThreads(threads)


@pytest.fixture(scope="module")
def boxed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of three photos with boxes, the last of them held out."""
    folder = tmp_path_factory.mktemp("boxed")
    rows = ["image,x0,y0,x1,y1,held_out,credit"]
    for i in range(3):
        photo = draw_photo(np.random.default_rng(3), place="label", calm=True, small=True, rows=1)
        cv2.imwrite(str(folder / f"{i}.png"), photo.bgr)
        x0, y0, x1, y1 = bounding_box(photo.quads)
        rows.append(f"{i}.png,{x0},{y0},{x1},{y1},{'yes' if i == 2 else ''},a friend")
    (folder / "boxed.csv").write_text("\n".join(rows) + "\n")
    return folder / "boxed.csv"


@pytest.fixture(scope="module")
def model(train: Train, boxed: Path) -> Path:
    """The folder of a trained model."""
    assert train("--boxed", str(boxed)) == 0
    return Path("out").resolve()


@pytest.fixture(scope="module")
def description(model: Path) -> dict[str, Any]:
    """What its model.json holds."""
    return json.loads((model / "model.json").read_text())  # type: ignore[no-any-return]


def test_model_json_says_what_it_was_made_of(description: dict[str, Any]) -> None:
    assert description["vinchar"] == __version__
    assert description["alphabet"] == ALPHABET
    assert description["config"] == asdict(TINY)
    assert description["trained_on"] == {
        "emnist_byclass_33": 33 * 6,
        "synthetic_scenes": TINY.scenes,
        "synthetic_photos": TINY.photos,
        "real_photos": 2,
        "credits": ["a friend"],
    }
    assert description["trained_with"]["keras"] == keras.__version__
    assert ", by Muon and AdamW, Keras" in model_card(description)
    assert description["trained_with"]["minutes"] > 0
    sizes = {name: recipe.build().count_params() for name, recipe in RECIPES.items()}
    assert description["parameters"] == sizes | {"baseline": 785 * 33}
    assert list(description["recognisers"]) == ["detector", "ctc", "lattice", "fused"]
    assert description["recogniser"] == "fused"
    for way in description["recognisers"].values():
        assert {name: len(way["confidence"][name]) for name in WEIGHTS} == WEIGHTS
    assert list(description["recognisers"]["fused"]["experts"]) == list(FUSED)
    assert description["structure"] == open_bundle().description["structure"]
    made = description["trained_with"]["networks"]
    assert list(made) == ["rectifier", "locator", "baseline", "emnist", "glyph", "classifier", "ctc", "detector"]
    assert made["classifier"]["steps"] == TINY.classifier_steps
    assert made["rectifier"]["pictures"] == TINY.scenes * TINY.frames
    assert made["glyph"]["pictures"] == (33 + len(ALIKE)) * 6 + TINY.characters + TINY.no_glyphs
    assert {row["by"] for row in made.values()} == {"tensorflow on cpu:0"}
    assert description["replaced"] is None
    assert "Beside the model" not in model_card(description)
    older = {**description["trained_with"], "networks": {}}
    assert summary({**description, "trained_with": older}) is None


def test_model_json_holds_the_scores(description: dict[str, Any]) -> None:
    rows = description["scores"]["emnist_test"]
    assert [row["network"] for row in rows] == list(ROWS)
    for row in rows:
        assert row["n"] == 33 * 3
        assert 0 <= row["accuracy"] <= 1
        assert set(row["recall"]) == set(ALPHABET)
        assert row["accuracy"] == pytest.approx(np.mean(list(row["recall"].values())), abs=1e-3)
        assert row["recall"][row["weakest_recall"][0]] == min(row["recall"].values())
        assert row["milliseconds_for_17_glyphs"] > 0
        assert ("printed_right" in row) == (row["network"] != "emnist_baseline")
    synthetic = description["scores"]["synthetic_held_out_faces"]
    assert synthetic["n"] == TINY.validation_scenes
    assert 0 <= synthetic["exact_match"] <= 1
    assert 0 <= synthetic["glyphs_right"] <= 1
    assert 0 <= synthetic["clear"] < synthetic["n"]
    pictures = description["scores"]["synthetic_pictures"]["vin"]
    assert 1 <= pictures["n"] <= TINY.validation_scenes // 2  # like VINs, and no confidence fitted on them
    assert sum(group["n"] for group in pictures["groups"].values()) == pictures["n"]
    assert set(pictures["groups"]) <= set(MATERIALS)
    assert sum(pictures["causes"].values()) == round(pictures["n"] * (1 - pictures["exact_match"]))
    assert "own_pictures" not in description["scores"]
    located = description["scores"]["located"]
    assert {kind: row["n"] for kind, row in located.items()} == {"drawn": TINY.validation_photos, "real": 1}
    for row in located.values():
        assert 0 <= row["best"] <= row["best_three"] <= 1
        assert 0 <= row["read_best"] <= row["read_best_three"] <= 1


def test_hashes_are_those_of_the_files(model: Path, description: dict[str, Any]) -> None:
    names = {f"{name}.{suffix}" for name in ALL for suffix in ("onnx", "keras")}
    assert set(description["sha256"]) == names | {STRUCTURE}
    assert description["sha256"][STRUCTURE] == sha256(open_bundle().structure)
    for name, digest in description["sha256"].items():
        assert sha256(model / name) == digest, name
    assert open_bundle(model).description == description


def test_the_folder_holds_what_is_shipped_and_no_more(model: Path, description: dict[str, Any]) -> None:
    parts = ("report.txt", "report.csv", "confusion.csv", "confusion_shares.csv", "confusion.png")
    report = {f"{name}_{part}" for name in (*ROWS, "synthetic") for part in parts}
    report |= {"curves.png", "synthetic_pictures"}
    clear = description["scores"]["synthetic_held_out_faces"]["clear"]
    report |= {
        f"synthetic{c}_glyph_height.{suffix}" for c in ("", "_clear")[: 1 + bool(clear)] for suffix in ("csv", "png")
    }
    assert {path.name for path in (model / "report").iterdir()} == report
    assert all(path.stat().st_size > 20 for path in (model / "report").iterdir())
    assert (model / "report" / "synthetic_pictures" / "index.html").stat().st_size > 5000
    networks = {f"{name}.{suffix}" for name in ALL for suffix in ("onnx", "keras")}
    assert {path.name for path in model.iterdir()} == networks | {STRUCTURE, "model.json", "README.md", "report"}


def test_the_card_is_filled_in(model: Path, description: dict[str, Any]) -> None:
    card = (model / "README.md").read_text()
    assert not set("{}") & set(card)
    assert "None" not in card
    assert "nan" not in card.split()
    for number in (f"{33 * 6:,}", f"{33 * 3:,}", keras.__version__, "--preset tiny --seed 7 --validation-scenes 8"):
        assert number in card
    for row in description["scores"]["emnist_test"]:
        assert f"| {row['accuracy']:.4f} |" in card
    assert card.count("\n| Z |") == 1


def test_the_card_says_how_the_training_differed_from_the_preset(description: dict[str, Any]) -> None:
    description = {**description, "config": asdict(PRESETS["tiny"])}
    card = model_card({**description, "config": {**description["config"], "batch": 5, "written_batch": 3}})
    assert "`python train.py --preset tiny --seed 7 --batch 5 --written-batch 3 --boxed boxes.csv`" in card
    drawn = model_card({**description, "trained_on": {**description["trained_on"], "real_photos": 0}})
    assert "`python train.py --preset tiny --seed 7`" in drawn


def test_the_model_reads(model: Path) -> None:
    """Not well, after so few steps, but every way through it holds."""
    reader = Reader(model)
    gray = draw_scene(np.random.default_rng(0)).gray
    strip = sample(gray, frame_of_picture(gray.shape), 60, 480)
    assert reader.read(strip, "strip").status in ("ok", "uncertain", "not_found")
    glyph = reader.read(np.pad(np.full((20, 4), 255, np.uint8), 12), "glyph")
    assert glyph.status in ("ok", "uncertain", "not_found")
    assert glyph.vin is None or glyph.vin in ALPHABET


def test_the_network_for_single_characters_favours_rare_ones(model: Path) -> None:
    """All classes come as often here, but for those of which there are lower-case pictures, too."""
    learned, left = nets.classifier(), keras.saving.load_model(model / "glyph.keras")
    learned.load_weights("work/glyph.weights.h5")
    bias, before = (keras.ops.convert_to_numpy(one.get_layer("logits").bias) for one in (left, learned))
    more = bias - before
    common = [ALPHABET.index(char.upper()) for char in ALIKE]
    rare = np.delete(more, [*common, 33]) - more[common].max()
    np.testing.assert_allclose(rare, run.RARE_FIRST * np.log(2), atol=1e-3)
    assert more[33] == pytest.approx(0, abs=1e-3)


def test_a_second_run_loads_the_networks_that_are_trained(
    train: Train, boxed: Path, model: Path, description: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as to what follows once they are there."""
    finished: list[dict[str, Any]] = []

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    def export(build: object, trained: keras.Model, shape: object, stem: Path) -> None:
        if stem.parent.name == "model":
            before = keras.saving.load_model(model / f"{stem.name}.keras").get_weights()
            for one, other in zip(trained.get_weights(), before, strict=True):
                np.testing.assert_array_equal(one.astype(np.float16), other)
            for suffix in (".keras", ".onnx"):
                shutil.copyfile(model / f"{stem.name}{suffix}", stem.with_suffix(suffix))

    monkeypatch.setattr(keras.Model, "fit", refuse)
    monkeypatch.setattr(run, "export", export)
    monkeypatch.setattr(run, "quantize", lambda *_: None)
    monkeypatch.setattr(measure, "glyph_rows", lambda *_: [])
    monkeypatch.setattr(run, "finish", lambda staged, said, *_: finished.append(said))
    assert train("--boxed", str(boxed)) == 0
    assert finished[0]["sha256"] == description["sha256"]
    assert finished[0]["trained_with"]["minutes"] >= description["trained_with"]["minutes"]
    before, after = (
        {name: {**said, "minutes": None} for name, said in one["trained_with"]["networks"].items()}
        for one in (description, finished[0])
    )
    assert after == before  # but for the time, to which that of loading is added


def test_refitting_keeps_the_networks_and_reports_on_own_pictures(
    train: Train, boxed: Path, model: Path, description: dict[str, Any], tmp_path: Path
) -> None:
    rows = ["image,vin,group"]
    for name in ("a.png", "b.png"):
        scene = draw_scene(np.random.default_rng(5))
        cv2.imwrite(str(tmp_path / name), scene.gray)
        rows.append(f"{name},{scene.vin},yard")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    (model / "report" / "synthetic_report.txt").unlink()
    assert train("--refit", "--boxed", str(boxed), "--labels", str(tmp_path / "labels.csv")) == 0
    again = json.loads((model / "model.json").read_text())
    assert again["sha256"] == description["sha256"]
    assert again["recognisers"] == description["recognisers"]  # of the same scenes
    for name in ("emnist_test", "synthetic_held_out_faces"):
        assert again["scores"][name] == description["scores"][name]
    assert again["replaced"] == summary(description)
    beside = (model / "README.md").read_text().split("## Beside the model it replaced")[1]
    synthetic = description["scores"]["synthetic_held_out_faces"]
    same = f"{synthetic['exact_match']:.4f} of {synthetic['n']} scenes"
    assert f"| held-out faces, exact match | {same} | {same} |" in beside
    assert again["scores"]["own_pictures"]["vin"]["groups"]["yard"]["n"] == 2
    assert "a.png" in (model / "report" / "own_pictures" / "readings.csv").read_text()
    assert (model / "report" / "synthetic_report.txt").exists()
    assert not [path for path in model.parent.iterdir() if path.name not in ("out", "work")]


def test_labels_of_other_pictures_are_refused_before_anything_is_done(
    train: Train, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "labels.csv").write_text("image,vin\ngone.png,1HGCM82633A004352\n")
    before = (model / "model.json").stat().st_mtime_ns
    assert train("--labels", str(tmp_path / "labels.csv")) == 2
    assert "names none of the 0 pictures" in capsys.readouterr().err
    assert (model / "model.json").stat().st_mtime_ns == before


def test_without_emnist_nothing_is_touched(
    train: Train, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = (model / "model.json").read_bytes()
    assert train("--fresh") == 2
    assert "EMNIST/gzip.zip elsewhere" in capsys.readouterr().err
    assert (model / "model.json").read_bytes() == before
    assert Path("work/classifier.weights.h5").exists()


def test_another_configuration_starts_anew_but_not_in_a_folder_of_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = PRESETS["tiny"]
    work = tmp_path / "work"
    open_work(tiny, [], work, resume=True)
    (work / "classifier.weights.h5").write_text("kept")
    (work / "scenes").mkdir()
    open_work(tiny, [], work, resume=True)
    open_work(replace(tiny, workers=5), [], work, resume=True)  # draw the same
    assert (work / "classifier.weights.h5").exists()
    open_work(replace(tiny, seed=8), [], work, resume=True)
    assert not (work / "classifier.weights.h5").exists()
    (work / "classifier.weights.h5").write_text("kept")
    open_work(replace(tiny, seed=8), [Boxed(Path("a.jpg"), (0, 0, 9, 9))], work, resume=True)
    assert not (work / "classifier.weights.h5").exists()
    assert kept_config(work) == replace(tiny, seed=8)
    (work / "classifier.weights.h5").write_text("kept")
    open_work(replace(tiny, seed=8), [], work, resume=False)
    assert not (work / "classifier.weights.h5").exists()
    (work / "classifier.weights.h5").write_text("kept")
    monkeypatch.setattr(faces, "HELD_OUT", faces.HELD_OUT[1:])
    open_work(replace(tiny, seed=8), [], work, resume=True)
    assert not (work / "classifier.weights.h5").exists()
    (work / "classifier.weights.h5").write_text("kept")
    older = json.loads((work / "config.json").read_text())
    del older["contents"], older["line_scenes"]
    (work / "config.json").write_text(json.dumps(older))
    open_work(replace(tiny, seed=8), [], work, resume=True)
    assert not (work / "classifier.weights.h5").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    for config in "", "{}", '{"model_type": "bert"}':
        (other / "config.json").write_text(config)
        with pytest.raises(ValueError, match="not a training folder of vinchar"):
            open_work(tiny, [], other, resume=True)
    assert (other / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("places", [("a", "a/work"), ("a/model", "a"), ("a", "a")])
def test_the_model_and_the_work_have_places_of_their_own(places: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one lies in the other"):
        run.train(PRESETS["tiny"], *(tmp_path / place for place in places))


def test_nothing_but_a_model_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"dear to somebody")
    with pytest.raises(ValueError, match="holds something that is not a model"):
        run.train(PRESETS["tiny"], tmp_path, tmp_path / "work")
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
