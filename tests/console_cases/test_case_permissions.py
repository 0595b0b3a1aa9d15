"""The permission table, cell by cell over HTTP: list, count, page, number, note, acknowledgement.

Each cell has a case of its own in a state of its own; what the table of permissions.yaml grants is
what the pages do, and a refusal cannot be told from a case that does not exist.
"""

import re
from collections.abc import Callable

import pytest

from agents.models import StaffRole
from agents.permissions import Grant, grant
from agents.roles import ROLES
from cases.reference import new_reference
from cases.taking import take_part
from core import clock
from core.database import transaction
from tests.console_cases.people import Desk, Made, opened_case

# The person's office for each relation to a case of ESA-9202.
OFFICES = {
    "own": "ESA-9202",
    "descendant": "OBEC",
    "sibling": "ESA-9201",
    "unrelated": "DOLE-4001",
    "assigned": "DOLE-4001",
    "excluded": "ESA-9202",
}
CELLS = [(role, relation) for role in ROLES for relation in OFFICES]
REASON = "ต้องโทรถามที่อยู่ให้ชัดเจน"
FORMS = {
    "case.acknowledge": ("acknowledge", {}),
    "identity.reveal": ("number", {"reason": REASON}),
    "note.write": ("notes", {"text": "โทรแล้ว", "visibility": "this_office"}),
}
PATHS = (
    *("", "/acknowledge", "/number", "/notes", "/notes/draft", "/reason", "/take-on", "/always"),
    *("/begin", "/send", "/report", "/close", "/reopen", "/not-a-case", "/handovers"),
    *("/conflict", "/refer", "/unreachable", "/duplicate", "/not-ours", "/correct"),
)
OPEN = re.compile(r'id="tab-open".*?<span class="count[^"]*">(\d+)', re.DOTALL)
SEEN = {200, 303}

Hire = Callable[..., Desk]


def expected(role: str, action: str, relation: str) -> Grant:
    if relation == "excluded":
        return Grant.DENY
    held = [grant(role, action, relation)]
    if relation == "assigned":
        held.append(grant(role, action, "unrelated"))
    return max(held)


def made_for(desk: Desk, relation: str) -> Made:
    excluded = OFFICES["excluded"] if relation == "excluded" else None
    made = opened_case(office="OBEC" if relation == "excluded" else "ESA-9202", excluded=excluded)
    if relation in ("assigned", "excluded"):
        with transaction() as session:
            take_part(session, made.case_id, desk.viewer.staff_id, now=clock.now())
    return made


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_list_and_count_show_what_the_table_grants(role: str, relation: str, desk_of: Hire) -> None:
    desk = desk_of((role, OFFICES[relation]))
    made = made_for(desk, relation)
    page = desk.get("/cases?waiting=open")
    html = page.get_data(as_text=True)
    is_granted = expected(role, "case.list", relation) > Grant.DENY
    assert (made.reference in html) == is_granted
    if page.status_code == 200:
        [count] = OPEN.findall(html)
        assert count == str(int(is_granted))
    rows = desk.get("/cases/rows?waiting=open").get_data(as_text=True)
    assert (made.reference in rows) == is_granted


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_the_page_opens_for_whom_the_table_grants_it(
    role: str, relation: str, desk_of: Hire
) -> None:
    desk = desk_of((role, OFFICES[relation]))
    page = desk.get(f"/cases/{made_for(desk, relation).reference}")
    granted = expected(role, "case.view", relation)
    assert page.status_code == (404 if granted is Grant.DENY else 200)
    has_story = "sub_v" in page.get_data(as_text=True) or 'id="pressed"' in page.get_data(True)
    assert has_story == (granted not in (Grant.DENY, Grant.MASKED_REASON))


@pytest.mark.parametrize("action", FORMS)
@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_a_form_works_for_whom_the_table_grants_it(
    role: str, relation: str, action: str, desk_of: Hire
) -> None:
    desk = desk_of((role, OFFICES[relation]))
    made = made_for(desk, relation)
    path, form = FORMS[action]
    answer = desk.post(f"/cases/{made.reference}/{path}", **form)
    granted = expected(role, action, relation) > Grant.DENY
    assert (answer.status_code in SEEN) == granted
    if not granted:
        assert answer.status_code == 404


@pytest.mark.parametrize("relation", ["sibling", "unrelated", "excluded"])
def test_a_denied_case_answers_like_one_that_does_not_exist(relation: str, desk_of: Hire) -> None:
    desk = desk_of(("head_operator", OFFICES[relation]))
    made, unknown = made_for(desk, relation), new_reference()
    for path in PATHS:
        send = desk.post if path else desk.get
        denied = send(f"/cases/{made.reference}{path}")
        missing = send(f"/cases/{unknown}{path}")
        assert denied.status_code == missing.status_code == 404, path
        same = denied.get_data(as_text=True).replace(made.reference, unknown)
        assert same == missing.get_data(as_text=True), path


def test_one_role_elsewhere_does_not_let_an_excluded_person_in(desk_of: Hire) -> None:
    desk = desk_of(("head_operator", "OBEC"), ("action_officer", "ESA-9202"))
    made = opened_case(office="OBEC", excluded="ESA-9202")
    assert desk.get(f"/cases/{made.reference}").status_code == 404
    assert made.reference not in desk.get("/cases?waiting=open").get_data(as_text=True)


def test_an_auditor_sees_a_case_after_giving_a_reason(desk_of: Hire) -> None:
    desk = desk_of(("auditor", "HQ"))
    made = opened_case()
    asked = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert 'id="pressed"' not in asked
    assert desk.post(f"/cases/{made.reference}/reason", reason="x").status_code == 400
    assert desk.post(f"/cases/{made.reference}/reason", reason=REASON).status_code == 303
    opened = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert 'id="pressed"' in opened
    assert REASON in opened


def test_who_loses_the_role_loses_the_case_at_the_next_request(desk_of: Hire) -> None:
    desk = desk_of(("operator", "ESA-9202"))
    made = opened_case()
    assert desk.get(f"/cases/{made.reference}").status_code == 200
    with transaction() as session:
        role = session.get_one(StaffRole, (desk.viewer.staff_id, "ESA-9202", "operator"))
        session.delete(role)
    assert desk.get(f"/cases/{made.reference}").status_code == 404
