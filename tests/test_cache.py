"""What is drawn once: the same whatever the workers and the kills, and every row true to its scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vinchar.drawing.scenes import draw_scene
from vinchar.drawing.strings import draw_vin
from vinchar.rectify import Edges, Line, fit_line, line_picture
from vinchar.structure.store import shipped
from vinchar.training import cache, parts
from vinchar.training.cache import SceneCache, cut_strips, draw_lines, draw_scenes
from vinchar.training.characters import draw_characters
from vinchar.training.framing import draw_frame, line_targets
from vinchar.vin import ALPHABET

COUNT, SEED = 7, 5


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cache, parts):
        monkeypatch.setattr(module, "PART", 3)


def draw(folder: Path, workers: int = 1) -> SceneCache:
    return draw_scenes(folder, COUNT, SEED, workers)


def assert_same(one: SceneCache, other: SceneCache) -> None:
    for name in SceneCache.__slots__:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


class Oracle:
    """A rectifier that knows the truth of the scenes, asked for one after the other; ``strays`` it gets wrong."""

    def __init__(self, scenes: SceneCache, missed: tuple[int, ...] = (), strays: tuple[int, ...] = ()) -> None:
        self._scenes, self._missed, self._strays, self._next = scenes, missed, strays, 0

    def refine(self, gray: np.ndarray, edges: Edges, passes: int) -> tuple[Edges, Line] | None:
        index, self._next = self._next, self._next + 1
        assert np.array_equal(gray, self._scenes.gray(index))
        if index in self._missed:
            return None
        target = line_targets(self._scenes.quads[index], edges, True)
        target[:, 1] += 0.5 * (index in self._strays)
        said = np.concatenate([20 * target[:, :1] - 10, target[:, 1:7]], 1)
        line = fit_line(said.astype(np.float32))
        assert line is not None
        return edges, line


def test_rows_are_the_scenes_of_their_seeds(tmp_path: Path) -> None:
    scenes = draw(tmp_path)
    assert len(scenes) == COUNT
    for i in range(COUNT):
        scene = draw_scene(np.random.default_rng([SEED, i]))
        assert np.array_equal(scenes.gray(i), scene.gray)
        assert np.array_equal(scenes.quads[i], scene.quads)
        assert "".join(ALPHABET[c] for c in scenes.classes[i]) == scene.vin
        assert scenes.light[i] == scene.light


def test_held_out_scenes_are_others(tmp_path: Path) -> None:
    draw(tmp_path)
    held_out = draw_scenes(tmp_path, 2, SEED, 1, held_out=True)
    rng = np.random.default_rng([SEED, 0])
    scene = draw_scene(rng, held_out=True, vin=draw_vin(rng, uniform=0.0))
    assert np.array_equal(held_out.gray(0), scene.gray)
    assert all(shipped().likeness("".join(ALPHABET[c] for c in row)) > 0 for row in held_out.classes)


def test_photos_without_a_vin_are_others_when_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    draw = cache.draw_photo
    monkeypatch.setattr(cache, "draw_photo", lambda rng, **how: asked.append(how["held_out"]) or draw(rng, **how))
    for held_out in (False, True):
        photos = cache.draw_others(tmp_path, 3, SEED, 1, held_out)
        assert len(photos) == 3
        assert set(asked) == {held_out}
        asked.clear()
    assert len(list(tmp_path.iterdir())) == 2


def test_workers_change_nothing(tmp_path: Path) -> None:
    alone = draw(tmp_path / "alone")
    together = draw(tmp_path / "together", workers=2)  # as for all that is drawn
    assert_same(together, alone)
    assert len(list((tmp_path / "together").iterdir())) == 3


def test_only_what_is_missing_is_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = draw(tmp_path)
    parts = sorted(tmp_path.iterdir())
    contents = [part.read_bytes() for part in parts]
    parts[1].unlink()
    (tmp_path / "other.partial").write_bytes(b"half")  # what a kill leaves
    drawn = []
    monkeypatch.setattr(cache, "draw_scene", lambda rng, *more: drawn.append(1) or draw_scene(rng, *more))
    assert_same(draw(tmp_path), first)
    assert len(drawn) == 3
    assert [part.read_bytes() for part in parts][::2] == contents[::2]


def test_a_kill_inside_a_part_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cache, "draw_scene", die)
        with pytest.raises(KeyboardInterrupt):
            draw(tmp_path)
    assert not list(tmp_path.glob("*.npz"))
    assert len(draw(tmp_path)) == COUNT


def test_parts_are_views_of_the_whole(tmp_path: Path) -> None:
    scenes = draw(tmp_path)
    part = scenes.part(3)
    assert len(part) == 3
    assert all(np.array_equal(part.gray(i), scenes.gray(3 + i)) for i in range(3))
    assert np.array_equal(part.classes, scenes.classes[3:6])
    assert len(scenes.part(6)) == 1


def test_lines_show_every_scene_in_every_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = draw(tmp_path / "scenes")
    lines = draw_lines(tmp_path / "lines", scenes, SEED, 1, frames=2)
    assert lines.picture.shape == (2 * COUNT, 64, 256)
    assert lines.target.shape == (2 * COUNT, 64, 8)
    assert len(set(scenes.light)) == 2
    for i in range(COUNT):
        rng = np.random.default_rng([SEED, 1, i])
        for row in (2 * i, 2 * i + 1):
            edges = draw_frame(scenes.quads[i], rng)
            assert np.array_equal(lines.picture[row], line_picture(scenes.gray(i), edges))
            assert np.array_equal(lines.target[row], line_targets(scenes.quads[i], edges, bool(scenes.light[i])))
    for module in (cache, parts):
        monkeypatch.setattr(module, "PART", 500)
    assert np.array_equal(draw_lines(tmp_path / "whole", scenes, SEED, 1, frames=2).picture, lines.picture)


def test_strips_have_their_glyphs_where_the_centres_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = draw(tmp_path / "scenes")
    for module in (cache, parts):
        monkeypatch.setattr(module, "PART", 500)
    monkeypatch.setattr(cache, "Rectifier", lambda path: Oracle(scenes))
    strips = cut_strips(tmp_path / "strips", scenes, Path("no-model"), SEED, 1)
    assert strips.gray.shape == (COUNT, 40, 400)
    assert np.array_equal(strips.classes, scenes.classes)
    assert np.abs(strips.centres[:, [0, -1]] - [40, 360]).max() < 12  # 17 glyphs over 340 of 400 columns
    assert np.all(np.diff(strips.centres) > 0)
    ink = strips.gray.astype(float).mean(1)  # light glyphs on dark, whatever the photo had
    at = np.array([np.interp(c, np.arange(400), row) for c, row in zip(strips.centres, ink, strict=True)])
    between = [np.interp((c[1:] + c[:-1]) / 2, np.arange(400), row) for c, row in zip(strips.centres, ink, strict=True)]
    assert at.mean() > np.mean(between) + 5


def test_scenes_that_the_rectifier_misses_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = draw(tmp_path / "scenes")
    for module in (cache, parts):
        monkeypatch.setattr(module, "PART", 500)
    monkeypatch.setattr(cache, "Rectifier", lambda path: Oracle(scenes, missed=(1,), strays=(4,)))
    strips = cut_strips(tmp_path / "strips", scenes, Path("no-model"), SEED, 1)
    assert np.array_equal(strips.classes, scenes.classes[[0, 2, 3, 5, 6]])


def test_a_rectifier_that_finds_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = draw(tmp_path / "scenes")
    for module in (cache, parts):
        monkeypatch.setattr(module, "PART", 500)
    monkeypatch.setattr(cache, "Rectifier", lambda path: Oracle(scenes, missed=tuple(range(COUNT))))
    with pytest.raises(ValueError, match="found the line in none of 7 scenes"):
        cut_strips(tmp_path / "strips", scenes, Path("no-model"), SEED, 1)


def test_strips_are_cut_from_several_frames_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that none of them is found in one round of frames is no error."""
    scenes = draw(tmp_path / "scenes")
    for module in (cache, parts):
        monkeypatch.setattr(module, "PART", 500)
    missed = iter([tuple(range(COUNT)), (1,)])
    monkeypatch.setattr(cache, "Rectifier", lambda path: Oracle(scenes, missed=next(missed)))
    strips = cut_strips(tmp_path / "strips", scenes, Path("no-model"), SEED, 1, copies=2)
    assert strips.scene.tolist() == [0, 2, 3, 4, 5, 6]
    monkeypatch.setattr(cache, "Rectifier", lambda path: Oracle(scenes))
    strips = cut_strips(tmp_path / "whole", scenes, Path("no-model"), SEED, 1, copies=2)
    assert strips.scene.tolist() == [*range(COUNT)] * 2
    first = cut_strips(tmp_path / "first", scenes, Path("no-model"), SEED, 1)
    assert np.array_equal(strips.gray[:COUNT], first.gray)
    assert (strips.gray[COUNT:] != first.gray).any()


def test_characters_are_of_all_classes_and_others_when_held_out(tmp_path: Path) -> None:
    windows, labels = draw_characters(tmp_path / "one", 2 * len(ALPHABET), seed=3, workers=1)
    assert windows.shape == (66, 40, 64)
    assert windows.dtype == np.uint8
    assert (np.bincount(labels) == 2).all()
    assert (windows.max((1, 2)) > 128).all()
    other, _ = draw_characters(tmp_path / "one", 2 * len(ALPHABET), seed=3, workers=1, held_out=True)
    assert (windows != other).any()


def test_scenes_can_be_put_together(tmp_path: Path) -> None:
    scenes = draw(tmp_path)
    first, rest = scenes.part(0, 2), scenes.part(2, COUNT)
    assert_same(first.together(rest), scenes)
    assert_same(scenes.take([]).together(scenes), scenes)
