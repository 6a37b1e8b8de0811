"""Progress invoices of dated payments, on a person's word only (brief field `payment_form`: progress).

Source: API schema Invoice (2026.11). The rules of ConnectWise for invoices of type Progress are not public: each step is
optional, is read back, and where it is refused a person creates the invoice. Undo leaves invoices to a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.planning.amounts import number
from app.planning.blockers import reference
from app.planning.brief.model import Payment
from app.planning.manual_actions import manual_action, sentence
from app.planning.model import Look, Step, StepKind
from app.planning.paths import INVOICES
from app.planning.project_payload import ProjectInputs
from app.planning.texts import cut, mark, plain
from app.planning.working_days import day


def progress_steps(job: ProjectInputs) -> Iterator[Step]:
    """One invoice for each payment with a day; a payment at an event is created by a person when that happens."""
    brief = job.brief
    if brief.payment_form.value != "progress" or not brief.payment_form.by or brief.fee.value is None or job.joins:
        return
    for count, payment in enumerate(brief.payments.value or (), 1):
        if payment.due is not None:
            yield _invoice(count, payment, job)


def _invoice(count: int, payment: Payment, job: ProjectInputs) -> Step:
    invoice_mark = f"{mark(job.decision_id)}, payment {count}"
    amount = number(payment.amount)
    due = day(payment.due) if payment.due else ""
    body = {
        "type": "Progress", "company": reference(job.ticket.company), "applyToType": "Project", "applyToId": job.reference,
        "serviceTotal": amount, "date": due, "reference": cut(payment.label, 50), "internalNotes": invoice_mark,
    }  # fmt: skip
    by_hand = manual_action("progress-invoices", names=(f"{payment.label}: {payment.amount:,.2f}",))
    look = Look(INVOICES, 'applyToType="Project" and applyToId={project.id}', contains={"internalNotes": invoice_mark})
    return Step(
        f"progress-{count}", StepKind.CREATE, f"Create the progress invoice “{plain(payment.label)}”", "POST", INVOICES,
        body=body, look=look, expect={"total": amount, "type": "Progress"}, optional=True,
        fallback=sentence(by_hand, job.chart.note_language),
    )  # fmt: skip
