"""What reads here: the model, how the service is, and what it counts."""

from __future__ import annotations

from fastapi import APIRouter, Response

from vinchar import __version__
from vinchar.bundle import ModelError
from vinchar.quality import FAULTS
from vinchar.service.problems import Problem
from vinchar.service.reading_routes import HAS_BARCODES
from vinchar.service.schema import HintModel, LimitsModel, ModelModel, StateModel, problems
from vinchar.service.state import State


def model_routes(state: State) -> APIRouter:
    """Return the routes that tell of ``state`` and change its model."""
    routes = APIRouter()

    @routes.get("/v1/model", tags=["model"], summary="The model that reads", responses=problems("not-ready"))
    async def model() -> ModelModel:
        return _told(state)

    @routes.post(
        "/v1/model/reload",
        tags=["model"],
        summary="Read with the model as it is in its folder now",
        description="What is under way is read to its end with the one before. SIGHUP does the same.",
        responses=problems("key-required", "origin-refused", "model-error", "not-ready"),
    )
    async def reload() -> ModelModel:
        try:
            await state.load()
        except ModelError as error:
            raise Problem("model-error", f"the model stays as it was: {error}") from error
        return _told(state)

    @routes.get("/healthz", tags=["state"], summary="Whether the service runs")
    async def health() -> StateModel:
        return StateModel(status="ok")

    @routes.get("/readyz", tags=["state"], summary="Whether it can read", responses=problems("not-ready"))
    async def ready() -> StateModel:
        if not state.pool.can_read:
            raise Problem("not-ready", "none of its processes can be started any more; the log says why", 1.0)
        return StateModel(status="ready")

    @routes.get(
        "/metrics",
        tags=["state"],
        summary="Counts, for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems("key-required")},
    )
    def metrics() -> Response:
        return Response(state.metrics.text(), media_type="text/plain; version=1.0.0; charset=utf-8")

    return routes


def _told(state: State) -> ModelModel:
    bundle, able, settings = state.pool.bundle, state.pool.abilities, state.settings
    return ModelModel(
        version=able.version,
        recogniser=settings.reader.get("recogniser") or bundle.recogniser,
        thresholds={"ok": able.ok, "glyph": able.glyph},
        hints=[HintModel(name=fault.name, worse=1 if fault.worse > 0 else -1, threshold=fault.aim) for fault in FAULTS],
        files=bundle.description["sha256"],
        service=LimitsModel(
            version=__version__,
            key_required=bool(settings.keys),
            kept_days=settings.keep or None,
            max_bytes=settings.max_bytes,
            max_pixels=settings.max_pixels,
            barcodes=HAS_BARCODES,
            offline=state.offline is not None,
        ),
    )
