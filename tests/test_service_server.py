"""The service as a process of its own: what the documents say is run, signals, clients that are slow, sudden death."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_parts import HONDA, KEY, picture

from vinchar.bundle import default_folder
from vinchar.command.main import main
from vinchar.reading import Reading
from vinchar.service.desk.store import NewTask, open_store

ROOT = Path(__file__).parents[1]
DOOR = ROOT / "images" / "photos" / "door-label-white.jpg"
DOCUMENT = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
START = 60.0  # seconds


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    url: str
    log: Path


@contextmanager
def serving(folder: Path, *flags: str, **environment: str) -> Iterator[Service]:
    """Run ``vinchar serve`` in a folder, on a port that is free."""
    log = folder / "log"
    command = [sys.executable, "-m", "vinchar", "serve", "--port", "0", "--workers", "1", *flags]
    with log.open("wb") as file:
        own = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)} | environment
        process = subprocess.Popen(command, cwd=folder, env=own, stderr=file)
    try:
        found = until(lambda: re.search(r"running on (https?://\S+)", log.read_text()) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield Service(process, found[1].replace("0.0.0.0", "127.0.0.1"), log)
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], Any], seconds: float = START) -> Any:
    """Wait until something is true, and return what it is then."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("served"), "--body-seconds", "1") as running:
        yield running


