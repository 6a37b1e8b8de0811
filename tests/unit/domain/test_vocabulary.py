"""Records decide what is labour and what is won; words do where no record says it."""

from __future__ import annotations

import pytest

from app.domain.sale_records import Opportunity, Product
from app.domain.vocabulary import is_labour, is_won


@pytest.mark.parametrize(
    ("line", "labour"),
    [
        pytest.param(Product(description="HP DesignJet T650"), False, id="word-inside-a-word"),
        pytest.param(Product(description="Design of the network"), True, id="whole-word"),
        pytest.param(Product(description="Server-Neuinstallation"), True, id="german-compound"),
        pytest.param(Product(description="PS-100", product_class="Service"), True, id="class-service"),
    ],
)
def test_a_line_is_labour_by_its_class_or_by_whole_words(line: Product, *, labour: bool) -> None:
    assert is_labour(line) is labour


@pytest.mark.parametrize(
    ("opportunity", "won"),
    [
        pytest.param(None, False, id="none"),
        pytest.param(Opportunity(stage="5. Closed Won"), True, id="stage"),
        pytest.param(Opportunity(stage="Not won"), False, id="negated-stage"),
        pytest.param(Opportunity(stage="Prospect", won=True), True, id="flag-over-stage"),
        pytest.param(Opportunity(stage="Won", won=False), False, id="flag-not-won"),
        pytest.param(Opportunity(stage="Won", lost=True), False, id="flag-lost"),
    ],
)
def test_a_sale_is_won_by_the_flags_of_its_status_before_the_name_of_its_stage(
    opportunity: Opportunity | None, *, won: bool
) -> None:
    assert is_won(opportunity) is won
