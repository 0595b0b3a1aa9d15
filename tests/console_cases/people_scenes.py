"""The forms about people and committees, each with somebody who may send it."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import update

from agents.committee_rules import Appointment
from agents.committees import appoint
from agents.models import Staff
from core import clock
from core.database import transaction
from tests.console_cases.handing import PROVINCE
from tests.console_cases.people import hired
from tests.console_cases.scenes import Scene, centre, head, scene, shown_first

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Sent:
    """A form that goes to a colleague's page."""

    step: str
    form: dict[str, str]


SENT = (
    Sent(
        "facts",
        {
            "name": "นาง กมล ทดสอบ",
            "phone": "081 000 0191",
            "post": "group_head",
            "skill": "mfa",
            "other_skills": "ภาษามือ; ว่ายน้ำ",
            "always_on_duty": "yes",
            "no_phone": "no",
            "on_call": "no",
        },
    ),
    Sent("roles", {"role": "head_operator", "office": PROVINCE, "deputy": "yes"}),
    Sent("roles/end", {"role": "operator", "office": PROVINCE}),
    Sent("training", {"course": "อบรม SC-Operator", "trained_on": "7/9/2565"}),
    Sent("qualifications", {"code": "care"}),
    Sent("paper", {"signed_on": "2026-11-01"}),
    Sent("password", {}),
    Sent("return", {}),
    Sent("leave", {}),
)


def colleague(*more: tuple[str, str]) -> int:
    """An operator of PROVINCE, with more (role, office) pairs where they are given."""
    return hired("กมล ทดสอบ", ("operator", PROVINCE), *more).staff_id


def _of_person(sent: Sent) -> None:
    @scene(f"/people/<int:staff_id>/{sent.step}")
    def made(app: Flask) -> Scene:
        staff_id = colleague(("action_officer", PROVINCE))
        if sent.step == "return":
            with transaction() as session:
                session.execute(update(Staff).where(Staff.id == staff_id).values(active=False))
        return Scene(head(app), f"/people/{staff_id}/{sent.step}", sent.form)


for one in SENT:
    _of_person(one)


@scene("/people/<int:staff_id>/practice")
def practice(app: Flask) -> Scene:
    staff_id = colleague()
    return Scene(centre(app, "admin"), f"/people/{staff_id}/practice", {"practises": "yes"})


@scene("/people/find")
def find(app: Flask) -> Scene:
    colleague()
    made = head(app)
    with transaction() as session:
        me = session.get_one(Staff, made.viewer.staff_id)
        return Scene(made, "/people/find", {"email": me.email})


@scene("/people/add")
def add(app: Flask) -> Scene:
    form = {
        "email": "new.colleague@example.org",
        "name": "นาย ใหม่ ทดสอบ",
        "role": "operator",
        "office": PROVINCE,
        "deputy": "no",
        "post": "assigned_staff",
        "phone": "081 000 0192",
    }
    return Scene(head(app), "/people/add", form)


@scene("/undertaking")
def sign(app: Flask) -> Scene:
    made = head(app)
    made._token()
    with transaction() as session:
        change = update(Staff).where(Staff.id == made.viewer.staff_id)
        session.execute(change.values(undertaking=None))
    return Scene(made, "/undertaking", {"agreed": "yes"})


def appointed(
    chair: int, *members: int, ends_on: date | None = None, office: str = PROVINCE
) -> None:
    """A standing committee of an office."""
    parts = ((chair, "chair"), *((one, "member") for one in members))
    order = Appointment("12/2569", TODAY - timedelta(days=300), ends_on, parts)
    with transaction() as session:
        appoint(session, office, order, actor_id=None, now=clock.now())


@scene("/committees/<code>")
def committee(app: Flask) -> Scene:
    chair, member = colleague(), colleague()
    form = {
        "order": "15/2569",
        "appointed": "2026-11-01",
        "ends": "2028-10-31",
        f"part-{chair}": "chair",
        f"part-{member}": "secretary",
    }
    return Scene(head(app), f"/committees/{PROVINCE}", form)


FILE = (
    "email,name,role,office_code,deputy\n"
    f"from.file@example.org,นาง แฟ้ม ทดสอบ,head_operator,{PROVINCE},yes\n"
)


@scene("/people/files")
def try_file(app: Flask) -> Scene:
    return Scene(centre(app, "admin"), "/people/files", {"content": FILE})


@scene("/people/files/apply")
def apply_file(app: Flask) -> Scene:
    return shown_first(centre(app, "admin"), "/people/files", content=FILE)


@scene("/people/files/export")
def export(app: Flask) -> Scene:
    return Scene(centre(app, "admin"), "/people/files/export", {"what": "people", "phones": "yes"})
