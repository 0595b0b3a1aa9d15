"""The page of an office's deadlines: who sees it, who writes what, what a rule would change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases.deadline_models import DeadlineRule
from cases.stopping import open_stop
from core import clock
from core.database import reading
from tests.console_cases.handing import AGENCY, DISTRICT, PROVINCE, taken_case
from tests.console_cases.people import Desk, Made
from tests.console_cases.test_case_list import counted

pytestmark = pytest.mark.usefixtures("friday")
Hire = Callable[..., Desk]
RULE = {
    "severity": "urgent",
    "step": "report",
    "hazard": "V1",
    "amount": "1",
    "unit": "working_days",
    "valid_from": "",
    "note": "โรงพยาบาลอยู่ใกล้",
    "do": "keep",
}
PAGE = f"/deadlines/{PROVINCE}"
MOST_QUERIES = 17


def rules() -> list[tuple[str, int | None, bool]]:
    """Office, amount and layer of what was written."""
    with reading() as session:
        rows = session.scalars(select(DeadlineRule).order_by(DeadlineRule.id)).all()
    return [(one.office_code, one.amount, one.only_shortens) for one in rows]


@pytest.mark.parametrize(
    ("role", "office", "sees", "writes"),
    [
        ("head_operator", PROVINCE, True, True),
        ("head_operator", AGENCY, True, True),
        ("head_operator", DISTRICT, False, False),
        ("head_operator", "ESA-9202", False, False),
        ("admin", "HQ", True, True),
        ("supervisor", "HQ", True, False),
        ("auditor", "HQ", True, False),
        ("operator", PROVINCE, False, False),
        ("action_officer", PROVINCE, False, False),
        ("agent", "HQ", False, False),
    ],
)
def test_who_may_see_and_who_may_write(
    role: str, office: str, sees: bool, writes: bool, desk_of: Hire
) -> None:
    desk = desk_of((role, office))
    assert desk.get(PAGE).status_code == (200 if sees else 404)
    assert desk.post(PAGE, **RULE).status_code == (303 if writes else 404)
    assert rules() == ([(PROVINCE, 1, role == "head_operator")] if writes else [])


def test_a_head_is_told_why_a_time_cannot_be_longer_and_an_admin_writes_it(desk_of: Hire) -> None:
    longer = RULE | {"amount": "5"}
    refused = desk_of(("head_operator", PROVINCE)).post(PAGE, **longer)
    assert refused.status_code == 400
    assert "หัวหน้ากำหนดได้เฉพาะเวลาที่สั้นกว่า" in refused.get_data(as_text=True)
    assert 'value="โรงพยาบาลอยู่ใกล้"' in refused.get_data(as_text=True)
    assert desk_of(("admin", "HQ")).post(PAGE, **longer).status_code == 303


def test_trying_a_rule_out_shows_its_times_and_writes_nothing(desk_of: Hire) -> None:
    desk = desk_of(("head_operator", PROVINCE), language="en")
    html = desk.post(PAGE, **(RULE | {"do": "preview"})).get_data(as_text=True)
    assert "What the rule would change" in html
    # A Friday: three working days become one.
    assert "25 Nov 2026 16:30" in html
    assert "23 Nov 2026 16:30" in html
    assert rules() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("amount", one) for one in ("", "-1", "1.5", "๑", "99999999", "²")),
        *(("unit", one) for one in ("", "weeks")),
        *(("hazard", one) for one in ("Q", "V'--", "x" * 500)),
        ("severity", "terrible"),
        ("step", "sleep"),
        ("valid_from", "tomorrow"),
        ("valid_from", "2099-01-01"),
        ("note", ""),
        ("note", "ก" * 400),
    ],
)
def test_what_cannot_be_meant_is_refused_plainly(field: str, value: str, desk_of: Hire) -> None:
    desk = desk_of(("admin", "HQ"))
    for do in ("keep", "preview"):
        assert desk.post(PAGE, **(RULE | {field: value, "do": do})).status_code == 400
    assert rules() == []


def test_a_rule_is_taken_back_by_whom_it_is_theirs(desk_of: Hire) -> None:
    admin, head = desk_of(("admin", "HQ")), desk_of(("head_operator", PROVINCE))
    admin.post(PAGE, **RULE)
    with reading() as session:
        rule_id = session.scalars(select(DeadlineRule.id)).one()
    assert head.post(f"{PAGE}/{rule_id}/take-back").status_code == 409
    assert admin.post(f"/deadlines/{DISTRICT}/{rule_id}/take-back").status_code == 409
    assert admin.post(f"{PAGE}/{rule_id}/take-back").status_code == 303
    assert admin.post(f"{PAGE}/{rule_id}/take-back").status_code == 409
    assert rules() == [(PROVINCE, 1, False), (PROVINCE, None, False)]


def test_more_rules_ask_no_more_of_the_database(desk_of: Hire, runtime: object) -> None:
    desk = desk_of(("admin", "HQ"))
    asked = []
    for amount in (1, 9):
        for number in range(amount):
            assert desk.post(PAGE, **(RULE | {"amount": str(number + 2)})).status_code == 303
        desk.get(PAGE)
        with counted(runtime) as statements:  # type: ignore[arg-type]
            desk.get(PAGE)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= MOST_QUERIES


def stop_of(made: Made) -> int:
    with reading() as session:
        stop = open_stop(session, made.case_id)
    return stop.id if stop else 0


def test_a_head_agrees_on_the_case_s_own_page(desk_of: Hire) -> None:
    operator = desk_of(("operator", PROVINCE))
    head = desk_of(("head_operator", PROVINCE))
    made = taken_case(operator.viewer)
    case, day = f"/cases/{made.reference}", (clock.now() + timedelta(days=5)).date().isoformat()
    form = {"stop_reason": "legal", "reason": "รอคำสั่งศาล", "until": day}
    assert operator.post(f"{case}/clock", **form).status_code == 303
    assert "ขอหยุดนับเวลาถึง" in operator.get(case).get_data(as_text=True)
    again = operator.post(f"{case}/clock", **form)
    assert (again.status_code, "อยู่แล้ว" in again.get_data(as_text=True)) == (409, True)
    address = f"{case}/clock/{stop_of(made)}"
    assert operator.post(f"{address}/agree").status_code == 404
    assert head.post(f"{address}/agree").status_code == 303
    assert head.post(f"{address}/agree").status_code == 409
    assert "หยุดนับเวลาถึง" in operator.get("/cases?waiting=open").get_data(as_text=True)
    assert operator.post(f"{address}/resume").status_code == 303
    assert stop_of(made) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("until", one) for one in ("", "soon", "2020-01-01", "2199-01-01")),
        *(("stop_reason", one) for one in ("", "tired")),
        ("reason", " "),
    ],
)
def test_a_clock_does_not_stop_for_anything_else(field: str, value: str, desk_of: Hire) -> None:
    operator = desk_of(("operator", PROVINCE))
    made = taken_case(operator.viewer)
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    form = {"stop_reason": "medical_report", "reason": "รอผลตรวจ", "until": day}
    refused = operator.post(f"/cases/{made.reference}/clock", **(form | {field: value}))
    assert refused.status_code == 400
    assert 'id="clock-said"' in refused.get_data(as_text=True)
    assert stop_of(made) == 0
