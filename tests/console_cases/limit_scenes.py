"""The forms about numbers that phone again and again, each with somebody who may send it."""

from flask import Flask
from sqlalchemy import update

from calls.limit_models import NumberLimit
from calls.number_limits import limit_number
from core import clock
from core.database import transaction
from tests.console.limit_people import frequent
from tests.console_cases.people import hired
from tests.console_cases.scenes import REASON, Scene, scene, supervisor

NUMBER = "+66810000055"


def limited() -> int:
    """A limit that somebody else has set; its id."""
    other = hired("ปิติ ทดสอบ", ("supervisor", "HQ"))
    sid, now = frequent(NUMBER), clock.now()
    with transaction() as session:
        made = limit_number(session, sid, hours=24, reason=REASON, by=other.staff_id, now=now)
        # It waits for the second person already.
        session.execute(update(NumberLimit).values(review_at=now))
        return made


@scene("/limits")
def limiting(app: Flask) -> Scene:
    form = {"call": frequent(NUMBER), "hours": "24", "reason": REASON}
    return Scene(supervisor(app), "/limits", form)


@scene("/limits/<int:limit_id>/lift")
def lifting(app: Flask) -> Scene:
    return Scene(supervisor(app), f"/limits/{limited()}/lift")


@scene("/limits/<int:limit_id>/keep")
def keeping(app: Flask) -> Scene:
    return Scene(supervisor(app), f"/limits/{limited()}/keep")