@pytest.mark.parametrize("command", re.findall(r"^curl .*$", DOCUMENT, re.MULTILINE))
def test_the_commands_of_the_document_read_a_picture(command: str, service: Service) -> None:
    said = command.replace("http://127.0.0.1:8000", service.url)
    assert said != command
    answer = subprocess.run(["bash", "-c", said], cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert json.loads(answer.stdout)["vin"] == HONDA


def test_the_program_of_the_document_reads_a_picture(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(program.replace("http://127.0.0.1:8000", service.url), {})
    assert capsys.readouterr().out == f"{HONDA} ok\n"


def test_the_readme_reads_a_picture(service: Service) -> None:
    (command,) = re.findall(r"^curl .*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    said = command.replace("http://127.0.0.1:8000", service.url).partition("   ")[0]
    answer = subprocess.run(["bash", "-c", said], cwd=ROOT, capture_output=True, timeout=60, check=True)
    assert json.loads(answer.stdout)["vin"] == HONDA


def test_the_openapi_file_of_the_repository_is_the_services(service: Service) -> None:
    """Whoever makes a client from it need not start the service."""
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert httpx.get(f"{service.url}/openapi.json").json() == kept, "python3 docs/openapi.py writes it anew"


@pytest.mark.parametrize("route", ["/v1/read", "/v1/desk/next"])
def test_a_body_that_comes_too_slowly_is_refused(route: str, service: Service) -> None:
    with connected(service.url) as slow:
        slow.sendall(f"POST {route} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc".encode())
        answer = everything(slow, 10)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "too-slow"' in answer


@pytest.mark.slow
def test_a_head_that_never_comes_is_not_waited_for(service: Service) -> None:
    with connected(service.url) as silent, connected(service.url) as slow:
        slow.sendall(b"POST /v1/read HTTP/1.1\r\nHost: local")
        started = time.monotonic()
        assert everything(slow, 20) == everything(silent, 20) == b""
    assert 5 < time.monotonic() - started < 15


def test_what_is_no_http_is_refused(service: Service) -> None:
    with connected(service.url) as other:
        other.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
        answer = everything(other, 10)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"code": "bad-request"' in answer
    assert httpx.get(f"{service.url}/readyz").status_code == 200


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = b"POST /v1/model/reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
LINE = b"X: " + 1000 * b"x" + b"\r\n"


@pytest.mark.parametrize(
    ("head", "more"), [(GET, LINE), (GET + b"X: ", LINE[:-2]), (b"GET /", LINE[3:-2]), (CHUNKED, LINE)]
)
def test_a_head_without_end_is_not_kept(head: bytes, more: bytes, service: Service) -> None:
    """Or whoever has no key could fill the memory with it."""
    with connected(service.url) as endless, pytest.raises((BrokenPipeError, ConnectionResetError)):
        endless.sendall(head + 20_000 * more)


def test_a_head_of_usual_size_is_taken(service: Service) -> None:
    """Also beside a large body, with which it may come at once."""
    picture = DOOR.read_bytes() + bytes(10**6)
    answer = httpx.post(f"{service.url}/v1/read", content=picture, headers={"x-more": 30_000 * "x"})
    assert answer.json()["vin"] == HONDA


def test_who_leaves_in_the_middle_of_a_batch_is_no_mistake(service: Service) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n' + DOOR.read_bytes() + b"\r\n"
    with connected(service.url) as leaving:
        leaving.sendall(b"POST /v1/read/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n")
        leaving.sendall(b"Content-Type: multipart/form-data; boundary=b\r\n\r\n" + 3 * part)
        assert HONDA.encode() in everything(leaving, 10)
    until(lambda: '"route": "/v1/read/batch", "status": 200' in service.log.read_text())
    assert "Traceback" not in service.log.read_text()


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        yield connection


def everything(connection: socket.socket, seconds: float) -> bytes:
    """All that comes until the other side closes, or has sent an answer with a body."""
    connection.settimeout(seconds)
    found = b""
    while b"}" not in found and (more := connection.recv(4096)):
        found += more
    return found


def test_a_signal_brings_the_new_model(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(default_folder(), model, ignore=shutil.ignore_patterns("*.keras"))
    with serving(tmp_path, "--model", str(model)) as running:
        description = json.loads((model / "model.json").read_text())
        description["recognisers"][description["recogniser"]]["confidence"]["threshold"] = 0.4321
        (model / "model.json").write_text(json.dumps(description))
        running.process.send_signal(signal.SIGHUP)
        until(lambda: httpx.get(f"{running.url}/v1/model").json()["thresholds"]["ok"] == 0.4321)
        (model / "model.json").write_text("{}")
        running.process.send_signal(signal.SIGHUP)
        until(lambda: "the model stays as it was" in running.log.read_text())
        answer = httpx.post(f"{running.url}/v1/read", content=DOOR.read_bytes())
        assert answer.json()["vin"] == HONDA
        running.process.terminate()
        running.process.wait(START)
    assert "Traceback" not in running.log.read_text()


def test_others_may_ask_with_a_key(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0", VINCHAR_API_KEY=KEY) as running:
        assert httpx.get(f"{running.url}/v1/desk").status_code == 401
        assert httpx.get(f"{running.url}/v1/desk", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
        assert KEY not in running.log.read_text()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--host", "0.0.0.0"], "no key: set VINCHAR_API_KEY"),
        (["--model", "nowhere"], "nowhere/model.json: not there"),
        (["--recogniser", "detector", "--min-confidence", "0.5", "--max-mb", "0"], "max_mb: got 0"),
        (["--keys", "nothing"], "nothing: No such file"),
        (["--offline", "nothing"], "offline: got nothing, expected the folder that npm run build makes"),
        (["--store", "mysql://x/y"], "mysql"),
        (["--port", "70000"], "port: got 70000, expected 0 to 65535"),
        (["--certificate", "nothing.pem"], "nothing.pem: No such file"),
        (["--certificate-key", "nothing.pem"], "certificate-key: got no certificate"),
        (
            ["--keep", "1", "--store", "postgresql://anna:geheim@127.0.0.1:1/x"],
            "anna:***@127.0.0.1:1/x: it cannot be used",
        ),
    ],
)
def test_what_it_cannot_start_with_is_a_sentence(
    flags: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VINCHAR_API_KEY", raising=False)
    assert main(["serve", *flags]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "geheim" not in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_a_sentence(service: Service, tmp_path: Path) -> None:
    port = service.url.rpartition(":")[2]
    command = [sys.executable, "-m", "vinchar", "serve", "--port", port, "--workers", "1"]
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=START
    )
    assert run.returncode == 2
    assert "address already in use" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.slow
def test_what_was_acknowledged_outlives_the_service(tmp_path: Path) -> None:
    """Four people label; the service is killed among it; each answer that was acknowledged is in the store."""
    store = open_store(tmp_path / "vinchar.db")
    tasks = [
        store.add(NewTask(picture(60 + i, 20), f"{i}.png", Reading(f"{i}.png", "photo", None, "not_found")))
        for i in range(200)
    ]
    saved: list[int] = []

    def label(some: list[int], url: str) -> None:
        for task in some:
            said = {"reviewer": "anna", "verdict": "read", "vin": HONDA}
            try:
                answer = httpx.post(f"{url}/v1/desk/tasks/{task}/answer", json=said)
            except httpx.HTTPError:
                return
            if answer.status_code == 200:
                saved.append(task)

    with serving(tmp_path) as running:
        people = [threading.Thread(target=label, args=(tasks[i::4], running.url)) for i in range(4)]
        for one in people:
            one.start()
        until(lambda: len(saved) >= 60)
        running.process.kill()
        for one in people:
            one.join()
    assert 60 <= len(saved) < 200
    assert [task for task in saved if store.task(task).vin != HONDA] == []
    store.close()
