"""British and American spelling are understood alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.reading
from app.domain.enums import Criterion, Outcome, PointsTo
from app.reading.phrases.grammar import shipped_phrases, word_lists
from app.reading.values.instalments import STAGE_LINE
from tests.support.tickets import decided, side

CODE = sorted(Path(app.reading.__path__[0]).rglob("*.py"))


def test_every_phrase_that_knows_instalments_knows_installments() -> None:
    for by_language in shipped_phrases().values():
        for phrases in by_language.values():
            for phrase in phrases:
                assert phrase.count("instalment") == phrase.count("installment"), phrase
    for words in word_lists().values():
        assert any(word.startswith("instalment") for word in words) == any(
            word.startswith("installment") for word in words
        )


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.stem)
def test_every_pattern_that_knows_instalments_knows_installments(path: Path) -> None:
    """A pattern writes `instal?lment`, or both spellings."""
    text = re.sub(r'"""[\s\S]*?"""|#.*|^(?:from|import) .*|import .*', "", path.read_text(encoding="utf-8"), flags=re.M)
    assert len(re.findall(r"(?<![\w.])instalments?(?![\w.(])", text)) == len(
        re.findall(r"(?<![\w.])installments?(?![\w.(])", text)
    )


@pytest.mark.parametrize("word", ["instalments", "installments"])
@pytest.mark.parametrize(
    "text",
    [
        "We accept the quote for the new switches, 9,000 pounds, paid in three {word}.",
        "Please go ahead with the office move as quoted. We will be billed in {word}, one after each floor.",
        "The offer of 12,000 is accepted, payable in {word} by phase.",
    ],
)
def test_a_job_paid_in_instalments_is_a_project_in_either_spelling(text: str, word: str) -> None:
    decision = decided(text.format(word=word))
    assert side(decision, Criterion.BILLING) is PointsTo.PROJECT
    assert decision.outcome is Outcome.PROJECT


@pytest.mark.parametrize("line", ["First instalment", "First installment", "Installment 2 of 3"])
def test_a_product_line_is_a_stage_payment_in_either_spelling(line: str) -> None:
    assert STAGE_LINE.search(line)
