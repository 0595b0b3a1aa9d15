"""A report from outside the ministry at the desk: the partner is told, and never owns the case."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from calls.models import Callback
from cases.models import Assignment
from core.database import reading, transaction
from tests.console_cases.handing import REASON, taken_case
from tests.console_cases.people import Desk, Made, opened_case, owed_callback

PARTNER = "DLA"
WHY = "หน่วยงานนี้อยู่นอกกระทรวง"
Hire = Callable[..., Desk]


def from_a_municipal_school(*candidates: str) -> Made:
    """A case that the desk holds, with whom the place fits."""
    made = opened_case(office="HQ", answers={"affiliation": "local"})
    with transaction() as session:
        change = update(Assignment).where(Assignment.case_id == made.case_id)
        session.execute(change.values(candidates=list(candidates)))
    return made


def lead_of(made: Made) -> str:
    lead = select(Assignment.office_code).where(Assignment.case_id == made.case_id)
    with reading() as session:
        return session.scalars(lead.where(Assignment.is_lead)).one()


def test_the_page_offers_no_sending_to_a_partner(desk_of: Hire) -> None:
    desk = desk_of(("operator", "HQ"))
    made = from_a_municipal_school(PARTNER)
    page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    first = page.split('<div class="first-step">')[1].split("</div>")[0]
    assert f'action="/desk/cases/{made.reference}/acknowledge"' in first
    assert f"/cases/{made.reference}/send" not in page


def test_of_several_only_those_of_ours_are_offered(desk_of: Hire) -> None:
    desk = desk_of(("operator", "HQ"))
    made = from_a_municipal_school(PARTNER, "ESA-9202")
    page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert 'name="office_code" value="ESA-9202"' in page
    assert f'name="office_code" value="{PARTNER}"' not in page


@pytest.mark.parametrize(
    ("language", "words"), [("th", WHY), ("en", "This body is outside the ministry")]
)
def test_sending_to_a_partner_is_refused_and_nothing_goes_with_it(
    language: str, words: str, desk_of: Hire
) -> None:
    desk = desk_of(("operator", "HQ"), language=language)
    made = from_a_municipal_school(PARTNER)
    owed_callback(made, office="HQ")
    answer = desk.post(f"/cases/{made.reference}/send", office_code=PARTNER)
    assert (answer.status_code, words in answer.get_data(as_text=True)) == (400, True)
    assert lead_of(made) == "HQ"
    with reading() as session:
        owing = select(Callback.office_code).where(Callback.case_id == made.case_id)
        assert session.scalars(owing).all() == ["HQ"]


def test_handing_over_to_a_partner_is_refused_in_plain_words(desk_of: Hire) -> None:
    desk = desk_of(("operator", "HQ"))
    made = taken_case(desk.viewer, office="HQ")
    page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    receivers = page.split('action="/desk/cases/' + made.reference + '/handovers"')[1]
    assert f'<option value="{PARTNER}">' not in receivers.split("</form>")[0]
    form = {"kind": "office", "code": PARTNER, "reason": REASON}
    answer = desk.post(f"/cases/{made.reference}/handovers", **form)
    assert (answer.status_code, WHY in answer.get_data(as_text=True)) == (400, True)
    assert lead_of(made) == "HQ"
