"""The model-backed reader: one small invented ticket is sent to the endpoint and its answer is read."""

from __future__ import annotations

from app.chart import ChartError, shipped_chart
from app.chart.model_request import model_request
from app.doctor.model import CheckContext, Finding, fail, ok, skip, warn
from app.domain.enums import Criterion, PointsTo
from app.domain.ticket import TicketRecord
from app.model_endpoint import EndpointError, ModelEndpoint
from app.reading.model.answer import ModelReading, read_answer

_TICKET = TicketRecord.from_json({
    "summary": "Printer on floor 2",
    "initialDescription": "The printer on floor 2 is broken. It reports a paper jam and prints nothing.",
    "dateEntered": "2026-01-15T09:00:00Z",
})  # fmt: skip
_HINTS = {
    "refused": "Correct READER_API_KEY, or READER_AUTH (bearer or api-key).",
    "not-found": "Correct READER_URL (it ends before /chat/completions) or READER_MODEL.",
    "timeout": "Raise READER_TIMEOUT_SECONDS, or use a faster model.",
    "unreachable": "Start the server, or correct READER_URL.",
}
_OTHER = "Check the endpoint. Until it answers, the words decide alone."


async def check_reader(context: CheckContext) -> list[Finding]:
    """Nothing while the reader is off; else transport and one answer."""
    endpoint = context.endpoint
    if endpoint is None:
        return [skip("reader", "READER_URL is empty: the words decide alone, no text is sent to a model.")]
    return [_transport(endpoint), await _answer(endpoint, context)]


def _transport(endpoint: ModelEndpoint) -> Finding:
    config = endpoint.config
    if config.url.startswith("https://") or config.is_local:
        return ok("reader.transport", f"Ticket texts go to {config.shown}.")
    text = f"Ticket texts go to {config.shown} as plain http, which anyone on the way can read."
    return warn("reader.transport", text, "Use https, or a server on this machine.")


async def _answer(endpoint: ModelEndpoint, context: CheckContext) -> Finding:
    chart = shipped_chart() if isinstance(context.chart, ChartError) else context.chart
    request = model_request(_TICKET, chart, model=context.model)
    try:
        completion = await endpoint.complete(request.body)
    except EndpointError as error:
        return fail("reader", str(error), _HINTS.get(error.code, _OTHER))
    return _judged(read_answer(completion, request), context.model)


def _judged(reading: ModelReading, model: str) -> Finding:
    hint = "Choose a stronger model, or one that supports JSON Schema output."
    if not reading.usable:
        return fail("reader", reading.problem or "The model's answer quotes nothing of the ticket.", hint)
    money = next((row for row in reading.answer.rows if row.criterion is Criterion.FINANCE), None)
    if money is None or money.says is not PointsTo.SERVICE:
        return warn("reader", f"The model {model} answers, but does not read a printer fault as support work.", hint)
    return ok("reader", f"The model {model} answers and its quotes verify.")
