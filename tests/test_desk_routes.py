"""The desk over HTTP, in a small app of its own."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import jsonschema
import pytest
from desk_tasks import NOON, OTHER, VIN, Clock, new, picture, reading
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from vinchar.imaging import ImageError, load
from vinchar.reading import Reading
from vinchar.service.bodies import parts_of
from vinchar.service.desk.store import Store, open_store
from vinchar.service.desk_routes import desk_routes
from vinchar.service.problems import MEDIA_TYPE, Problem

ANNA, BEA = {"reviewer": "anna"}, {"reviewer": "bea"}
SAID = ANNA | {"verdict": "read", "vin": VIN}
Files = list[tuple[str, tuple[str, bytes]]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    made = open_store(store_url, clock)
    yield made
    made.close()


@pytest.fixture
def app(store: Store) -> FastAPI:
    """The desk, whose reader sees a VIN in everything; a header stands for the key of a reviewer."""

    async def read(data: bytes, name: str) -> Reading:
        if "busy" in name:
            raise Problem("queue-full", "8 pictures wait already", 1.0)
        try:
            load(data)
        except ImageError as error:
            raise Problem(error.code, str(error)) from error
        return (
            reading(VIN, 0.5) if "fails" not in name else Reading(name, "photo", None, "error", reasons=("it fails",))
        )

    async def files(request: Request) -> AsyncIterator[tuple[str, bytes]]:
        async for part in parts_of(request, 10**6, 10, 5.0):
            if part.filename is not None:
                yield part.filename, part.data

    made = FastAPI()

    @made.middleware("http")
    async def keys(request: Request, call_next: Any) -> Any:
        request.state.reviewer = request.headers.get("key-of")
        return await call_next(request)

    @made.exception_handler(Problem)
    async def refuse(_: Request, problem: Problem) -> JSONResponse:
        return JSONResponse(problem.to_dict(), problem.status, problem.headers(), MEDIA_TYPE)

    made.include_router(desk_routes(store, read, files))
    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=True) as made:
        yield made


def files(*numbers: int) -> Files:
    return [("image", (f"{number}.png", picture(number))) for number in numbers]


def code_of(answer: Any) -> tuple[int, str]:
    """The status and the code of a problem."""
    assert answer.headers["content-type"] == MEDIA_TYPE
    return answer.status_code, answer.json()["code"]


def test_from_a_picture_to_a_label(client: TestClient) -> None:
    assert client.post("/v1/desk/tasks", files=files(1)).json() == {"added": [1], "known": 0, "refused": []}
    task = client.post("/v1/desk/next", json=ANNA).json()
    assert Reading.from_dict(task.pop("reading")) == reading(VIN, 0.5)
    expected = {
        "id": 1,
        "image": "1.png",
        "state": "open",
        "width": 200,
        "height": 60,
        "looks": 1,
        "answers": [],
        "vin": None,
        "leased_by": "anna",
        "leased_until": "2026-11-30T12:10:00Z",
        "added_at": "2026-11-30T12:00:00Z",
        "expires_at": None,
        "picture": "/v1/desk/tasks/1/picture",
    }
    assert task == expected
    shown = client.get(task["picture"])
    assert (shown.content, shown.headers["content-type"]) == (picture(1), "image/png")
    assert shown.headers["cache-control"] == "private, no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    settled = client.post("/v1/desk/tasks/1/answer", json=SAID).json()
    del settled["reading"]
    answer = {"reviewer": "anna", "verdict": "read", "vin": VIN, "at": "2026-11-30T12:00:00Z"}
    done = {"state": "settled", "vin": VIN, "answers": [answer], "leased_by": None, "leased_until": None}
    assert settled == expected | done
    assert client.post("/v1/desk/next", json=ANNA).status_code == 204
    assert client.get("/v1/desk").json() == {
        "open": 0,
        "leased": 0,
        "settled": 1,
        "unreadable": 0,
        "disputed": 0,
        "reviewers": {"anna": 1},
    }
    labels = client.get("/v1/desk/labels.csv")
    assert labels.headers["content-type"] == "text/csv; charset=utf-8"
    assert labels.headers["content-disposition"] == 'attachment; filename="labels.csv"'
    assert labels.text.splitlines()[1].startswith(f"images/000001-1.png,{VIN},,")


@pytest.mark.parametrize(("form", "table"), [("csv", "labels.csv"), ("doctr", "labels.json")])
def test_a_zip_file_of_labels(form: str, table: str, client: TestClient, store: Store) -> None:
    assert client.get("/v1/desk/export.zip").status_code == 200  # of no labels
    store.answer(store.add(new()), "anna", "read", VIN)
    answer = client.get("/v1/desk/export.zip", params={"form": form})
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["images/000001-0.png", table]
    assert client.get("/v1/desk/export.zip").content != answer.content or form == "csv"
    assert client.get("/v1/desk/export.zip", params={"form": "xml"}).status_code == 422


def test_pictures_that_are_known_and_that_are_none(client: TestClient, store: Store) -> None:
    store.add(new(1, expires_at=NOON))
    sent = [
        *files(1, 2, 2),
        ("image", ("a.txt", b"hello")),
        ("image", ("fails.png", picture(3))),
        ("image", ("x.png", picture(4)[:90])),
    ]
    answer = client.post("/v1/desk/tasks", params={"looks": 2}, files=sent).json()
    assert (answer["added"], answer["known"]) == ([2], 2)
    assert [(one["image"], one["code"]) for one in answer["refused"]] == [
        ("a.txt", "not-a-picture"),
        ("fails.png", "broken-picture"),
        ("x.png", "broken-picture"),
    ]
    assert "it is not a picture" in answer["refused"][0]["detail"]
    tasks = client.get("/v1/desk/tasks").json()
    assert [(task["looks"], task["expires_at"]) for task in tasks] == [(1, None), (2, None)]  # both stay


def test_a_service_that_is_busy_says_so_and_keeps_what_it_has(client: TestClient, store: Store) -> None:
    sent = [*files(1), ("image", ("busy.png", picture(2))), *files(3)]
    answer = client.post("/v1/desk/tasks", files=sent)
    assert code_of(answer) == (429, "queue-full")
    assert answer.headers["retry-after"] == "1"
    assert [task.image for task in store.tasks()] == ["1.png"]
    assert client.post("/v1/desk/tasks", files=files(1, 2, 3)).json()["known"] == 1


def test_a_request_without_a_picture(client: TestClient) -> None:
    assert code_of(client.post("/v1/desk/tasks", files={"looks": (None, b"2")})) == (400, "empty")
    assert client.post("/v1/desk/tasks", params={"looks": 10}, files=files(1)).status_code == 422


@pytest.mark.parametrize("route", ["next", "tasks/1/lease", "tasks/1/release", "tasks/1/answer"])
def test_who_asks_must_be_said(route: str, client: TestClient, store: Store) -> None:
    store.add(new())
    for name in (None, "", "  ", 65 * "a", "a\nb", "a\x00", "\u202e"):
        body = {"reviewer": name, "verdict": "unreadable"}
        assert code_of(client.post(f"/v1/desk/{route}", json=body)) == (400, "bad-request")
    if route != "tasks/1/answer":
        assert code_of(client.post(f"/v1/desk/{route}")) == (400, "bad-request")


def test_names_are_trimmed_and_written_in_one_way(client: TestClient, store: Store) -> None:
    store.add(new())
    body = {"reviewer": " Jose\u0301 ", "verdict": "unreadable"}
    assert client.post("/v1/desk/tasks/1/answer", json=body).json()["answers"][0]["reviewer"] == "José"
    assert len(client.get("/v1/desk/tasks", params={"answered_by": body["reviewer"]}).json()) == 1
    assert code_of(client.get("/v1/desk/tasks", params={"answered_by": "a\0"})) == (400, "bad-request")


def test_the_key_says_who_asks(client: TestClient, store: Store) -> None:
    store.add(new())
    task = client.post("/v1/desk/next", json=BEA, headers={"key-of": "anna"}).json()
    assert task["leased_by"] == "anna"
    assert client.post("/v1/desk/next", headers={"key-of": "anna"}).json()["id"] == 1  # without a body
    client.post("/v1/desk/tasks/1/answer", json=SAID | BEA, headers={"key-of": "anna"})
    assert store.task(1).answers[0].reviewer == "anna"


def test_two_clerks(client: TestClient, store: Store, clock: Clock) -> None:
    store.add(new(1))
    assert client.post("/v1/desk/next", json=ANNA).json()["id"] == 1
    assert client.post("/v1/desk/next", json=BEA).status_code == 204
    refused = client.post("/v1/desk/tasks/1/lease", json=BEA)
    assert code_of(refused) == (409, "taken")
    assert refused.json()["detail"] == "anna has it until 12:10:00 UTC"
    assert code_of(client.post("/v1/desk/tasks/1/answer", json=SAID | BEA)) == (409, "taken")
    assert client.post("/v1/desk/tasks/1/release", json=ANNA).json()["leased_by"] is None
    assert client.post("/v1/desk/tasks/1/lease", json=BEA).json()["leased_by"] == "bea"
    clock.go(11)
    assert client.post("/v1/desk/tasks/1/answer", json=SAID | BEA | {"verdict": "skip", "vin": None}).status_code == 200
    assert client.post("/v1/desk/next", json=BEA).json()["id"] == 1  # there is nothing else


def test_answers_are_hidden_until_they_settle_a_task(client: TestClient, store: Store) -> None:
    store.add(new(1, looks=2))
    client.post("/v1/desk/tasks/1/answer", json=SAID)

    def seen(**query: str) -> list[list[str]]:
        one = client.get("/v1/desk/tasks/1", params=query).json()
        (listed,) = client.get("/v1/desk/tasks", params=query).json()
        return [[answer["reviewer"] for answer in task["answers"]] for task in (one, listed)]

    assert seen() == [[], []]
    assert seen(reviewer="anna") == [["anna"], ["anna"]]
    assert seen(reviewer="bea") == [[], []]
    assert client.post("/v1/desk/next", json=BEA).json()["answers"] == []
    client.post("/v1/desk/tasks/1/answer", json=SAID | BEA)
    assert seen() == [["anna", "bea"], ["anna", "bea"]]


def test_history_and_a_second_thought(client: TestClient, store: Store) -> None:
    for number in range(3):
        store.add(new(number))
        client.post(f"/v1/desk/tasks/{number + 1}/answer", json=SAID | {"vin": OTHER})
    listed = client.get("/v1/desk/tasks", params={"answered_by": "anna", "limit": 2}).json()
    assert [task["id"] for task in listed] == [3, 2]
    more = client.get("/v1/desk/tasks", params={"answered_by": "anna", "after": 2}).json()
    assert [task["id"] for task in more] == [1]
    assert client.get("/v1/desk/tasks", params={"state": "open"}).json() == []
    assert client.post("/v1/desk/tasks/2/lease", json=ANNA).json()["state"] == "settled"
    assert client.post("/v1/desk/tasks/2/answer", json=SAID).json()["vin"] == VIN


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"vin": VIN[:-1]}, "VIN: got 16 characters in '1HGCM82633A00435', expected 17"),
        ({"vin": "O" + VIN[1:]}, "VIN: got 'O' at position 1"),
        ({"vin": None}, "VIN: got 0 characters"),
        ({"verdict": "unreadable"}, "with the verdict 'unreadable', expected none"),
    ],
)
def test_what_is_no_vin(more: dict[str, Any], said: str, client: TestClient, store: Store) -> None:
    store.add(new())
    answer = client.post("/v1/desk/tasks/1/answer", json=SAID | more)
    assert code_of(answer) == (400, "bad-request")
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("more", [{"verdict": "maybe"}, {"vin": 17}, {"vin": 100_000 * "-"}, {"reviewer": 300 * "a"}])
def test_bodies_that_are_not_as_described(more: dict[str, Any], client: TestClient, store: Store) -> None:
    store.add(new())
    assert client.post("/v1/desk/tasks/1/answer", json=SAID | more).status_code == 422


def test_there_is_no_such_task(client: TestClient) -> None:
    for method, route in (
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/picture"),
        ("POST", "/lease"),
        ("POST", "/release"),
        ("POST", "/answer"),
    ):
        for number in (1, 2**63 - 1):
            body = {"json": SAID} if method == "POST" else {}
            answer = client.request(method, f"/v1/desk/tasks/{number}{route}", **body)
            assert code_of(answer) == (404, "not-found")
        assert client.request(method, f"/v1/desk/tasks/{2**63}{route}", **body).status_code == 422
        assert client.request(method, f"/v1/desk/tasks/0{route}", **body).status_code == 422


def test_a_picture_is_deleted(client: TestClient, store: Store) -> None:
    store.add(new())
    answer = client.delete("/v1/desk/tasks/1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert store.tasks() == []


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        (".jpg", "image/jpeg"),
        (".png", "image/png"),
        (".webp", "image/webp"),
        (".bmp", "image/bmp"),
        (".tif", "image/jpeg"),
    ],
)
def test_a_picture_is_shown_as_browsers_can(ending: str, media_type: str, client: TestClient, store: Store) -> None:
    store.add(new(data=picture(5, ending)))
    answer = client.get("/v1/desk/tasks/1/picture")
    assert answer.headers["content-type"] == media_type
    assert (answer.content == picture(5, ending)) == (ending != ".tif")
    assert load(answer.content).shape == (60, 200)


def test_a_store_that_cannot_be_used_is_a_problem(client: TestClient, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE answers")
    assert code_of(client.get("/v1/desk")) == (503, "not-ready")


def test_the_store_is_never_asked_on_the_event_loop(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop of the client's app runs in one thread; whatever the store is asked for is asked in others."""
    asked: set[int] = set()
    for name in ("find", "add", "next", "lease", "release", "answer", "tasks", "task", "picture", "counts", "remove"):
        method: Callable[..., Any] = getattr(Store, name)

        def noted(*args: Any, method: Callable[..., Any] = method, **how: Any) -> Any:
            asked.add(threading.get_ident())
            return method(*args, **how)

        monkeypatch.setattr(Store, name, noted)
    loop: list[int] = []

    @client.app.get("/loop")  # type: ignore[attr-defined, untyped-decorator]
    async def where() -> None:
        loop.append(threading.get_ident())

    client.get("/loop")
    client.post("/v1/desk/tasks", files=files(1))
    for route, body in (("next", ANNA), ("tasks/1/lease", ANNA), ("tasks/1/release", ANNA), ("tasks/1/answer", SAID)):
        assert client.post(f"/v1/desk/{route}", json=body).status_code == 200
    for route in ("", "/tasks", "/tasks/1", "/tasks/1/picture", "/labels.csv", "/export.zip"):
        assert client.get(f"/v1/desk{route}").status_code == 200
    assert client.delete("/v1/desk/tasks/1").status_code == 204
    assert asked
    assert not asked & set(loop)


