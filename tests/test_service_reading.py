"""Reading over HTTP: the same readings as everywhere, a problem for what cannot be read, and nobody harmed by it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from service_parts import FAST, HONDA, make_fake, picture, running, send

from vinchar import Reader
from vinchar.imaging import find_pictures
from vinchar.service.app import make_app
from vinchar.service.jobs import Answer, Asked, Job, Picture
from vinchar.service.pool import Pool
from vinchar.service.problems import CODES
from vinchar.service.schema import ReadingModel
from vinchar.service.settings import Settings

IMAGES = Path(__file__).parents[1] / "images"
FORM = "multipart/form-data; boundary=b"
FIELD = b'--b\r\nContent-Disposition: form-data; name="a"\r\n'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running(tmp_path_factory.mktemp("service"), max_mb=0.1, max_megapixels=0.05, read_seconds=3) as client:
        yield client


def code_of(answer: Any) -> str:
    """The code of a problem, whose form is checked."""
    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (said["status"], said["title"]) == CODES[said["code"]]
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:vinchar:problem:{said['code']}"
    return str(said["code"])


def test_what_is_read_is_what_the_reader_reads(tmp_path: Path) -> None:
    """With the shipped model, as the JSON of the command line, which obeys the model of the service."""
    settings = Settings(workers=1, store=str(tmp_path / "store.db"))
    paths = [path for path in find_pictures([IMAGES]).paths if path.suffix in (".jpg", ".png")][::4]
    reader = Reader()
    with TestClient(make_app(settings), base_url="http://localhost") as client:
        for path in paths:
            answer = client.post("/v1/read", files={"image": (path.name, path.read_bytes())})
            expected = reader.read(path, name=path.name).to_dict()
            assert answer.json() == expected
            assert ReadingModel.model_validate(answer.json()).model_dump(by_alias=True, mode="json") == expected
        door = IMAGES / "photos" / "door-label-white.jpg"
        frames = [("image", (name, door.read_bytes())) for name in ("a", "b")]
        fused = client.post("/v1/read/frames", files=frames).json()
        assert fused["vin"] == reader.read(door).vin
        assert fused["image"] in ("a", "b")
        told = client.get("/v1/model").json()
    assert told["version"] == reader.version
    assert told["thresholds"]["ok"] == reader.confidence.threshold
    assert told["files"] == reader.bundle.description["sha256"]


def test_raw_bytes_are_a_picture_without_a_name(client: TestClient) -> None:
    for kind in ("image/png", "image/x-whatever", "application/octet-stream", None):
        answer = client.post("/v1/read", content=picture(), headers={"content-type": kind} if kind else {})
        assert answer.json()["vin"] == HONDA
        assert answer.json()["image"] is None


def test_what_is_asked_reaches_the_reader(client: TestClient) -> None:
    query = client.post("/v1/read", params={"kind": "strip", "all": "true", "known": [HONDA]}, content=picture())
    form = send(client, "a", data={"kind": "strip", "all": "True", "known": f"{HONDA}\n"})
    expected = ["1 strip", "barcodes: False", "every: True", f"known: ('{HONDA}',)"]
    assert query.json()["reasons"] == form.json()["reasons"] == expected


def test_frames_are_read_together_and_bad_ones_left_out(client: TestClient) -> None:
    files = [("image", (name, content)) for name, content in (("1", picture()), ("2", b"no"), ("3", picture()))]
    answer = client.post("/v1/read/frames", files=files)
    assert answer.json()["reasons"] == ["2 auto"]
    assert answer.json()["image"] == "3"
    assert code_of(client.post("/v1/read/frames", files=files[1:2])) == "not-a-picture"
    assert code_of(client.post("/v1/read/frames", files=17 * files[:1])) == "bad-request"


@pytest.mark.parametrize("names", [("a", "a", "b"), ("", "", ""), ("a", "", "2")])
def test_frames_are_numbered_where_their_names_do_not_tell_them_apart(
    names: tuple[str, ...], client: TestClient
) -> None:
    """Or nobody would know in which one the VIN stands, and which one to keep."""
    parts = [FIELD[:-2] + b'; filename="%s"\r\n\r\n%s\r\n' % (name.encode(), picture()) for name in names]
    body = b"".join(parts) + b"--b--\r\n"
    answer = client.post("/v1/read/frames", content=body, headers={"content-type": FORM})
    assert answer.json()["image"] == "2"


def test_frames_are_together_no_larger_than_a_picture(client: TestClient) -> None:
    files = 3 * [("image", ("a", picture() + bytes(45_000)))]
    assert client.post("/v1/read/frames", files=files[1:]).status_code == 200
    assert code_of(client.post("/v1/read/frames", files=files)) == "too-large"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"hello", "not-a-picture"),
        (b"\xff\x0a" + bytes(40), "unsupported-format"),
        (b"\0\0\0\x18ftypisom" + bytes(40), "unsupported-format"),  # a video
        (picture()[:40], "broken-picture"),
        (picture(5, 5), "too-small"),
        (picture(400, 400), "too-many-pixels"),
        (bytes(200_000), "too-large"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_code(body: bytes, code: str, client: TestClient) -> None:
    assert code_of(client.post("/v1/read", content=body)) == code
    if body:
        assert code_of(client.post("/v1/read", files={"image": ("a", body)})) == code


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "video"}, "kind: got 'video', expected auto"),
        ({"all": "maybe"}, "all: got 'maybe', expected true or false"),
        ({"known": "1HGCM82633A00435"}, "known: "),
        ({"known": [HONDA] * 1001}, "known: got 1001 VINs"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, Any], said: str, client: TestClient) -> None:
    answer = client.post("/v1/read", params=asked, content=picture())
    assert code_of(answer) == "bad-request"
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"{}", "application/json", "unsupported-format"),
        (b"x", "multipart/form-data", "bad-request"),
        (b"x", FORM, "bad-request"),
        (FIELD[:-2] + b'; filename="a"\r\n\r\nxyz', FORM, "bad-request"),
        (FIELD + b"\r\nx\r\n--b--\r\n", FORM, "empty"),
        (FIELD + b"\r\n" + bytes(70_000), FORM, "too-large"),
    ],
)
def test_a_body_that_is_none_is_a_problem(content: bytes, kind: str, code: str, client: TestClient) -> None:
    assert code_of(client.post("/v1/read", content=content, headers={"content-type": kind})) == code


def test_a_body_that_does_not_say_how_long_it_is_is_not_taken_in_for_ever(client: TestClient) -> None:
    assert code_of(client.post("/v1/read", content=iter(1000 * [bytes(10_000)]))) == "too-large"


def test_what_is_no_picture_is_small(client: TestClient) -> None:
    """Of a said length or not."""
    for route in ("/v1/desk/next", "/v1/desk/tasks/1/answer", "/v1/model/reload"):
        assert code_of(client.post(route, content=bytes(100_000))) == "too-large"
        assert code_of(client.post(route, content=iter(100 * [bytes(1000)]))) == "too-large"


def test_two_pictures_are_not_one(client: TestClient) -> None:
    files = [("image", ("a", picture())), ("image", ("b", picture()))]
    assert code_of(client.post("/v1/read", files=files)) == "bad-request"


def test_no_such_route_and_no_such_way_are_problems(client: TestClient) -> None:
    for path in ("/v1/nothing", "/v1/model/", "/healthz/", "/static"):
        assert code_of(client.get(path, follow_redirects=False)) == "not-found"
    answer = client.get("/v1/read")
    assert code_of(answer) == "method-not-allowed"
    assert answer.headers["allow"] == "POST"
    assert client.put("/v1/desk/tasks").headers["allow"] == "GET, POST"


def test_a_process_that_dies_costs_one_request(client: TestClient) -> None:
    before = send(client, "who").json()["reasons"]
    answer = send(client, "killed")
    assert code_of(answer) == "worker-died"
    assert "signal 9" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) >= 1
    after = send(client, "who").json()["reasons"]
    assert after != before
    assert "vinchar_workers_died 1.0" in client.get("/metrics").text


def test_a_mistake_costs_one_request_and_is_not_shown(client: TestClient) -> None:
    answer = send(client, "mistake")
    assert code_of(answer) == "internal-error"
    assert HONDA not in answer.text
    assert "Traceback" not in answer.text
    assert send(client, "a").json()["vin"] == HONDA


def test_who_takes_too_long_is_stopped(client: TestClient) -> None:
    started = time.monotonic()
    assert code_of(send(client, "asleep")) == "timed-out"
    assert time.monotonic() - started < 6
    assert send(client, "a").json()["vin"] == HONDA


def test_a_job_that_nobody_waits_for_any_more_is_stopped_too() -> None:
    async def leave() -> Answer:
        pool = Pool(Settings(workers=1, read_seconds=1), make_fake)
        await pool.start()
        left = asyncio.create_task(pool.read(Job((Picture(picture(), "asleep"),), Asked())))
        await asyncio.sleep(0.1)
        left.cancel()
        try:
            return await asyncio.wait_for(pool.read(Job((Picture(picture(), "a"),), Asked())), 20)
        finally:
            await asyncio.wait_for(pool.retire(), 20)

    assert asyncio.run(leave()).vins == (HONDA,)


def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    with running(tmp_path, queue=1) as client, ThreadPoolExecutor(6) as many:
        answers = list(many.map(lambda _: send(client, "slow"), range(6)))
        batch = send(client, "a", "/v1/read/batch")
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 1 <= len(refused) <= 4
    assert {code_of(answer) for answer in refused} == {"queue-full"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert sum(answer.status_code == 200 for answer in answers) == 6 - len(refused) >= 2
    assert batch.status_code == 200


def test_batches_keep_nobody_else_out(tmp_path: Path) -> None:
    with running(tmp_path, queue=1) as client, ThreadPoolExecutor(4) as many:
        files = [("image", ("slow", picture()))] * 2
        batches = [many.submit(client.post, "/v1/read/batch", files=files) for _ in range(3)]
        time.sleep(FAST / 2)
        assert send(client, "a").status_code == 200
        assert all(batch.result().text.count(HONDA) == 2 for batch in batches)


@pytest.mark.parametrize("route", ["/v1/read", "/v1/desk/tasks"])
def test_only_so_many_requests_are_under_way(route: str, tmp_path: Path) -> None:
    with running(tmp_path, concurrency=2, queue=100) as client, ThreadPoolExecutor(6) as many:
        answers = list(many.map(lambda _: send(client, "slow", route), range(6)))
    assert {answer.status_code for answer in answers} == {200, 429}
    assert {answer.json().get("detail") for answer in answers} == {None, "2 requests are under way already"}


def test_a_batch_is_a_line_a_picture_in_order(client: TestClient) -> None:
    files = [("image", (f"{i}.png", picture())) for i in range(6)]
    files[2] = ("image", ("2.png", b"no"))
    files[4] = ("image", ("killed", picture()))
    answer = client.post("/v1/read/batch", files=files, params={"kind": "photo"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["image"] for line in lines] == ["0.png", "1.png", "2.png", "3.png", "killed", "5.png"]
    assert [line["status"] for line in lines] == ["ok", "ok", "error", "ok", "error", "ok"]
    assert lines[2]["reasons"] == ["it is not a picture (JPEG, PNG, BMP, WebP, TIFF, GIF, HEIC, AVIF or PDF)"]
    assert lines[0]["reasons"] == ["1 photo"]
    for line in lines:
        ReadingModel.model_validate(line)


def test_a_batch_without_a_picture_is_a_problem(client: TestClient) -> None:
    form = {"content-type": FORM}
    assert code_of(client.post("/v1/read/batch", content=b"--b--\r\n", headers=form)) == "empty"
    assert code_of(client.post("/v1/read/batch", params={"kind": "x"}, files={"a": ("a", picture())})) == "bad-request"
    asked_late = send(client, "a", "/v1/read/batch", data={"kind": "photo"})
    assert code_of(asked_late) == "bad-request"


def test_what_ends_a_batch_early_is_its_last_line(tmp_path: Path) -> None:
    files = [("image", (str(i), picture())) for i in range(6)]
    with running(tmp_path, max_batch=4) as client:
        lines = [json.loads(line) for line in client.post("/v1/read/batch", files=files).text.splitlines()]
    assert [line["status"] for line in lines] == ["ok"] * 4 + ["error"]
    assert lines[-1]["reasons"][0].startswith("the rest was refused: got more than 4 files")


def test_a_new_model_takes_over_while_the_old_one_finishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = tmp_path / "version"
    version.write_text("old")
    monkeypatch.setenv("FAKE_VERSION", str(version))
    with running(tmp_path) as client:
        assert client.get("/v1/model").json()["version"] == "old"
        answers: list[Any] = []
        under_way = threading.Thread(target=lambda: answers.append(send(client, "slow")))
        under_way.start()
        time.sleep(FAST / 5)
        version.write_text("new")
        assert client.post("/v1/model/reload").json()["version"] == "new"
        assert send(client, "a").json()["model"] == "new"
        under_way.join()
        assert answers[0].json()["model"] == "old"
        version.write_text("broken")
        answer = client.post("/v1/model/reload")
        assert code_of(answer) == "model-error"
        assert "the model stays as it was: this model is broken" in answer.json()["detail"]
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
        assert code_of(client.post("/v1/model/reload")) == "model-error"
        assert send(client, "a").json()["model"] == "new"


def test_a_model_that_cannot_be_used_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    version = tmp_path / "version"
    version.write_text("broken")
    monkeypatch.setenv("FAKE_VERSION", str(version))
    with pytest.raises(ValueError, match="this model is broken"), running(tmp_path, workers=2):
        pass
    assert caplog.text == ""


def test_uploads_are_kept_only_where_it_was_said(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        assert "vinchar-task" not in send(client, "unsure").headers
        assert client.get("/v1/desk").json()["open"] == 0
        assert client.get("/v1/model").json()["service"]["kept_days"] is None
    with running(tmp_path, keep=2, looks=2) as client:
        answer = send(client, "unsure")
        task = client.get(f"/v1/desk/tasks/{answer.headers['vinchar-task']}").json()
        assert "vinchar-task" not in send(client, "sure").headers
        assert "vinchar-task" not in send(client, "unsure", params={"keep": "false"}).headers
        frames = [("image", ("a", picture(90))), ("image", ("unsure", picture(91)))]
        kept = client.post("/v1/read/frames", files=frames).headers["vinchar-task"]
        assert client.get(f"/v1/desk/tasks/{kept}/picture").content == picture(91)
        files = [("image", (name, picture(70 + i))) for i, name in enumerate(("nothing", "unsure", "a"))]
        client.post("/v1/read/batch", files=files)
        assert client.get("/v1/desk").json()["open"] == 4
        assert client.get("/v1/model").json()["service"]["kept_days"] == 2
    assert task["looks"] == 2
    assert task["reading"]["vin"] == HONDA
    assert task["expires_at"] is not None


def test_whoever_cannot_read_any_more_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = tmp_path / "version"
    version.write_text("old")
    monkeypatch.setenv("FAKE_VERSION", str(version))
    with running(tmp_path) as client:
        assert client.head("/readyz").status_code == 200
        version.write_text("broken")
        assert code_of(send(client, "killed")) == "worker-died"
        assert code_of(send(client, "a")) == "model-error"
        assert code_of(client.get("/readyz")) == "not-ready"
        version.write_text("mended")
        assert send(client, "a").json()["model"] == "mended"
        assert client.get("/readyz").status_code == 200


def test_a_store_that_is_slow_costs_no_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinchar.service.state.KEEP_SECONDS", FAST)
    monkeypatch.setattr("vinchar.service.desk.store.Store.add", lambda *_: time.sleep(2 * FAST))
    with running(tmp_path, keep=1) as client:
        answer = send(client, "unsure")
    assert answer.json()["status"] == "uncertain"
    assert "vinchar-task" not in answer.headers
