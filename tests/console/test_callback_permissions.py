"""Role by relation over HTTP: who sees callbacks, who calls, who decides, who manages an office."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from agents.permissions import RELATIONS, Grant, grant
from agents.roles import ROLES
from cases.taking import take_part
from core import clock
from core.database import transaction
from tests.console.callback_people import Owed, operator, owed, undecided
from tests.console_cases.people import Desk

pytestmark = pytest.mark.usefixtures("friday")

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
MANAGED = {
    "own": "ESA-9202",
    "descendant": "OBEC",
    "ancestor": "HQ",
    "sibling": "ESA-9201",
    "unrelated": "DOLE-4001",
}
MISSING = 987_654
WORDS = {"choice": "no_call", "words": "ครูดูแลแล้ว"}


def granted(role: str, action: str, relation: str) -> bool:
    """What the table says; who has the case is unrelated to its office otherwise."""
    if relation == "excluded":
        return False
    held = [grant(role, action, relation)]
    if relation == "assigned":
        held.append(grant(role, action, "unrelated"))
    return max(held) > Grant.DENY


def made_for(desk: Desk, relation: str, make: Callable[..., Owed]) -> Owed:
    """A callback of a case to which the person stands like this."""
    is_excluded = relation == "excluded"
    made = make(
        office="OBEC" if is_excluded else "ESA-9202",
        excluded=OFFICES["excluded"] if is_excluded else None,
    )
    if relation in ("assigned", "excluded"):
        with transaction() as session:
            take_part(session, made.case.case_id, desk.viewer.staff_id, now=clock.now())
    return made


def to_decide(**values: str) -> Owed:
    return undecided("window_open", window_start=None, window_end=None, **values)


@pytest.fixture
def desk(app: Flask, role: str, relation: str) -> Desk:
    """The person of a cell, signed in."""
    return Desk(app, operator((role, OFFICES[relation])))


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_the_list_shows_what_the_table_grants(desk: Desk, role: str, relation: str) -> None:
    ready = made_for(desk, relation, owed)
    torn = made_for(desk, relation, to_decide)
    shown = granted(role, "callback.list", relation)
    for path in ("/callbacks", "/callbacks/rows"):
        answer = desk.get(path)
        html = answer.get_data(as_text=True)
        assert [one.case.reference in html for one in (ready, torn)] == [shown, shown], path
        may_ever = any(grant(role, "callback.list", one) > Grant.DENY for one in RELATIONS)
        assert answer.status_code == (200 if may_ever else 404)
        button = f'action="/desk/callbacks/{ready.id}/call"' in html
        assert button == (shown and granted(role, "callback.call", relation))
        link = f'href="/desk/callbacks/{torn.id}/decision"' in html
        assert link == (shown and granted(role, "callback.decide", relation))


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_the_button_calls_for_whom_the_table_grants_it(
    desk: Desk, role: str, relation: str
) -> None:
    made = made_for(desk, relation, owed)
    answer = desk.post(f"/callbacks/{made.id}/call")
    may = granted(role, "callback.call", relation)
    assert answer.status_code == (303 if may else 404)


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_a_decision_is_kept_from_whom_the_table_grants_it(
    desk: Desk, role: str, relation: str
) -> None:
    made = made_for(desk, relation, to_decide)
    may = granted(role, "callback.decide", relation)
    path = f"/callbacks/{made.id}/decision"
    assert desk.get(path).status_code == (200 if may else 404)
    assert desk.post(path, **WORDS).status_code == (303 if may else 404)


@pytest.mark.parametrize("relation", ["sibling", "unrelated", "excluded"])
@pytest.mark.parametrize("role", ["head_operator"])
def test_a_denied_callback_answers_like_one_that_does_not_exist(desk: Desk, relation: str) -> None:
    made = made_for(desk, relation, to_decide)
    for send, path in (
        (desk.get, "decision"),
        (desk.post, "decision"),
        (desk.post, "call"),
    ):
        denied = send(f"/callbacks/{made.id}/{path}")
        missing = send(f"/callbacks/{MISSING}/{path}")
        beyond = send(f"/callbacks/{10**20}/{path}")
        assert {one.status_code for one in (denied, missing, beyond)} == {404}
        texts = [
            one.get_data(as_text=True).replace(str(number), "N")
            for one, number in ((denied, made.id), (missing, MISSING), (beyond, 10**20))
        ]
        assert texts[0].count("<h1>") == 1
        assert len(set(texts)) == 1 or plain(texts[0]) == plain(texts[1]) == plain(texts[2])


def plain(html: str) -> str:
    """A page without the values of its forms."""
    return re.sub(r'value="[^"]*"', "", html)


@pytest.mark.parametrize(
    ("role", "relation"), [(role, relation) for role in ROLES for relation in MANAGED]
)
def test_an_office_is_managed_by_whom_the_table_grants_it(
    app: Flask, role: str, relation: str
) -> None:
    mine = "ESA-9202" if relation == "ancestor" else MANAGED[relation]
    theirs = "OBEC" if relation == "ancestor" else "ESA-9202"
    desk = Desk(app, operator((role, mine)))
    may = grant(role, "office.manage", relation) > Grant.DENY
    assert desk.get(f"/office/{theirs}").status_code == (200 if may else 404)
    answer = desk.post(f"/office/{theirs}", ringing="work_list")
    assert answer.status_code == (303 if may else 404)


@pytest.mark.parametrize("code", ["ESA-9201", "NO-SUCH", "%00", "' OR 1=1", "x" * 99])
def test_an_office_of_others_answers_like_one_that_does_not_exist(app: Flask, code: str) -> None:
    desk = Desk(app, operator(("head_operator", "ESA-9202")))
    denied, missing = desk.get(f"/office/{code}"), desk.get("/office/NOTHING")
    assert denied.status_code == missing.status_code == 404
    assert plain(denied.get_data(as_text=True)) == plain(missing.get_data(as_text=True))
