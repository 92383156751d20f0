"""Videos as frames: every container, turned, of uneven pace, of many bits; damaged ones, and those that mean harm."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from twins import differ
from videos import Image, sound, turned, video, view, views

from vinchar import video as video_module
from vinchar.filetypes import type_of
from vinchar.imaging import ImageError, find_pictures, load
from vinchar.video import Frame, as_video, frames_at, open_video

FORMS = {
    "mp4": ("mp4", "libx264"),
    "mov": ("mov", "libx265"),
    "3gp": ("3gp", "mpeg4"),
    "webm": ("webm", "libvpx"),
    "mkv": ("matroska", "libx264"),
    "avi": ("avi", "mpeg4"),
    "mts": ("mpegts", "libx264"),
}
MP4 = video(views())
WHOLE = video(views(count=30), movflags="faststart")  # says at its beginning what is in it


def frames_of(source: Path | bytes, color: bool = False, start: float = 0.0) -> tuple[list[Frame], str | None]:
    with open_video(source, start, color) as frames:
        return list(frames), frames.fault


def gray(bgr: Image) -> Image:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def expect_error(source: Path | bytes, said: str, code: str) -> None:
    with pytest.raises(ImageError, match=said) as error, open_video(source) as frames:
        list(frames)
    assert error.value.code == code


@pytest.mark.parametrize("ending", FORMS)
def test_every_container_is_decoded(ending: str, tmp_path: Path) -> None:
    form, codec = FORMS[ending]
    path = tmp_path / f"walk.{ending}"
    path.write_bytes(video(views(), form, codec=codec))
    found, fault = frames_of(path)
    assert fault is None
    assert [round(frame.time, 2) for frame in found] == [i / 10 for i in range(10)]
    for frame, drawn in zip(found, views(), strict=True):
        assert differ(frame.pixels, gray(drawn)) < 3
    assert as_video(path) == path
    assert find_pictures(tmp_path).paths == (path,)


def test_grey_and_colours_are_whole() -> None:
    """Videos have 219 levels of grey; they are given as 255."""
    ramp = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], 64, axis=0)
    drawn = np.concatenate([ramp, ramp[:, ::-1], np.full_like(ramp, 60)], axis=2)
    (shown, *_), _ = frames_of(video([drawn] * 2), color=True)
    assert differ(shown.pixels, drawn) < 4
    (shown, *_), _ = frames_of(video([np.repeat(ramp, 3, axis=2)] * 2))
    assert differ(shown.pixels, ramp[..., 0]) < 2
    assert shown.pixels.min() <= 2
    assert shown.pixels.max() >= 253


def test_ten_bits_become_eight() -> None:
    found, _ = frames_of(video(views(), "mov", codec="libx265", pixels="yuv420p10le"))
    assert differ(found[3].pixels, gray(views()[3])) < 3


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((0, 1, -1, 0), cv2.ROTATE_90_CLOCKWISE),
        ((-1, 0, 0, -1), cv2.ROTATE_180),
        ((0, -1, 1, 0), cv2.ROTATE_90_COUNTERCLOCKWISE),
    ],
)
def test_a_video_is_shown_upright(matrix: tuple[int, ...], turn: int) -> None:
    """A telephone that is held upright writes on the side, and how that is to be turned."""
    made = turned(MP4, matrix)
    for color in (False, True):
        (shown, *_), _ = frames_of(made, color)
        want = np.asarray(cv2.rotate(views()[0], turn))
        assert differ(shown.pixels, want if color else gray(want)) < 4


def test_times_are_those_of_the_file() -> None:
    """Telephones give a frame more time in the dark, and a video may begin late."""
    times = [0.5, 0.54, 0.9, 1.7, 1.75]
    found, _ = frames_of(video(views(count=5), times=times))
    assert [round(frame.time + 0.5, 2) for frame in found] == times


def test_of_many_frames_a_second_some_are_given() -> None:
    found, _ = frames_of(video(views(count=60), rate=120))
    steps = np.diff([frame.time for frame in found])
    assert len(found) in (15, 16)
    assert steps.min() > 0.03


def test_frames_are_found_again() -> None:
    found, _ = frames_of(MP4)
    wanted = [found[i] for i in (8, 1, 4, 4)]
    again = list(frames_at(MP4, [frame.time for frame in wanted], color=True))
    assert [frame.time for frame in again] == [found[i].time for i in (1, 4, 8)]
    for frame, number in zip(again, (1, 4, 8), strict=True):
        assert frame.pixels.shape == (360, 640, 3)
        assert differ(gray(frame.pixels), found[number].pixels) < 2
    for times in ([60.0], [found[1].time, 60.0]):
        with pytest.raises(ImageError, match="no frame"):
            list(frames_at(MP4, times))


def test_large_frames_are_shown_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_module, "MOST_SHOWN", 320 * 180)
    found, _ = frames_of(MP4)
    assert found[0].pixels.shape == (180, 320)
    monkeypatch.setattr(video_module, "MOST_PIXELS", 640 * 360 - 1)
    expect_error(MP4, "too large: its frames have more than", "too-many-pixels")


def test_what_is_left_of_a_damaged_video() -> None:
    found, fault = frames_of(WHOLE[:-1000])
    assert 3 < len(found) < 29
    assert fault is not None
    assert "damaged" in fault
    holes = bytearray(video(views(count=30), "mpegts"))
    for at in range(2000, len(holes), 1500):
        holes[at : at + 188] = bytes(188)
    found, fault = frames_of(bytes(holes))
    assert found
    assert fault is not None


def test_what_has_no_frames() -> None:
    expect_error(MP4[: len(MP4) // 2], "its beginning or its end may be missing", "broken-picture")
    expect_error(MP4[:24], "cannot be opened", "broken-picture")
    expect_error(sound(), "sound alone", "not-a-picture")
    at = WHOLE.index(b"mdat") + 4
    expect_error(WHOLE[:at] + bytes(len(WHOLE) - at), "no frame of the video can be decoded", "broken-picture")


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    expect_error(tmp_path / "gone.mp4", "cannot be read", "unreadable-file")


def test_a_long_video_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_module, "SECONDS", 0.45)
    found, fault = frames_of(MP4)
    assert len(found) == 5
    assert fault is not None
    assert "is long" in fault


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("os._exit(3)", "takes too long"),
        ("os.abort()", "no frame of the video can be decoded"),
        ("print(end='{')", "no frame of the video can be decoded"),
        ("os.write(1, b'\\x9b\\n')", "no frame of the video can be decoded"),
        ("print('[]')", "no frame of the video can be decoded"),
        ("print('{}')", "no frame of the video can be decoded"),
    ],
)
def test_a_process_that_dies_costs_the_video(
    does: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dies.py"
    monkeypatch.setattr(video_module, "_PROCESS", program)
    program.write_text(f"import os\n{does}\n")
    expect_error(MP4, said, "broken-picture")
    head = {"time": 0, "width": 8, "height": 8, "stride": 8, "turn": 0, "bytes": 64}
    program.write_text(f"import os, json\nprint(json.dumps({head}), 'x' * 64, sep='\\n', end='', flush=True)\n{does}\n")
    found, fault = frames_of(MP4)
    assert [frame.pixels.shape for frame in found] == [(8, 8)]
    assert fault is not None


def test_who_stops_early_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = {"time": 0, "width": 8, "height": 8, "stride": 8, "turn": 0, "bytes": 64}
    program = tmp_path / "hangs.py"
    program.write_text(
        f"import json, time\nprint(json.dumps({head}), 'x' * 64, sep='\\n', flush=True)\ntime.sleep(20)\n"
    )
    monkeypatch.setattr(video_module, "_PROCESS", program)
    with open_video(MP4) as frames:
        next(iter(frames))
        process = frames._process
    assert process.returncode == -signal.SIGKILL


def ask(form: str, content: bytes, tmp_path: Path) -> dict[str, object]:
    """What the process says first of a file."""
    path = tmp_path / "asked"
    path.write_bytes(content)
    command = [sys.executable, "-P", str(video_module._PROCESS), form, "0", "9", "999999", "999999", "gray"]
    with path.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=True)
    return dict(json.loads(done.stdout.partition(b"\n")[0]))


def test_no_other_file_is_opened(tmp_path: Path) -> None:
    """A playlist or a list of files is no video; and were it taken for one, the process still opens nothing."""
    path = tmp_path / "mine.mp4"
    path.write_bytes(MP4)
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{path}\n#EXT-X-ENDLIST\n".encode()
    several = f"ffconcat version 1.0\nfile {path}\n".encode()
    for form, content in (("hls", playlist), ("concat", several)):
        assert type_of(content) is None
        options = {"safe": "0", "protocol_whitelist": "file", "allowed_extensions": "ALL", "extension_picky": "0"}
        with av.open(io.BytesIO(content), format=form, options=options) as opened:
            assert next(opened.decode(video=0)).width == 640  # FFmpeg would
        assert ask(form, content, tmp_path) == {"end": "broken"}


def test_the_package_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_module, "find_spec", lambda name: None)
    expect_error(
        MP4, r"reading videos needs the package av: python3 -m pip install '.*\[video\]'", "unsupported-format"
    )


def test_what_is_a_video(tmp_path: Path) -> None:
    path = tmp_path / "named.jpg"
    path.write_bytes(MP4)
    assert as_video(path) == as_video(str(path)) == path
    assert as_video(MP4) == as_video(memoryview(MP4)) == as_video(io.BytesIO(MP4)) == MP4
    with path.open("rb") as file:
        assert as_video(file) == MP4
    picture = cv2.imencode(".png", view())[1].tobytes()
    held = io.BytesIO(picture)
    for other in (picture, held, io.StringIO("a"), tmp_path, tmp_path / "gone", "a\0b", np.zeros((9, 9)), 3, None):
        assert as_video(other) is None
    assert load(held).shape == (360, 640)


def test_a_video_is_no_picture() -> None:
    with pytest.raises(ImageError, match="it is a video, which is read by itself") as error:
        load(MP4)
    assert error.value.code == "unsupported-format"
