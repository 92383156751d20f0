"""`vinchar adapt`, end to end on a few drawn photos: what it learns, keeps, reports and refuses; that it resumes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest

from conftest import block_network, rows_of, train_eagerly
from vinchar.bundle import default_folder, open_bundle, sha256
from vinchar.command.main import main
from vinchar.decide import Decision
from vinchar.drawing.faces import font_faces
from vinchar.drawing.photos import draw_photo
from vinchar.drawing.scenes import Scene
from vinchar.evaluation.adapted import Adapted, Step
from vinchar.evaluation.metrics import bootstrap_interval
from vinchar.locate import MARGIN, Heat, Streak, _quad
from vinchar.training.adapting import adapt as module
from vinchar.training.adapting import choosing, comparison, lessons, margin, networks, scoring, suggest
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.adapting.lessons import Lessons, Outcome
from vinchar.training.adapting.photos import PARTS, Photo, read_photos
from vinchar.training.adapting.scoring import Score, chance_of, mean_log_score, score_margins, score_photos
from vinchar.training.adapting.split import Parted, parted
from vinchar.training.cache import SceneCache, scene_arrays
from vinchar.training.work import Clock
from vinchar.vin import ALPHABET

VINS = ("1HGCM82633A004352", "1M8GDM9AXKP042788", "5GZCZ43D13S812715", "JH4TB2H26CC000000", "WVWZZZ1JZ3W386752")
FEW = (
    *("--rounds", "1", "--steps", "2", "--scenes", "8", "--photos", "4", "--copies", "1", "--locator-steps", "1"),
    *("--rectifier-steps", "1", "--validation-scenes", "8", "--validation-photos", "2", "--no-glyphs", "6"),
    *("--batch", "4", "--photo-batch", "1", "--line-batch", "4", "--workers", "1", "--precision", "float32"),
)
Run = Callable[..., int]


def write_photo(path: Path, vin: str, seed: int) -> None:
    face = next(face for face in font_faces() if face.name == "roboto-condensed-700")
    photo = draw_photo(np.random.default_rng(seed), "label", vin, face, calm=True, small=True, rows=1)
    cv2.imwrite(str(path), photo.bgr)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five labelled photos, one of them labelled wrongly, one row that is none, and two photos without labels."""
    folder = tmp_path_factory.mktemp("owner")
    rows = ["image,vin,split"]
    for i, vin in enumerate(VINS):
        write_photo(folder / f"{i}.png", vin, 5 + i)
        part = ("train", "train", "validation", "test", "train")[i]
        rows.append(f"{i}.png,{vin if i != 1 else vin[:12] + '9' + vin[13:]},{part}")
    rows += ["gone.png,1HGCM82633A004352,", "0.png,1HGCM82633A00435,"]
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    (folder / "more").mkdir()
    write_photo(folder / "more" / "a.png", "WBA3A5C51CF256551", 31)
    cv2.imwrite(str(folder / "more" / "b.png"), np.full((200, 300), 120, np.uint8))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, emnist_home: Path) -> Iterator[Run]:
    """Run ``vinchar adapt`` with these arguments, with the small EMNIST and no network; return its exit status."""
    folder = tmp_path_factory.mktemp("adapting")
    policy, threads = keras.mixed_precision.dtype_policy(), cv2.getNumThreads()
    with pytest.MonkeyPatch.context() as patch:
        block_network(patch)
        train_eagerly(patch)
        patch.setenv("HOME", str(emnist_home))
        patch.chdir(folder)
        patch.setattr("vinchar.training.finish.PRINTED_TEST", 33)
        patch.setattr(margin, "ALONG", (1.0,))
        patch.setattr(margin, "ACROSS", (1.3,))
        patch.setattr(comparison, "SCENES", 4)
        yield lambda *arguments: main([*arguments, *FEW])
    keras.mixed_precision.set_dtype_policy(policy)
    cv2.setNumThreads(threads)


@pytest.fixture(scope="module")
def adapted(run: Run, photos: Path) -> Path:
    """The folder with all that a run leaves."""
    arguments = ("--unlabelled", str(photos / "more"), "--out", "mine", "--suggest", "1", "--force", "--credit", "us")
    assert run("train", "--adapt", str(photos / "labels.csv"), *arguments) == 0
    return Path.cwd()


