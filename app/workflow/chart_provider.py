"""The chart that decides now: read at start, read again when the file changes, the last good one kept on mistakes."""

from __future__ import annotations

from pathlib import Path

import structlog

from app.chart import Chart, ChartError, load_chart, shipped_chart

log = structlog.get_logger()


class ChartProvider:
    """Holds the operator's chart. At start a chart with mistakes is refused (ChartError); later the old one stays."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen = _fingerprint(path)
        self._chart = load_chart(path) if path else shipped_chart()
        _warn_of_renamed_keys(self._chart)
        self.mistakes: ChartError | None = None
        """Why the file as it stands now is not in use; None while it is."""

    def current(self) -> Chart:
        """The chart in use, after a look whether the file has changed."""
        fingerprint = _fingerprint(self._path)
        if self._path is not None and fingerprint != self._seen:
            self._seen = fingerprint
            self._reload(self._path)
        return self._chart

    def _reload(self, path: Path) -> None:
        try:
            self._chart = load_chart(path)
        except ChartError as mistakes:
            self.mistakes = mistakes
            log.error("chart.kept-last-good", problems=len(mistakes.problems), hint="miniprojects chart check")
        else:
            self.mistakes = None
            _warn_of_renamed_keys(self._chart)
            log.info("chart.in-use", version=self._chart.stamp.version, sha256=self._chart.stamp.sha256)


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
