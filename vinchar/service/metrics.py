"""What the service counts of itself, in the form of Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


class Metrics:
    """Counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "vinchar_requests", "Requests answered", ("method", "route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "vinchar_request_seconds",
            "From a request to its answer",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self.readings = Counter("vinchar_readings", "Pictures read", ("status",), registry=self._registry)
        self.problems = Counter("vinchar_problems", "Requests refused", ("code",), registry=self._registry)

    def watch(self, name: str, told: str, value: Callable[[], float]) -> None:
        """Let ``value`` be asked whenever somebody looks."""
        gauge = Gauge(f"vinchar_{name}", told, registry=self._registry)
        gauge.set_function(value)

    def text(self) -> bytes:
        """Return all of it, in the text form of Prometheus."""
        return generate_latest(self._registry)