def test_the_model_can_be_read_with_and_says_how_it_was_made(adapted: Path, photos: Path) -> None:
    made = open_bundle(adapted / "mine").description
    base = open_bundle().description
    assert made["adapted"]["base"] == open_bundle().version
    assert made["adapted"]["labelled"] == 5
    assert made["adapted"]["unlabelled"] == 2
    assert made["adapted"]["taught"] == 3  # two with right labels, and the one that was read surely
    assert [step["name"].split(",")[0] for step in made["adapted"]["steps"][:2]] == [
        "the model before",
        "round 1",
    ]
    assert "us" in made["trained_on"]["credits"]
    assert made["sha256"]["glyph.onnx"] == base["sha256"]["glyph.onnx"]
    card = (adapted / "mine" / "README.md").read_text()
    assert "## Adapted to photos" in card
    assert "`vinchar adapt SOURCES --unlabelled PHOTOS --workers 1" in card
    assert "--steps 2" in card
    assert "| drawn scenes, unseen faces | 4 | exact match |" in card
    assert main(["read", str(photos / "0.png"), "--model", str(adapted / "mine")]) == 0


def test_the_report(adapted: Path) -> None:
    report = adapted / "mine_report"
    assert (report / "index.html").stat().st_size > 1000
    (row,) = rows_of(report / "label_errors.csv")
    assert row["label"] == "1M8GDM9AXKP092788"
    assert row["read"] == "1M8GDM9AXKP042788"
    assert [Path(row["image"]).name for row in rows_of(report / "suggested.csv")] == ["a.png"]
    on = {row["on"] for row in rows_of(report / "comparison.csv")}
    assert {"the test part", "drawn scenes, unseen faces", "EMNIST test", "the sample pictures"} <= on


