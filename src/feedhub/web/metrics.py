"""Figures in the Prometheus text format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from feedhub.flow.figures import Figure

__all__ = ["answers_text", "figures_text"]


class _Made(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Give the figures once."""
        return self._families

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand: what there is shows when it is asked for."""
        return ()


def figures_text(figures: Iterable[Figure]) -> str:
    """Return a hub's figures and those of its process."""
    registry = CollectorRegistry()
    registry.register(_Made(_gauge(figure) for figure in figures))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry).decode("utf-8")


def _gauge(figure: Figure) -> Metric:
    labels = [figure.label] if figure.label else []
    family = GaugeMetricFamily(f"feedhub_{figure.name}", figure.means, labels=labels)
    for value, number in sorted(figure.values.items()):
        family.add_metric([value] if labels else [], number)
    return family


def answers_text(answers: Mapping[tuple[str, int], int], bytes_sent: int) -> str:
    """Return what a server answered, by method and status, and how much it sent."""
    answered = CounterMetricFamily(
        "feedhub_http_answers", "Answers given.", labels=["method", "status"]
    )
    for (method, status), count in sorted(answers.items()):
        answered.add_metric([method, str(status)], count)
    sent = CounterMetricFamily("feedhub_http_sent_bytes", "Bytes of content sent.")
    sent.add_metric([], bytes_sent)
    registry = CollectorRegistry()
    registry.register(_Made([answered, sent]))
    return generate_latest(registry).decode("utf-8")
