"""A body outside the ministry never owns a case: nobody of ours would see it again."""

import pytest
from sqlalchemy import update

from cases.above import office_above
from cases.errors import CaseRefused, HandoverRefused
from cases.sending import send_to_candidate
from core.database import reading, transaction
from core.runtime import Runtime
from routing.models import Office
from tests.cases.hand_over_people import (
    NOW,
    accepted,
    approved,
    asked,
    file_of,
    handover,
    head,
    opened,
    operator,
    status_of,
    taken,
    to_office,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
PARTNER, DISTRICT, AGENCY = "DLA", "DOLE-9209", "DOLE-92"


def made_partner(code: str) -> None:
    """An office is found to stand outside the ministry."""
    with transaction() as session:
        session.execute(update(Office).where(Office.code == code).values(type="partner"))


def test_a_case_is_not_sent_to_a_partner_though_the_place_fits_it(runtime: Runtime) -> None:
    desk = operator("HQ")
    case_id = opened("HQ", candidates=(PARTNER,))
    with pytest.raises(CaseRefused, match="partner"), transaction() as session:
        send_to_candidate(session, case_id, PARTNER, viewer=desk, now=NOW)
    assert (file_of(case_id).assignment.office_code, status_of(case_id)) == ("HQ", "received")
    assert file_of(case_id).assignment.candidates == [PARTNER]


def test_a_case_is_not_handed_to_a_partner(runtime: Runtime) -> None:
    asker = operator("HQ")
    case_id = taken(asker, "HQ")
    with pytest.raises(HandoverRefused, match="partner"):
        asked(case_id, to_office(PARTNER), asker)
    assert status_of(case_id) == "acknowledged"


def test_nobody_takes_a_case_on_for_an_office_that_became_a_partner(
    own_runtime: Runtime,
) -> None:
    asker, boss, below = operator(AGENCY), head(AGENCY), operator(DISTRICT)
    case_id = taken(asker, AGENCY)
    one = asked(case_id, to_office(DISTRICT), asker)
    approved(one, boss)
    made_partner(DISTRICT)
    with pytest.raises(HandoverRefused, match="partner"):
        accepted(one, below)
    assert handover(one).state == "offered"
    assert file_of(case_id).assignment.office_code == AGENCY


def test_what_climbs_passes_a_partner_by(own_runtime: Runtime) -> None:
    with reading() as session:
        assert office_above(session, DISTRICT) == AGENCY
    made_partner(AGENCY)
    with reading() as session:
        assert office_above(session, DISTRICT) == "DOLE"
