"""The forms about rosters, days off and warnings, each with somebody who may send it."""

from datetime import date

from flask import Flask
from sqlalchemy import select

from agents.holidays import DayWish, change_day
from agents.roster_models import HolidayChange
from agents.roster_wishes import AbsenceWish, ShiftWish
from agents.rosters import RosterKey, add_absence, add_shift
from calls.warning_models import DirectoryWarning
from core import clock
from core.database import transaction
from tests.console_cases.handing import PROVINCE
from tests.console_cases.people import Desk
from tests.console_cases.people_scenes import colleague
from tests.console_cases.scenes import REASON, Scene, centre, head, scene, shown_first

DAY, LATER = date(2026, 12, 1), date(2026, 12, 2)
KEY = RosterKey(PROVINCE, "office")
ROSTER = f"/roster/{PROVINCE}"
# Whatever was planned is taken out.
FILE = "email,weekday,date,from,to\n"


def own_shift(desk: Desk) -> int:
    """A shift of a colleague in the roster of PROVINCE; its id."""
    wish = ShiftWish(colleague(), "08:30", "16:30", DAY, DAY)
    with transaction() as session:
        return add_shift(session, KEY, wish, by=desk.viewer.staff_id, now=clock.now()).id


def own_absence(desk: Desk) -> int:
    """The leave of a colleague at PROVINCE; its id."""
    wish = AbsenceWish(colleague(), DAY, LATER, "sick")
    with transaction() as session:
        return add_absence(session, KEY, wish, by=desk.viewer.staff_id, now=clock.now()).id


def own_warning() -> int:
    """A warning about PROVINCE; its id."""
    row = DirectoryWarning(
        kind="few",
        office_code=PROVINCE,
        subject=str(colleague()),
        weight=50,
        data={"count": 1, "least": 2},
        opened_at=clock.now(),
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        return row.id


def day_off(desk: Desk, office: str = "") -> int:
    """A day off that somebody added; the change's id."""
    with transaction() as session:
        wish = DayWish(DAY, is_off=True, name_th="วันหยุดพิเศษ", office_code=office)
        change_day(session, wish, by=desk.viewer.staff_id, now=clock.now())
        newest = select(HolidayChange.id).order_by(HolidayChange.id.desc())
        return session.scalars(newest).first() or 0


@scene("/roster/<code>/shifts")
def adding_shift(app: Flask) -> Scene:
    form = {"starts": "08:30", "ends": "16:30", "day": str(DAY), "repeats": "weekly"}
    more = {"staff": str(colleague()), "until": str(LATER), "on_holidays": "yes"}
    return Scene(head(app), f"{ROSTER}/shifts", form | more)


@scene("/roster/<code>/shifts/<int:shift_id>/end")
def ending_shift(app: Flask) -> Scene:
    desk = head(app)
    return Scene(desk, f"{ROSTER}/shifts/{own_shift(desk)}/end")


@scene("/roster/<code>/absences")
def adding_absence(app: Flask) -> Scene:
    form = {"first": str(DAY), "last": str(LATER), "reason": "sick"}
    people = {"staff": str(colleague()), "cover": str(colleague())}
    return Scene(head(app), f"{ROSTER}/absences", form | people)


@scene("/roster/<code>/absences/<int:absence_id>/end")
def ending_absence(app: Flask) -> Scene:
    desk = head(app)
    return Scene(desk, f"{ROSTER}/absences/{own_absence(desk)}/end")


@scene("/leave")
def entering_leave(app: Flask) -> Scene:
    form = {"first": str(DAY), "last": str(LATER), "reason": "sick"}
    return Scene(head(app), "/leave", form)


@scene("/leave/<int:absence_id>/end")
def ending_own_leave(app: Flask) -> Scene:
    desk = head(app)
    wish = AbsenceWish(desk.viewer.staff_id, DAY, LATER, "sick")
    with transaction() as session:
        row = add_absence(session, KEY, wish, by=desk.viewer.staff_id, now=clock.now())
        return Scene(desk, f"/leave/{row.id}/end")


@scene("/roster/<code>/copy")
def copying(app: Flask) -> Scene:
    desk = head(app)
    own_shift(desk)
    return Scene(desk, f"{ROSTER}/copy", {"week": "2026-12-07"})


@scene("/roster/<code>/file")
def comparing_file(app: Flask) -> Scene:
    return Scene(head(app), f"{ROSTER}/file", {"text": FILE})


@scene("/roster/<code>/file/apply")
def applying_file(app: Flask) -> Scene:
    desk = head(app)
    own_shift(desk)
    return shown_first(desk, f"{ROSTER}/file", text=FILE)


@scene("/holidays")
def adding_day(app: Flask) -> Scene:
    form = {"day": str(DAY), "what": "off", "name_th": "วันหยุดพิเศษ", "name_en": "Extra day"}
    return Scene(centre(app, "admin"), "/holidays", form | {"office": "", "year": "2026"})


@scene("/holidays/<int:change_id>/withdraw")
def taking_day_back(app: Flask) -> Scene:
    desk = centre(app, "admin")
    return Scene(desk, f"/holidays/{day_off(desk)}/withdraw")


@scene("/warnings/<int:warning_id>/aside")
def setting_aside(app: Flask) -> Scene:
    form = {"until": str(DAY), "reason": REASON}
    return Scene(head(app), f"/warnings/{own_warning()}/aside", form)


@scene("/warnings/<int:warning_id>/back")
def bringing_back(app: Flask) -> Scene:
    return Scene(head(app), f"/warnings/{own_warning()}/back")
