"""What goes in and out at the desk's routes, as OpenAPI describes it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler

from vinchar.service.desk.tasks import MOST_LOOKS, State, Task, Verdict
from vinchar.service.schema import ReadingModel, Vin

_VIN = "1HGCM82633A004352"
_LONGEST = 256  # characters of a text that is checked for more than its length


class _AsReading:
    """Describes what is kept of a reading as a reading; it was checked when it was made, perhaps by another version."""

    @classmethod
    def __get_pydantic_json_schema__(cls, _: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(ReadingModel.__pydantic_core_schema__)


class ReviewerModel(BaseModel):
    """Who asks."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reviewer": "anna"}]})

    reviewer: Annotated[
        str | None,
        Field(
            max_length=_LONGEST,
            description="1 to 64 printable characters; passed over where the key names the reviewer.",
        ),
    ] = None


class VerdictModel(ReviewerModel):
    """What a reviewer says of a picture."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"reviewer": "anna", "verdict": "read", "vin": _VIN},
                {"reviewer": "anna", "verdict": "unreadable"},
            ]
        }
    )

    verdict: Annotated[
        Verdict, Field(description="`skip`: it comes again when there is nothing else to do for this reviewer.")
    ]
    vin: Annotated[
        str | None, Field(max_length=_LONGEST, description="17 characters, with the verdict `read`, else null.")
    ] = None


class AnswerModel(BaseModel):
    """What a reviewer said last."""

    reviewer: str
    verdict: Annotated[Verdict, Field(description="`read` or `unreadable`")]
    vin: Vin | None
    at: datetime


class TaskModel(BaseModel):
    """A picture to be labelled, what was read in it, and what people said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 12,
                    "image": "door.jpg",
                    "state": "settled",
                    "reading": {"schema": 1, "image": "door.jpg", "kind": "photo", "vin": _VIN, "status": "ok"},
                    "width": 4000,
                    "height": 3000,
                    "looks": 1,
                    "answers": [{"reviewer": "anna", "verdict": "read", "vin": _VIN, "at": "2026-11-30T12:00:00Z"}],
                    "vin": _VIN,
                    "leased_by": None,
                    "leased_until": None,
                    "added_at": "2026-11-30T11:00:00Z",
                    "expires_at": None,
                    "picture": "/v1/desk/tasks/12/picture",
                }
            ]
        }
    )

    id: int
    image: Annotated[str, Field(description="The name of the picture.")]
    state: State
    reading: Annotated[dict[str, Any], _AsReading]
    width: Annotated[int, Field(description="Of the upright picture, pixels.")]
    height: int
    looks: Annotated[
        int, Field(ge=1, le=MOST_LOOKS, description="So many equal answers of different reviewers settle it.")
    ]
    answers: Annotated[
        list[AnswerModel],
        Field(description="The last one of each reviewer; until the task is settled, your own alone."),
    ]
    vin: Annotated[Vin | None, Field(description="Once it is settled.")]
    leased_by: str | None
    leased_until: datetime | None
    added_at: datetime
    expires_at: Annotated[datetime | None, Field(description="When it is deleted; null: it stays.")]
    picture: Annotated[str, Field(description="Where the picture is, as a browser can show it, upright.")]


class AddedModel(BaseModel):
    """What became of the pictures that were sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "added": [12, 13],
                    "known": 1,
                    "refused": [{"image": "a.txt", "code": "not-a-picture", "detail": "it is not a picture"}],
                }
            ]
        }
    )

    added: Annotated[list[int], Field(description="The numbers of the new tasks.")]
    known: Annotated[int, Field(description="So many pictures were at the desk already.")]
    refused: list[RefusedModel]


class RefusedModel(BaseModel):
    """A picture that is not taken, and why."""

    image: str
    code: Annotated[str, Field(description="As of a problem.")]
    detail: str


class CountsModel(BaseModel):
    """How many tasks there are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "open": 80,
                    "leased": 2,
                    "settled": 29,
                    "unreadable": 2,
                    "disputed": 1,
                    "reviewers": {"anna": 31},
                }
            ]
        }
    )

    open: Annotated[int, Field(description="Those that are leased among them.")]
    leased: Annotated[int, Field(description="In whatever state, at this moment.")]
    settled: int
    unreadable: int
    disputed: Annotated[int, Field(description="Different answers, and no majority yet.")]
    reviewers: Annotated[dict[str, int], Field(description="How many tasks each has answered.")]


def task_model(task: Task, picture: str) -> TaskModel:
    """Return a task as JSON shows it; ``picture``: the path of the picture."""
    return TaskModel.model_validate(asdict(task) | {"picture": picture})
