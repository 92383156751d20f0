"""Videos read: which frames are, what several say together, two cars, and the command line."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from test_barcode import code
from twins import VIN
from videos import Image, turned, video, view, views

from vinchar import vin as number
from vinchar.command.main import main
from vinchar.decide import Decision
from vinchar.reader import Reader
from vinchar.reading import Reading
from vinchar.search import Search
from vinchar.video import Frame, frames_at
from vinchar.watch import KEPT, RATE, UNSEEN, sharpness, watch

OTHER = "WVWZZZ1JZ3W386752"
NEXT = VIN[:-2] + "61"  # of the same fleet
CLIP = video(views())


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def vins(reading: Reading) -> list[str | None]:
    return [one.vin for one in (reading, *reading.others)]


def blurred(shown: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(shown, (0, 0), 9), np.uint8)


def both(upper: str, lower: str) -> Image:
    """Two labels in one picture."""
    return np.concatenate([view(upper, size=(640, 180)), view(lower, size=(640, 180))])


# -- one VIN -----------------------------------------------------------------------------------------------------------


def test_a_video_gives_one_reading(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "walk.mp4"
    path.write_bytes(CLIP)
    reading = reader.read(path)
    assert (reading.vin, reading.status, reading.kind, reading.image) == (VIN, "ok", "photo", str(path))
    assert reading.model == reader.version
    assert len(reading.frames) == RATE
    assert reading.frame in reading.frames
    assert list(reading.frames) == sorted(reading.frames)
    assert reading.frames[-1] < 1
    with path.open("rb") as file:
        for source in (str(path), CLIP, file, io.BytesIO(CLIP)):
            again = reader.read(source, name="walk")
            assert replace(again, image=reading.image) == reading
    assert [one.vin for one in reader.read_many([path, CLIP], workers=2)] == [VIN, VIN]
    assert reader.read_frames([CLIP]).status == "error"


def test_the_quads_are_those_of_the_best_frame(reader: Reader) -> None:
    """Also where the video is to be turned."""
    for clip in (CLIP, turned(video([np.rot90(one) for one in views()]), (0, 1, -1, 0))):
        reading = reader.read(clip)
        assert reading.frame is not None
        assert reading.quad is not None
        (shown,) = frames_at(clip, [reading.frame], color=True)
        alone = reader.read(shown.pixels)
        np.testing.assert_allclose(reading.quad, alone.quad, atol=3)  # grey of a colour, or as the video has it
        assert alone.vin == VIN


def test_the_sharp_frames_are_read(reader: Reader) -> None:
    """Of every three one, as the camera shakes."""
    sharp = (2, 3, 7, 9, 14)
    shown = [(one if i in sharp else blurred(one))[..., 0] for i, one in enumerate(views(count=15))]
    watched = watch((Frame(i / (3 * RATE), one) for i, one in enumerate(shown)), reader.search, "photo")
    assert tuple(round(3 * RATE * glance.time) for glance in watched.glances) == sharp


def test_sharpness_is_looked_at_where_the_line_is() -> None:
    shown = view()[..., 0]
    half = shown.copy()
    half[:180] = blurred(view())[:180, :, 0]
    assert sharpness(shown) > sharpness(half)
    below = (0, 200, 640, 360)
    assert sharpness(shown, below) == pytest.approx(sharpness(half, below))


def test_a_video_that_was_damaged_says_so(reader: Reader) -> None:
    clip = video(views(count=20), movflags="faststart")
    reading = reader.read(clip[:-1000])
    assert (reading.vin, reading.status) == (VIN, "ok")
    assert reading.reasons == ("the video is damaged: what could be decoded of it was read",)


def test_no_vin_in_a_video(reader: Reader) -> None:
    reading = reader.read(video(views(None)), name="walk.mp4")
    assert (reading.vin, reading.status, reading.frames) == (None, "not_found", ())
    assert reading.frame is not None


def test_a_video_that_cannot_be_read_is_a_reading(reader: Reader, tmp_path: Path) -> None:
    broken = reader.read(CLIP[: len(CLIP) // 2], name="a.mp4")
    assert (broken.status, broken.image, broken.frame) == ("error", "a.mp4", None)
    assert "cannot be opened" in broken.reasons[0]
    glyph = reader.read(CLIP, "glyph")
    assert (glyph.status, glyph.kind) == ("error", "glyph")
    with pytest.raises(ValueError, match="kind: got 'video'"):
        reader.read(CLIP, "video")  # type: ignore[arg-type]
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    assert reader.read(empty).reasons == ("the file is empty",)


def test_a_narrow_video_is_a_strip(reader: Reader) -> None:
    clip = video([one[148:212] for one in views()])
    assert reader.read(clip).kind == "strip"
    assert reader.read(clip, "photo").kind == "photo"
    assert reader.read(CLIP, "strip").kind == "strip"


def test_a_barcode_in_a_video(reader: Reader) -> None:
    drawn = np.full((360, 900, 3), 200, np.uint8)
    bars = code(OTHER)
    drawn[20 : 20 + bars.shape[0], 20 : 20 + bars.shape[1]] = bars[..., None]
    reading = reader.looking_for(barcodes=True).read(video([drawn] * 3))
    assert (reading.vin, reading.source) == (OTHER, "barcode")
    drawn[280:344, 60:540] = view()[148:212, 80:560]
    two = reader.looking_for(barcodes=True).read(video([drawn] * 3))
    assert (two.vin, two.status) == (VIN, "uncertain")
    assert two.alternatives[0][0] == OTHER


# -- two cars ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [OTHER, NEXT])
def test_two_cars_give_two_vins(second: str, reader: Reader) -> None:
    reading = reader.read(video([*views(), *views(None, 5), *views(second, 15)]), name="walk")
    assert set(vins(reading)) == {VIN, second}
    first, last = sorted((reading, *reading.others), key=lambda one: one.frames)
    assert (first.vin, last.vin) == (VIN, second)
    assert first.frames[-1] < 1 < 1.5 <= last.frames[0]
    for one in (first, last):
        assert (one.status, one.image, one.reasons) == ("ok", "walk", ())
        assert one.frame in one.frames


def test_a_car_that_is_passed_twice_gives_one_vin(reader: Reader) -> None:
    reading = reader.read(video([*views(), *views(OTHER), *views()]))
    assert sorted(map(str, vins(reading))) == sorted([VIN, OTHER])
    of_first = next(one for one in (reading, *reading.others) if one.vin == VIN)
    assert of_first.frames[0] < 1
    assert of_first.frames[-1] > 2


def test_two_labels_in_one_view_are_rivals_unless_both_are_asked_for(reader: Reader) -> None:
    """As in a picture."""
    clip = video([both(VIN, OTHER)] * 5)
    alone = reader.read(clip)
    assert (alone.status, alone.others) == ("uncertain", ())
    every = reader.looking_for(every=True).read(clip)
    assert sorted(map(str, vins(every))) == sorted([VIN, OTHER])


# -- memory ------------------------------------------------------------------------------------------------------------


def test_few_frames_are_kept_of_each_vin_the_surest(reader: Reader) -> None:
    shown = [view(vin)[..., 0] for vin in [VIN] * 12 + [OTHER] * 3 + [None] * 9]
    shown[12:15] = [np.asarray(cv2.GaussianBlur(one, (0, 0), 3), np.uint8) for one in shown[12:15]]  # less sure
    watched = watch((Frame(i / RATE, one) for i, one in enumerate(shown)), reader.search, "photo")
    assert len(watched.glances) == 24
    assert len(watched.kept) == KEPT
    best = {watched.decisions[i].best.vin for i in watched.kept if watched.decisions[i].best}  # type: ignore[union-attr]
    assert {VIN, OTHER} <= best
    del watched.kept[next(i for i in watched.kept if i < 12)]
    clip = video([np.repeat(one[..., None], 3, axis=2) for one in shown], rate=RATE)
    watched.keep([0, 1, 2], clip)
    assert np.abs(watched.kept[0].astype(float) - shown[0]).mean() < 4


def test_where_no_vin_shows_frames_are_searched_now_and_then(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> None:
    searched = []

    def read(self: Search, gray: Image, kind: str) -> object:
        searched.append(gray[0, 0])
        return self.glance(gray, kind)  # type: ignore[arg-type]

    monkeypatch.setattr(Search, "read", read)
    shown = [np.full((90, 160), i, np.uint8) for i in range(4 * RATE)]
    watch((Frame(i / RATE, one) for i, one in enumerate(shown)), reader.search, "photo")
    assert searched == list(range(0, 4 * RATE, round(UNSEEN * RATE)))


def test_the_look_that_found_the_vin_is_tried_again(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> None:
    """As one in two rows, which a glance alone does not see."""
    seen = reader.search.read(view()[..., 0], "photo")
    in_rows = replace(seen, lines=tuple(replace(line, look="two rows") for line in seen.lines))
    asked = []

    def glance(self: Search, gray: Image, kind: str, also: str | None = None) -> Decision:
        asked.append(also)
        return Decision() if also is None else in_rows

    monkeypatch.setattr(Search, "glance", glance)
    monkeypatch.setattr(Search, "read", lambda *_: in_rows)
    shown = [view()[..., 0]] * 3
    watched = watch((Frame(i / RATE, one) for i, one in enumerate(shown)), reader.search, "photo")
    assert asked == [None, "two rows", "two rows"]
    assert [len(one.lines) for one in watched.decisions] == [1, 1, 1]


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_command_line_reads_videos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, output = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(video([*views(), *views(OTHER)]))
    (folder / "b.MOV").write_bytes(video(views(), "mov"))
    (folder / "c.avi").write_bytes(b"RIFF\0\0\0\0AVI LIST" + bytes(99))
    cv2.imwrite(str(folder / "d.png"), view())
    assert main(["read", str(folder), "--annotate", str(tmp_path / "drawn"), "--output", str(output)]) == 1
    said = capsys.readouterr().err
    assert "c.avi: the video is broken" in said
    assert "4 pictures: 3 ok, 1 error" in said
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert [Path(line["image"]).name for line in lines] == ["a.mp4", "b.MOV", "c.avi", "d.png"]
    assert {lines[0]["vin"], lines[0]["others"][0]["vin"]} == {VIN, OTHER}
    assert [line["frame"] is None for line in lines] == [False, False, True, True]
    drawn = sorted(path.name for path in (tmp_path / "drawn").iterdir())
    assert drawn == ["a.mp4-2.png", "a.mp4.png", "b.MOV.png", "d.png"]
    for name in drawn:
        assert cv2.imread(str(tmp_path / "drawn" / name)).shape == (360, 640, 3)
    output.write_text("".join(json.dumps(line) + "\n" for line in lines[1:]))
    assert main(["read", str(folder), "--resume", "--output", str(output)]) == 1
    assert "pictures that are in" in capsys.readouterr().err
    assert [Path(json.loads(line)["image"]).name for line in output.read_text().splitlines()] == [
        "b.MOV", "d.png", "a.mp4", "c.avi"
    ]  # fmt: skip


def test_text_and_csv_of_videos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    path.write_bytes(video([*views(), *views(OTHER)]))
    second.write_bytes(CLIP)
    assert main(["read", str(path), str(second), "--workers", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(lines) == sorted([f"{VIN}, {path}", f"{OTHER}, {path}", f"{VIN}, {second}"])
    assert main(["read", str(path), "--format", "csv"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.endswith(",frame")
    assert len(rows) == 2


def test_the_other_vin_is_one() -> None:
    assert {number.validate(vin) for vin in (VIN, OTHER, NEXT)} == {VIN, OTHER, NEXT}
