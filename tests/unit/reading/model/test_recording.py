"""Requests as single files and answers as one batch file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.chart import shipped_chart
from app.chart.model_request import model_request
from app.reading.model.batch import parse_answers
from tests.recording.__main__ import main
from tests.support.tickets import ticket_record


def test_each_request_is_a_text_and_each_answer_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    requests = [model_request(ticket_record(text), shipped_chart()) for text in ("Paper jam", "Mouse broken")]
    (tmp_path / "requests.jsonl").write_text(
        "".join(f"{each.to_batch_line()}\n" for each in requests), encoding="utf-8"
    )
    folder, answers = tmp_path / "folder", tmp_path / "answers.jsonl"

    assert main(["split", str(tmp_path / "requests.jsonl"), str(folder)]) == 0
    (folder / f"{requests[0].key}.answer.json").write_text('{"rows": {}}', encoding="utf-8")

    assert "Paper jam" in (folder / f"{requests[0].key}.request.txt").read_text(encoding="utf-8")
    assert main(["join", str(folder), str(answers)]) == 1
    assert "1 answers" in capsys.readouterr().out
    found = parse_answers(answers.read_text(encoding="utf-8").splitlines())
    assert found.by_key[requests[0].key]["choices"][0]["message"]["content"] == '{"rows": {}}'
    assert main([]) == 2
