"""The chart in use: loaded at start, reloaded when its file changes, the last valid one kept on errors."""

from __future__ import annotations

from pathlib import Path

import structlog

from app.chart import Chart, ChartError, load_chart, shipped_chart

log = structlog.get_logger()


class ChartProvider:
    """Holds the operator's chart. At start an invalid chart raises ChartError; later the previous one stays."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._loaded = _fingerprint(path)
        self._chart = load_chart(path) if path else shipped_chart()
        _warn_of_renamed_keys(self._chart)
        self.mistakes: ChartError | None = None
        """Why the present file is not in use; None while it is."""

    def current(self) -> Chart:
        """The chart in use; a changed file is loaded first."""
        fingerprint = _fingerprint(self._path)
        if self._path is not None and fingerprint != self._loaded:
            self._loaded = fingerprint
            self._reload(self._path)
        return self._chart

    def _reload(self, path: Path) -> None:
        try:
            self._chart = load_chart(path)
        except ChartError as mistakes:
            self.mistakes = mistakes
            log.error("chart.invalid", problems=len(mistakes.problems), hint="miniprojects chart check")
        else:
            self.mistakes = None
            _warn_of_renamed_keys(self._chart)
            log.info("chart.loaded", version=self._chart.stamp.version, sha256=self._chart.stamp.sha256)


def _warn_of_renamed_keys(chart: Chart) -> None:
    for key in chart.renamed_keys:
        log.warning("chart.renamed-key", line=key.line, key=key.path, new_name=key.new, hint=str(key))


def _fingerprint(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
