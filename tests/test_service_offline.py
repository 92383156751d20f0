"""The page that reads in the browser, as the service offers it: its files, its model, and what browsers are told."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from service_parts import KEY, built_page, running
from test_service_reading import code_of

from vinchar import __version__
from vinchar.bundle import default_folder, open_bundle
from vinchar.service import settings
from vinchar.service.settings import Key, Settings

WEB = Path(__file__).parents[1] / "web"
FILES = {
    "index.html": "text/html; charset=utf-8",
    "vinchar.js": "text/javascript; charset=utf-8",
    "part.mjs": "text/javascript; charset=utf-8",
    "sw.js": "text/javascript; charset=utf-8",
    "manifest.webmanifest": "application/manifest+json",
    "icons/icon.svg": "image/svg+xml",
    "runtime.wasm": "application/wasm",
    "runtime.wasm.packed": "application/octet-stream",
    "model/model.json": "application/json",
    "other": "application/octet-stream",
}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page, nearly."""
    for name in FILES:
        path = tmp_path / "page" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(name.encode()) if name.endswith(".gz") else name.encode())
    return tmp_path / "page"


@pytest.fixture
def client(page: Path, tmp_path: Path) -> Iterator[TestClient]:
    """Of a service that needs a key, from another machine."""
    with running(tmp_path, offline=page, host="0.0.0.0", keys=(Key(None, KEY),)) as made:
        yield made


def test_the_page_is_there_without_a_key(client: TestClient, page: Path) -> None:
    answer = client.get("/offline", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "offline/")  # so that a proxy may add to the path
    assert client.get("/offline").text == "index.html"
    for name, kind in FILES.items():
        if not name.startswith("model/"):
            answer = client.get(f"/offline/{name}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind), name
            assert answer.content == (page / name).read_bytes()
            assert "content-encoding" not in answer.headers
    assert client.get("/v1/model").json()["service"]["offline"] is True


def test_what_browsers_are_told(client: TestClient) -> None:
    """By every file, and where it has not changed, as that is remembered, too."""
    for path in ("", "index.html", "sw.js", "model/model.json", "model/ctc.onnx"):
        first = client.get(f"/offline/{path}")
        again = client.get(f"/offline/{path}", headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        for answer in (first, again):
            policy = answer.headers["content-security-policy"].split("; ")
            assert "script-src 'self' 'wasm-unsafe-eval'" in policy
            assert {"worker-src 'self' blob:", "connect-src 'self'", "default-src 'self'"} <= set(policy)
            assert "object-src 'none'" in policy
            assert "unsafe-inline" not in str(policy)
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert answer.headers["cache-control"] == "no-cache"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers.get("service-worker-allowed") == ("../" if path == "sw.js" else None)
    assert "script-src" not in client.get("/").headers["content-security-policy"]


def test_the_model_is_the_one_that_reads_here(client: TestClient) -> None:
    bundle = open_bundle()
    names = [path.name for path in bundle.paths.values()]
    for name in (*names, "structure.npz", "model.json"):
        assert client.get(f"/offline/model/{name}").content == (default_folder() / name).read_bytes()
    for name in ("README.md", "ctc.keras", "none.onnx"):
        assert code_of(client.get(f"/offline/model/{name}")) == "not-found"


def test_the_model_is_the_new_one_after_a_reload(page: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    for path in default_folder().iterdir():
        if path.suffix in (".onnx", ".npz", ".json"):
            os.link(path, model / path.name)
    with running(tmp_path, offline=page, model=model) as client:
        before = client.get("/offline/model/model.json")
        description = before.json() | {"vinchar": "9.9.9"}
        (model / "model.json").unlink()
        (model / "model.json").write_text(json.dumps(description))
        tag = {"if-none-match": before.headers["etag"]}
        assert client.get("/offline/model/model.json", headers=tag).status_code == 304
        assert client.post("/v1/model/reload").status_code == 200
        assert client.get("/offline/model/model.json", headers=tag).json() == description


def test_nothing_is_sent_there(client: TestClient) -> None:
    for path in ("/offline", "/offline/", "/offline/share", "/offline/model/model.json"):
        answer = client.post(path, files={"image": b"x"})
        assert code_of(answer) == "method-not-allowed"
        assert answer.headers["allow"] == "GET"


def test_nothing_else_is_shown(client: TestClient) -> None:
    for path in ("none.js", "icons", "../store.db", "%2E%2E/store.db", "a" * 300, "%00"):
        assert code_of(client.get(f"/offline/{path}")) == "not-found"


def test_where_it_is_not_built_it_is_said_how_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "OFFLINE", (tmp_path / "dist",))
    with running(tmp_path) as client:
        for path in ("/offline", "/offline/", "/offline/index.html", "/offline/model/model.json"):
            answer = client.get(path)
            assert code_of(answer) == "not-found"
            assert "cd web && npm ci && npm run build" in answer.json()["detail"]
            assert code_of(client.post(path)) == "method-not-allowed"
        assert client.get("/v1/model").json()["service"]["offline"] is False


def test_it_is_found_where_it_was_built(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "OFFLINE", (tmp_path / "none", page, tmp_path))
    assert Settings().offline_folder == page
    assert Settings(offline=page).offline_folder == page
    with pytest.raises(ValueError, match=r"offline: got .*, expected the folder that npm run build makes"):
        Settings(offline=tmp_path)


def test_the_package_of_the_browser_has_the_same_version() -> None:
    assert json.loads((WEB / "package.json").read_text())["version"] == __version__
    assert json.loads((WEB / "package-lock.json").read_text())["version"] == __version__


def test_the_page_that_was_built(tmp_path: Path) -> None:
    """All that it names is there, as what it is, and its model is that of this checkout."""
    with running(tmp_path, offline=built_page()) as client:
        page = client.get("/offline/").text
        assert " style=" not in page  # the policy would not have it
        named = set(re.findall(r'(?:src|href)="([^"#]+)"', page)) - {"./"}
        assert {"page.js", "style.css", "manifest.webmanifest"} <= named
        for name in (*named, "vinchar.js", "worker.js", "sw.js"):
            answer = client.get(f"/offline/{name}")  # so none of another host
            assert answer.status_code == 200, name
            assert answer.headers["content-type"] != "application/octet-stream"
        for icon in client.get("/offline/manifest.webmanifest").json()["icons"]:
            assert client.get(f"/offline/{icon['src']}").headers["content-type"] == icon["type"]
        for path in (built_page() / "model").iterdir():
            assert client.get(f"/offline/model/{path.name}").content == path.read_bytes(), path.name
