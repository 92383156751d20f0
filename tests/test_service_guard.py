"""Who may ask, and what every answer carries: keys, origins, hosts, rates, headers, a log without VINs."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from service_parts import HONDA, KEY, picture, running, send
from test_service_reading import code_of

from vinchar.service.desk.store import Store
from vinchar.service.log import WithoutVins
from vinchar.service.settings import Key

BERT = "another-key-of-the-tests"
CLOSED = [
    ("POST", "/v1/read"),
    ("POST", "/v1/read/frames"),
    ("POST", "/v1/read/batch"),
    ("POST", "/v1/model/reload"),
    ("GET", "/metrics"),
    ("GET", "/v1/desk"),
    ("POST", "/v1/desk/next"),
    ("GET", "/v1/desk/tasks"),
    ("GET", "/v1/desk/tasks/1/picture"),
    ("GET", "/v1/desk/export.zip"),
    ("DELETE", "/v1/desk/tasks/1"),
]
OPEN = ["/", "/review", "/healthz", "/readyz", "/v1/model", "/openapi.json", "/docs"]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    keys = (Key(None, KEY), Key("bert", BERT))
    with running(tmp_path_factory.mktemp("closed"), host="0.0.0.0", keys=keys) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_key_is_needed(method: str, path: str, closed: TestClient) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"x-api-key": KEY[:-1]}, {"authorization": f"Basic {KEY}"}):
        answer = closed.request(method, path, headers=headers)
        assert code_of(answer) == "key-required"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_every_route_that_holds_something_is_closed(closed: TestClient) -> None:
    paths = closed.get("/openapi.json").json()["paths"]
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    for method, path in routes - {("GET", path) for path in OPEN}:
        assert closed.request(method, path.replace("{id}", "1")).status_code == 401, path


@pytest.mark.parametrize(
    "headers", [{"authorization": f"Bearer {KEY}"}, {"x-api-key": KEY}, {"authorization": f"bearer {BERT}"}]
)
def test_a_key_opens(headers: dict[str, str], closed: TestClient) -> None:
    assert send(closed, "a", headers=headers).json()["vin"] == HONDA
    assert closed.get("/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize("path", OPEN)
def test_pages_and_states_need_none(path: str, closed: TestClient) -> None:
    assert closed.get(path, headers={"host": "shop.example"}).status_code == 200


def test_whose_key_it_is_is_who_labels(closed: TestClient) -> None:
    headers = {"authorization": f"Bearer {BERT}"}
    closed.post("/v1/desk/tasks", files={"image": ("unsure", picture(90))}, headers=headers)
    task = closed.post("/v1/desk/next", json={"reviewer": "anna"}, headers=headers).json()
    assert task["leased_by"] == "bert"


def test_where_no_key_is_needed_only_this_machine_may_be_asked(tmp_path: Path) -> None:
    """A page of somebody whose name was made to mean this machine has that name in the request."""
    with running(tmp_path) as client:
        assert code_of(client.get("/v1/desk", headers={"host": "evil.example"})) == "origin-refused"
        assert code_of(client.get("/v1/desk", headers={"host": "["})) == "origin-refused"
        for host in ("localhost:8000", "127.0.0.1", "[::1]:80"):
            assert client.get("/v1/desk", headers={"host": host}).status_code == 200


def test_pages_of_others_may_do_nothing(tmp_path: Path) -> None:
    with running(tmp_path, origins=("https://shop.example",)) as client:
        for origin in ("https://evil.example", "null", "http://localhost:1", "http://["):
            assert code_of(send(client, "a", headers={"origin": origin})) == "origin-refused"
            assert code_of(client.post("/v1/model/reload", headers={"origin": origin})) == "origin-refused"
        own = send(client, "a", headers={"origin": "http://localhost"})
        named = send(client, "a", headers={"origin": "https://shop.example"})
        assert own.status_code == named.status_code == 200
        assert named.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-origin" not in own.headers
        asked = {"origin": "https://shop.example", "access-control-request-method": "POST"}
        assert (
            client.options("/v1/read", headers=asked).headers["access-control-allow-origin"] == "https://shop.example"
        )
        asked["origin"] = "https://evil.example"
        assert "access-control-allow-origin" not in client.options("/v1/read", headers=asked).headers


def test_a_client_may_not_ask_without_end(tmp_path: Path) -> None:
    with running(tmp_path, rate=0.5) as client:
        first, second = send(client, "a"), send(client, "a")
        assert first.status_code == 200
        assert code_of(second) == "rate-limited"
        assert 1 <= int(second.headers["retry-after"]) <= 2
        assert client.get("/v1/model").status_code == 200


def test_every_answer_is_safe_to_show(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        answers = [client.get(path) for path in (*OPEN, "/nothing", "/v1/desk/labels.csv")]
        answers += [send(client, name) for name in ("a", "mistake", "killed")]
        answers.append(client.get("/v1/desk", headers={"host": "evil.example"}))
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "script" not in policy  # as strict as the default
        assert ("unsafe-inline" in policy) == (answer.url.path == "/docs")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "server" not in answer.headers


def test_a_mistake_of_ours_is_a_problem_and_in_the_log_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object) -> None:
        raise TypeError("no such thing")

    monkeypatch.setattr(Store, "counts", mistaken)
    with running(tmp_path) as client:
        answer = client.get("/v1/desk")
        assert code_of(answer) == "internal-error"
        assert "no such thing" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert 'status="500"' in client.get("/metrics").text
    assert caplog.text.count("TypeError: no such thing") == 1


def test_pages_ask_no_other_host(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        for page in ("/", "/review", "/docs"):
            text = client.get(page).text
            assert "//" not in text.replace("http://www.w3.org/2000/svg", ""), page
            for part in {word for word in text.split('"') if word.startswith("/") and "." in word}:
                assert client.get(part).status_code == 200, part


def test_the_log_has_no_vin_but_what_stands_for_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VINCHAR_LOG_SALT", "salt")
    caplog.set_level(logging.INFO)
    with running(tmp_path) as client:
        client.post("/v1/read", params={"known": HONDA}, files={"image": (f"{HONDA}.png", picture())})
        send(client, "a")
        client.get(f"/{HONDA}")
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]  # the client's
    assert HONDA not in " ".join(said)
    lines = [json.loads(line) for line in said if line.startswith("{")]
    assert [line["status"] for line in lines] == [200, 200, 404]
    assert lines[0]["vins"] == lines[1]["vins"] == ["20daaabcd8746aba"]


def test_what_is_told_of_mistakes_has_no_vin(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path) as client:
        send(client, "mistake")
    assert "TypeError: no such thing as <VIN>" in capfd.readouterr().err
    try:
        raise KeyError(f"{HONDA}.jpg")
    except KeyError as error:
        raised = (KeyError, error, error.__traceback__)
    record = logging.LogRecord("vinchar", logging.ERROR, "", 1, "of %s", (HONDA.lower(),), raised)
    said = WithoutVins("%(message)s").format(record)
    assert said.startswith("of <VIN>\nTraceback")
    assert said.endswith("KeyError: '<VIN>.jpg'")


def test_what_a_store_says_is_in_the_log_without_what_was_to_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path, keep=1) as client:
        with sqlite3.connect(tmp_path / "store.db") as store:
            store.execute("ALTER TABLE tasks RENAME TO others")
        assert send(client, "unsure").status_code == 200
        assert code_of(client.get("/v1/desk")) == "not-ready"
    assert caplog.text.count("a picture could not be kept") == 1
    assert caplog.text.count("the desk's store cannot be used: (sqlite3.OperationalError) no such table: tasks") == 1
    assert HONDA not in caplog.text


def test_what_happens_is_counted(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        send(client, "a")
        send(client, "unsure")
        client.post("/v1/read", content=b"no")
        client.get("/nothing")
        text = client.get("/metrics").text
    for line in (
        'vinchar_requests_total{method="POST",route="/v1/read",status="200"} 2.0',
        'vinchar_requests_total{method="POST",route="/v1/read",status="415"} 1.0',
        'vinchar_requests_total{method="GET",route="other",status="404"} 1.0',
        'vinchar_readings_total{status="uncertain"} 1.0',
        'vinchar_problems_total{code="not-a-picture"} 1.0',
        'vinchar_request_seconds_count{route="/v1/read"} 3.0',
        "vinchar_queue 0.0",
        "vinchar_workers_died 0.0",
    ):
        assert line in text
