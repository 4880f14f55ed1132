"""What an operator's monitoring reads: every line is of the Prometheus text format."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from tests.flow.stocked import add, configured, opened

from feedhub.app import App
from feedhub.clock import SystemClock
from feedhub.web.hub import HubPages
from feedhub.web.shield import Traffic


def test_the_figures_of_a_hub_are_read_by_a_parser(tmp_path: Path) -> None:
    settings = configured(tmp_path, '[mail]\nsender = "a@hub.example"\n')
    settings.data_dir.mkdir(exist_ok=True)
    store = opened(settings)
    add(store, range(1, 4))
    store.close()
    app = App(settings, SystemClock())
    app.alarms.tell("disk", "the disk is full")
    try:
        text = HubPages(app).metrics_text()
    finally:
        app.close()
    families = {one.name: one for one in text_string_to_metric_families(text)}
    value = {name: one.samples[0].value for name, one in families.items() if one.samples}
    assert value["feedhub_entries"] == 3
    assert value["feedhub_sources"] == 1
    assert value["feedhub_unpublished"] == 3
    assert value["feedhub_alarms"] == 1
    assert value["feedhub_fleet_processes"] == 0
    assert value["feedhub_seconds_overdue"] > 0
    assert value["feedhub_database_bytes"] > 100_000
    assert value["feedhub_free_bytes"] > 0
    assert value["process_resident_memory_bytes"] > 1_000_000
    ours = [one for name, one in families.items() if name.startswith("feedhub_")]
    assert all(one.documentation.endswith(".") for one in ours)


def test_answers_are_counted_by_method_and_status() -> None:
    traffic = Traffic()
    traffic.answers["GET", 200] += 2
    traffic.bytes_sent = 9
    families = {one.name: one for one in text_string_to_metric_families(traffic.text())}
    (answered,) = families["feedhub_http_answers"].samples
    assert (answered.name, answered.value) == ("feedhub_http_answers_total", 2)
    assert answered.labels == {"method": "GET", "status": "200"}
    assert families["feedhub_http_sent_bytes"].samples[0].value == 9
