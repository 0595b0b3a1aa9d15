"""The routing corpus: what a person expects of the public tree, row by row (corpus.csv)."""

import pytest

from routing.rules import choose_office
from routing.snapshot import Directory
from tests.routing.corpus import Row, marked, question, rows

ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=[f"{n}: {row.shows}" for n, row in enumerate(ROWS, 2)])
def test_report_goes_where_the_corpus_says_and_for_its_reasons(
    row: Row, country: Directory
) -> None:
    decision = choose_office(question(row.asked, row.at), marked(country, row.marks))
    said = {one.rule for one in decision.reasons}
    assert decision.office_code == row.office
    assert row.rules <= said
    assert not row.absent & said
    assert set(decision.candidates) == row.candidates


def test_corpus_is_large_and_every_row_says_what_it_shows() -> None:
    assert len(ROWS) >= 200
    assert all(row.shows for row in ROWS)
    cases = {(row.asked, row.marks, row.at) for row in ROWS}
    assert len(cases) == len(ROWS)