def test_openapi_describes_it_all(client: TestClient, store: Store) -> None:
    made = client.get("/openapi.json").json()
    operations = [(path, method, one) for path, item in made["paths"].items() for method, one in item.items()]
    assert len(operations) == 12
    for path, method, one in operations:
        assert one["summary"], path
        assert "422" not in one["responses"], path  # a problem is said by 400
        assert {"400", "401", "503", "default"} <= one["responses"].keys(), path
        good = next(answer for status, answer in one["responses"].items() if status.startswith("2"))
        assert "content" in good or method == "delete", path
    parts = made["components"]["schemas"]
    for name in ("TaskModel", "VerdictModel", "ReviewerModel", "AddedModel", "CountsModel"):
        assert parts[name]["examples"]
    assert parts["TaskModel"]["properties"]["reading"]["$ref"] == "#/components/schemas/ReadingModel"
    store.add(new())
    for name, example in (
        ("TaskModel", client.post("/v1/desk/next", json=ANNA).json()),
        ("CountsModel", client.get("/v1/desk").json()),
        ("AddedModel", client.post("/v1/desk/tasks", files=files(0, 1)).json()),
        ("CountsModel", parts["CountsModel"]["examples"][0]),
        ("AddedModel", parts["AddedModel"]["examples"][0]),
        ("VerdictModel", parts["VerdictModel"]["examples"][0]),
    ):
        jsonschema.validate(example, {"$ref": f"#/components/schemas/{name}", "components": {"schemas": parts}})


def test_this_is_the_contract(client: TestClient) -> None:
    """The routes, as they are promised."""
    made = client.get("/openapi.json").json()["paths"]
    assert {(method.upper(), path) for path, item in made.items() for method in item} == {
        ("GET", "/v1/desk"),
        ("POST", "/v1/desk/tasks"),
        ("POST", "/v1/desk/next"),
        ("POST", "/v1/desk/tasks/{id}/lease"),
        ("POST", "/v1/desk/tasks/{id}/release"),
        ("POST", "/v1/desk/tasks/{id}/answer"),
        ("GET", "/v1/desk/tasks"),
        ("GET", "/v1/desk/tasks/{id}"),
        ("GET", "/v1/desk/tasks/{id}/picture"),
        ("GET", "/v1/desk/labels.csv"),
        ("GET", "/v1/desk/export.zip"),
        ("DELETE", "/v1/desk/tasks/{id}"),
    }