def test_what_is_done_is_not_done_again(
    adapted: Path, run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was done already")

    monkeypatch.setattr(keras.Model, "fit", never)
    monkeypatch.setattr(lessons, "hold_photo", never)
    monkeypatch.setattr(choosing, "score_photos", never)
    monkeypatch.setattr(module, "fit_margin", never)
    monkeypatch.setattr(module.finish, "fit_and_report", never)
    arguments = ("--unlabelled", str(photos / "more"), "--out", "mine", "--suggest", "1", "--force", "--credit", "us")
    with pytest.raises(AssertionError) as stopped:  # the last step of all is made anew, no other
        run("train", "--adapt", str(photos / "labels.csv"), *arguments)
    assert any(entry.name == "adapt" and "fit_and_report" in str(entry.statement) for entry in stopped.traceback)
    said = capsys.readouterr().err
    assert "going on with what is in" in said
    assert "line 8: vin: got 16 characters" in said
    assert "line 7: image: got no such file" in said


def test_a_model_that_is_not_better_is_not_written(
    adapted: Path, run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def worse(model: Path, test: list[Photo], *_: Any) -> list[Score]:
        return [Score("", False, False, 0.0, -1.0 if model == default_folder() else -2.0) for _ in test]

    monkeypatch.setattr(comparison, "score_photos", worse)
    arguments = ("--unlabelled", str(photos / "more"), "--out", "other", "--suggest", "1", "--credit", "us")
    assert run("adapt", str(photos / "labels.csv"), *arguments) == 1
    assert "--force writes it all the same" in capsys.readouterr().err
    assert not (adapted / "other").exists()
    assert (adapted / "other_report" / "index.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no photo to learn from"),
        (("labels.csv",), "labels.csv"),
        (("--real", "0.9", "--rehearsal", "0.2"), "real, rehearsal"),
    ],
)
def test_wrong_usage_gets_a_sentence(
    run: Run, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("adapt", "--out", "none", "--work", "w", *arguments) == 2
    assert said in capsys.readouterr().err


def test_the_model_that_is_adapted_is_not_replaced(tmp_path: Path, photos: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(default_folder(), base)
    found = read_photos([photos / "labels.csv"])
    with pytest.raises(ValueError, match="name another place"):
        module.adapt(AdaptConfig(), found, base, tmp_path / "work", base)


def test_without_labels_what_was_read_tells_which_photos_are_of_one_car() -> None:
    """Two photos of each of five cars, and one in which nothing was read."""
    found = [Photo(Path(f"{i}.png")) for i in range(11)]
    outcomes = [Outcome("", VINS[i // 2], 0.9) for i in range(10)] + [Outcome("unsure", "", 0.1)]
    parts = parted(found, outcomes, labelled=False, seed=0)
    assert {len(parts.rows(part)) for part in ("validation", "test")} <= {2, 4, 6}
    assert all(one.vin for part in ("validation", "test") for one in parts.of(part))
    assert all(parts.parts[2 * i] == parts.parts[2 * i + 1] for i in range(5))
    assert parts.parts[10] == "train"
    assert not any(one.vin for one in parts.of("train"))  # what was read once is read again in every round


def test_photos_without_labels_are_never_measured_on_beside_labelled_ones() -> None:
    found = [*(Photo(Path(f"{i}.png"), vin) for i, vin in enumerate(VINS)), Photo(Path("x.png"))]
    outcomes = [*(Outcome("", vin, 0.9) for vin in VINS), Outcome("", "WBA3A5C51CF256551", 0.99)]
    parts = parted(found, outcomes, labelled=True, seed=0)
    assert parts.parts[5] == "train"
    assert parts.own_labels


def test_what_the_owner_keeps_from_training_is_kept_from_it() -> None:
    """Without a VIN, too: nobody knows whose car it is."""
    found = [*(Photo(Path(f"{i}.png"), vin) for i, vin in enumerate(VINS)), Photo(Path("x.png"), part="test")]
    outcomes = [*(Outcome("", vin, 0.9) for vin in VINS), Outcome("", "WBA3A5C51CF256551", 0.99)]
    parts = parted(found, outcomes, labelled=True, seed=0)
    assert parts.photos[5] not in [one for part in PARTS for one in parts.of(part)]


def test_too_few_readings_to_stand_for_labels_get_a_sentence() -> None:
    outcomes = [Outcome("", VINS[0], 0.9), Outcome("", VINS[1], 0.9), Outcome("unsure")]
    with pytest.raises(ValueError, match=r"2 of 3 photos without a label that are read surely.*label some"):
        parted([Photo(Path(f"{i}.png")) for i in range(3)], outcomes, labelled=False, seed=0)


def test_another_number_of_drawn_photos_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a photo of the same name in another folder."""
    some, named = AdaptConfig(), [Photo(Path("a.png"), VINS[0])]
    one = module._wanted(some, named, "base")
    assert one == module._wanted(some, named, "base")
    assert one != module._wanted(replace(some, photos=7), named, "base")
    assert one != module._wanted(some, [Photo(Path("a.png"), VINS[1])], "base")
    monkeypatch.chdir(tmp_path)
    assert one != module._wanted(some, named, "base")


def test_photos_of_validation_that_contradict_their_label_choose_nothing() -> None:
    found = [Photo(Path(f"{i}.png"), vin) for i, vin in enumerate(VINS)]
    parts = Parted(found, ["train", "validation", "validation", "validation", "test"], True)
    outcomes = [Outcome(""), Outcome("contradicted"), Outcome("file"), Outcome("not located"), Outcome("")]
    assert module._trusted(parts, outcomes) == [found[3]]
    outcomes[3] = Outcome("contradicted")
    with pytest.raises(ValueError, match=r"none of the 3 photos of validation .*: 2 the label contradicts.*1\.png"):
        module._trusted(parts, outcomes)


def test_what_was_read_to_choose_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([-2.0, -1.0, -3.0])
    monkeypatch.setattr(
        choosing,
        "score_photos",
        lambda _, photos, *more: [Score("", False, False, 0.0, score) for score in [next(scores)] for _ in photos],
    )  # each model once
    for _ in range(2):  # the second time as a killed run goes on
        steps: list[Step] = []
        chooser = choosing.Chooser(
            [Photo(Path("a.png"), vin) for vin in VINS], 1, True, steps, Clock(tmp_path), tmp_path / "scores"
        )
        chooser.begin(tmp_path / "base")
        assert chooser.better(tmp_path / "base", tmp_path / "one", "round 1, 3 photos") == tmp_path / "one"
        assert chooser.better(tmp_path / "one", tmp_path / "two", "round 2, 3 photos") == tmp_path / "one"
        assert [step.log_score for step in steps] == [-2, -1, -3]
    assert json.loads((tmp_path / "seconds.json").read_text()) >= 0  # what it took is not lost by a kill


@pytest.mark.parametrize(
    ("gains", "unless_worse", "kept"),
    [
        ((0.1, 0.2, 0.1, 0.3, 0.2), False, True),
        ((0.9, -0.3, 0.4, -0.2, 0.1), False, False),  # better by chance
        ((-0.9, 0.3, -0.4, 0.2, -0.1), True, True),  # worse by chance
        ((-0.1, -0.2, -0.1, -0.3, -0.2), True, False),
        ((0.0, 0.0, 0.0, 0.0, 0.0), False, False),
    ],
)
def test_only_what_clearly_helps_is_kept(
    gains: tuple[float, ...], unless_worse: bool, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = {"base": (-1.0,) * 5, "other": tuple(-1 + gain for gain in gains)}
    monkeypatch.setattr(
        choosing, "score_photos", lambda model, *_: [Score("", False, False, 0.0, x) for x in scores[model.name]]
    )
    photos = [Photo(Path("a.png"), vin) for vin in VINS]
    chooser = choosing.Chooser(photos, 1, True, [], Clock(tmp_path), tmp_path / "scores")
    chooser.begin(Path("base"))
    assert chooser.better(Path("base"), Path("other"), "a step", unless_worse) == Path("other" if kept else "base")


def lessons_of(vins: list[str]) -> Lessons:
    """One photo for each VIN, which teaches it; nothing where it is empty."""
    scenes = [
        Scene(np.zeros((40, 400), np.uint8), np.zeros((17, 4, 2), np.float32), vin, True, "print", 0.0)
        for vin in vins
        if vin
    ]
    cache, count = SceneCache.of(scene_arrays(scenes)), len(scenes)
    photo = np.array([i for i, vin in enumerate(vins) if vin], np.int32)
    outcomes = tuple(Outcome("" if vin else "unsure", vin) for vin in vins)
    return Lessons(cache, cache, photo, np.ones((count, 17), bool), np.ones(count), outcomes)


class Taught(list[list[str]]):
    """A teacher and a chooser: remembers the VINs of each round, and takes every model for better."""

    config, work = AdaptConfig(rounds=3), Path("work")

    def recogniser(self, name: str, model: Path, network: str, lessons: Lessons) -> Path:
        self.append([one.read for one in lessons.outcomes if not one.why])
        assert len(self[-1]) == len(lessons)
        return Path(name)

    def begin(self, model: Path) -> None: ...

    def better(self, model: Path, other: Path, what: str, unless_worse: bool = False) -> Path:
        return other


def test_no_round_teaches_a_car_that_is_measured_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos of it without a label may lie among the others, and may be read only by a later model."""
    new = "WBA3A5C51CF256551"
    found = [
        *(Photo(Path(f"{i}.png"), vin) for i, vin in enumerate(VINS[:3])),
        Photo(Path("x.png")),
        Photo(Path("y.png")),
    ]
    parts = Parted(found, ["train", "validation", "test", "train", "train"], True)
    of = {"round-1": [*VINS[:3], new, ""], "round-2": [VINS[0], new, VINS[2]], "round-3": ["", VINS[1], VINS[2]]}
    monkeypatch.setattr(module, "learn", lambda model, photos, folder, workers: lessons_of(of[folder.name]))
    taught = Taught()
    best, last = module._rounds(taught, taught, Path("base"), "classifier", found, parts)
    assert taught == [[VINS[0], new]] * 2
    assert best == Path("round-2")  # nothing was left to learn from in the third, which ends no run
    assert [one.why for one in last.outcomes] == ["", "", "apart"]
    of["round-1"] = [""] * 5
    with pytest.raises(ValueError, match="none of 3 photos teaches anything: 3 without a label"):
        module._rounds(taught, taught, Path("base"), "classifier", found, parts)


def test_a_box_of_no_use_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    quad = np.array([[50, 50], [250, 50], [250, 80], [50, 80]], np.float32)
    parts = Parted([Photo(tmp_path / "a.png", "", quad)], ["train"], True)
    lessons = lessons_of(VINS[:2])
    wholes = module._wholes(lessons, parts, default_folder(), AdaptConfig(workers=1), tmp_path)
    assert [len(some) for some in wholes] == [2]


@pytest.mark.parametrize("wrong", ["split", "network", "report", "work"])
def test_what_is_wrong_is_said_before_photos_are_read(
    wrong: str,
    run: Run,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("photos were read")

    monkeypatch.setattr(module, "learn", never)
    rows = [f"{photos / f'{i}.png'},{vin}," for i, vin in enumerate(VINS)]
    if wrong == "split":
        rows = [f"{photos / f'{i}.png'},{VINS[0]},{part}" for i, part in enumerate(("train", "test"))]
    (tmp_path / "l.csv").write_text("\n".join(["image,vin,split", *rows]))
    base = tmp_path / "old" / "model"  # in what an earlier run left
    shutil.copytree(default_folder(), base)
    (tmp_path / "old" / "config.json").write_text('{"rectifier_steps": 1, "faces": ""}')
    if wrong == "network":
        (base / "rectifier.keras").unlink()
    (tmp_path / "file").touch()
    said = {
        "split": "one part for all",
        "network": "rectifier.keras: not there",
        "report": "got a file",
        "work": "--work",
    }
    work = tmp_path / ("old" if wrong == "work" else "w")
    report = tmp_path / ("file" if wrong == "report" else "report")
    arguments = ("--out", str(tmp_path / "o"), "--base", str(base), "--work", str(work), "--report", str(report))
    assert run("adapt", str(tmp_path / "l.csv"), *arguments) == 2
    assert said[wrong] in capsys.readouterr().err
    assert not (tmp_path / "w").exists()
    assert base.exists()


def test_here_is_a_place_for_the_model(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder ``.`` has no name to make that of the report of."""
    monkeypatch.chdir(tmp_path)
    assert run("adapt", "gone.csv", "--out", ".") == 2
    assert "gone.csv" in capsys.readouterr().err


def test_what_is_no_number_is_null_in_the_model() -> None:
    row = comparison.Compared("the test part", "accepted", 1, float("nan"), 1.0, (float("nan"), float("nan")))
    assert json.dumps(module._plain(row), allow_nan=False)
    assert module._plain(replace(row, interval=(0.0, 1.0)))["interval"] == (0.0, 1.0)


def test_scores(photos: Path) -> None:
    known = [Photo(photos / "0.png", VINS[0]), Photo(photos / "0.png", VINS[1]), Photo(photos / "labels.csv", VINS[0])]
    right, wrong, none = score_photos(default_folder(), known, 1, "scores")
    assert right.right
    assert right.read == VINS[0]
    assert right.log_score > np.log(0.5)
    assert not wrong.right
    assert wrong.log_score == none.log_score == pytest.approx(np.log(scoring.FLOOR))
    (own,), (squeezed,) = score_margins(default_folder(), [None, (0.2, 0.2)], known[:1], 1, "margins", True)
    assert own == right
    assert squeezed.log_score != right.log_score
    assert mean_log_score([right, wrong]) == pytest.approx((right.log_score + wrong.log_score) / 2)
    assert chance_of(Decision(), VINS[0]) == 0


def test_the_margin_of_a_located_line() -> None:
    streak = Streak(50, 50, 0.0, 40.0, 4.0, 1.0)
    for along, across in ((1.0, 1.0), (1.5, 2.0)):
        x, y = _quad(streak, 0.5, (along, across)).points.T
        assert np.ptp(x) == pytest.approx(80 * along)
        assert np.ptp(y) == pytest.approx(8 * across)
    assert Heat(np.zeros((1, 1, 2), np.float32), 1.0).margin == MARGIN


def test_the_margin_is_kept_with_the_model(tmp_path: Path) -> None:
    widened = margin.with_margin(default_folder(), (1.2, 1.7), tmp_path / "wide")
    bundle = open_bundle(widened)
    assert bundle.margin == (1.2, 1.7)
    assert bundle.version != open_bundle().version
    assert (widened / "classifier.keras").exists()
    path = widened / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"margin": "wide"}))
    with pytest.raises(ValueError, match="not a model description"):
        open_bundle(widened)


def test_the_best_margin_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def scored(model: Path, margins: list[tuple[float, float]], *_: Any) -> list[list[Score]]:
        return [[Score("", True, True, 1.0, -abs(one[0] - 1.2) - abs(one[1] - 1.7))] for one in margins]

    for name, values in (
        ("ALONG", (1.0, 1.08, 1.2, 1.35)),
        ("ACROSS", (1.0, 1.3, 1.7, 2.2)),
        ("score_margins", scored),
    ):
        monkeypatch.setattr(margin, name, values)
    rows = margin.fit_margin(default_folder(), [Photo(Path("a.png"), VINS[0])], 1)
    assert rows[0] == (1.2, 1.7, 0)
    assert len(rows) == 16


def test_suggested_photos_are_those_in_doubt_one_for_a_car(photos: Path, tmp_path: Path) -> None:
    blurred = cv2.GaussianBlur(cv2.imread(str(photos / "2.png")), (0, 0), 2.2)
    for name in ("blurred.png", "again.png"):
        cv2.imwrite(str(tmp_path / name), blurred)
    found = [Photo(photos / "0.png"), Photo(tmp_path / "blurred.png"), Photo(tmp_path / "again.png")]
    read = ["", "", ""]
    for i, one in enumerate(suggest.suggest(default_folder(), found, read, 3, 1)):
        read[i] = one.read
    named = suggest.suggest(default_folder(), found, [VINS[0], read[0], read[0]], 3, 1)
    assert [one.path.name for one in named] == ["blurred.png", "0.png"]
    assert named[0].worth > named[1].worth
    assert suggest.suggest(default_folder(), [Photo(photos / "labels.csv")], [""], 3, 1) == []


def test_the_bootstrap_goes_over_whole_cars() -> None:
    gains = [1.0] * 10 + [0.0] * 10
    low, high = bootstrap_interval(gains, [str(i) for i in range(20)])
    assert 0.25 < low < 0.35
    assert 0.65 < high < 0.75
    low, high = bootstrap_interval(gains, ["a"] * 10 + ["b"] * 10)  # two cars, ten photos each
    assert (low, high) == (0, 1)
    assert np.isnan(bootstrap_interval([], [])).all()
    assert np.isnan(bootstrap_interval([1.0, 1.0], ["a", "a"])).all()  # one car says nothing of others


def with_ways(place: Path, *ways: str) -> Path:
    """A model like the shipped one that has the ways, each with the confidence of the usual one."""
    shutil.copytree(default_folder(), place, ignore=shutil.ignore_patterns("report"))
    experts = {"lattice": ("lattice",), "ctc": ("ctc",), "fused": ("lattice", "ctc")}
    description = json.loads((place / "model.json").read_text())
    confidence = description["recognisers"][description["recogniser"]]["confidence"]
    description["recognisers"] = {
        way: {"experts": dict.fromkeys(experts[way], 0.5), "confidence": confidence} for way in ways
    }
    description["recogniser"] = ways[-1]
    for suffix in (".onnx", ".keras"):
        shutil.copy(place / f"classifier{suffix}", place / f"ctc{suffix}")
        description["sha256"][f"ctc{suffix}"] = sha256(place / f"ctc{suffix}")
    (place / "model.json").write_text(json.dumps(description))
    return place


@pytest.mark.parametrize(("way", "kept"), [("lattice", False), ("ctc", True), ("fused", True)])
def test_only_the_way_to_read_that_is_taught_stays(tmp_path: Path, way: str, kept: bool) -> None:
    base = with_ways(tmp_path / "base", "ctc", "lattice", "fused")
    bundle = open_bundle(networks.narrowed(base, way, tmp_path / "narrow"))
    assert (bundle.recogniser, list(bundle.recognisers)) == (way, [way])
    assert bundle.recognisers[way] == open_bundle(base).recognisers[way]
    assert (tmp_path / "narrow" / "ctc.keras").exists() == kept
    assert ("ctc.onnx" in bundle.description["sha256"]) == kept
    assert {"classifier.onnx", "classifier.keras", "glyph.onnx"} <= bundle.description["sha256"].keys()


def test_the_way_that_is_taught_is_the_usual_one_or_one_that_is_there(tmp_path: Path) -> None:
    bundle = open_bundle(with_ways(tmp_path / "base", "ctc", "lattice", "fused"))
    assert networks.way_of(bundle, "usual") == "fused"
    assert networks.way_of(bundle, "ctc") == "ctc"
    with pytest.raises(ValueError, match="got 'detector', expected one of the base: usual, ctc, lattice, fused"):
        networks.way_of(bundle, "detector")


def test_a_network_of_another_build_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(default_folder(), model)
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(model / "locator.keras")
    with pytest.raises(ValueError, match="another network"):
        networks.check_networks(model, AdaptConfig(), ["classifier"])
    (model / "locator.keras").unlink()
    with pytest.raises(ValueError, match="clone the repository"):
        networks.check_networks(model, AdaptConfig(), ["classifier"])
    networks.check_networks(model, AdaptConfig(locator_steps=0), ["classifier"])  # it stays as it is


def test_a_report_needs_no_more_than_it_has() -> None:
    made = Adapted([], {}, True, False, None, [], [], 0, [], [])
    assert not made.suggested


def test_a_photo_counts_whole_only_if_every_glyph_is_sure() -> None:
    found = lessons_of([VINS[0], "", VINS[1], VINS[2]])
    taught = found.taught.copy()
    taught[1, 4] = False
    whole = replace(found, taught=taught).whole()
    assert whole.photo.tolist() == [0, 3]
    assert ["".join(ALPHABET[i] for i in classes) for classes in whole.lines.classes] == [VINS[0], VINS[2]]
