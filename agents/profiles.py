"""What is known of a person beside the account: kept, and read for a page or a file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from agents.days import first_moment
from agents.person import Person
from agents.profile_models import StaffChange, StaffQualification, StaffSkill, StaffTraining
from agents.profile_words import qualifications
from agents.undertakings import PAPER, sign


@dataclass(frozen=True)
class Profile:
    """A person's skills, courses (the latest first) and confirmed qualifications."""

    skills: tuple[str, ...]
    trainings: tuple[StaffTraining, ...]
    qualifications: dict[str, StaffQualification]


def profile_of(session: Session, staff_id: int) -> Profile:
    """Everything that is kept beside a person's account."""
    of_person = StaffTraining.staff_id == staff_id
    newest = (StaffTraining.trained_on.desc(), StaffTraining.id.desc())
    confirmed = select(StaffQualification).where(StaffQualification.staff_id == staff_id)
    return Profile(
        skills=skills_of(session, [staff_id]).get(staff_id, ()),
        trainings=tuple(session.scalars(select(StaffTraining).where(of_person).order_by(*newest))),
        qualifications={one.code: one for one in session.scalars(confirmed)},
    )


def skills_of(session: Session, staff_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The skills of some people, in the order of the alphabet."""
    found: dict[int, tuple[str, ...]] = {}
    wanted = select(StaffSkill.staff_id, StaffSkill.skill).where(StaffSkill.staff_id.in_(staff_ids))
    for row in session.execute(wanted.order_by(StaffSkill.staff_id, StaffSkill.skill)):
        found[row.staff_id] = (*found.get(row.staff_id, ()), row.skill)
    return found


def last_trained(session: Session, staff_ids: Collection[int]) -> dict[int, date]:
    """The day of the latest course of each person who took one."""
    latest = select(StaffTraining.staff_id, func.max(StaffTraining.trained_on).label("day"))
    wanted = latest.where(StaffTraining.staff_id.in_(staff_ids)).group_by(StaffTraining.staff_id)
    return {row.staff_id: row.day for row in session.execute(wanted)}


def keep_profile(
    session: Session, staff_id: int, person: Person, *, now: datetime, actor_id: int | None = None
) -> None:
    """Keep what a person's line or form says of the profile; what it leaves out stays."""
    if person.skills is not None:
        keep_skills(session, staff_id, person.skills)
    if person.course and person.trained_on:
        keep_training(session, staff_id, person.course, person.trained_on, actor_id, now=now)
    if person.undertaking_signed is not None:
        signed_at = first_moment(person.undertaking_signed)
        sign(session, staff_id, way=PAPER, signed_at=signed_at, recorded_by=actor_id)


def keep_skills(session: Session, staff_id: int, skills: Iterable[str]) -> None:
    """The person has these skills and no other."""
    session.execute(delete(StaffSkill).where(StaffSkill.staff_id == staff_id))
    session.add_all(StaffSkill(staff_id=staff_id, skill=one) for one in sorted(set(skills)))
    session.flush()


def keep_training(
    session: Session,
    staff_id: int,
    course: str,
    trained_on: date,
    actor_id: int | None,
    *,
    now: datetime,
) -> None:
    """Write down a course that a person took; the same one on the same day is there once."""
    same = select(StaffTraining.id).where(
        StaffTraining.staff_id == staff_id,
        StaffTraining.course == course,
        StaffTraining.trained_on == trained_on,
    )
    if session.scalar(same) is None:
        session.add(
            StaffTraining(
                staff_id=staff_id,
                course=course,
                trained_on=trained_on,
                recorded_by=actor_id,
                recorded_at=now,
            )
        )
        session.flush()


def confirm_qualifications(
    session: Session, staff_id: int, codes: Collection[str], *, actor_id: int, now: datetime
) -> None:
    """Confirm these and no other; what was confirmed before keeps who confirmed it and when."""
    known = {one.code for one in qualifications()}
    of_person = StaffQualification.staff_id == staff_id
    kept = set(session.scalars(select(StaffQualification.code).where(of_person)))
    gone = kept - set(codes)
    session.execute(delete(StaffQualification).where(of_person, StaffQualification.code.in_(gone)))
    session.add_all(
        StaffQualification(staff_id=staff_id, code=code, confirmed_by=actor_id, confirmed_at=now)
        for code in sorted((set(codes) & known) - kept)
    )
    session.flush()


def note_change(
    session: Session,
    kind: str,
    *,
    staff_id: int | None,
    actor_id: int | None,
    now: datetime,
    **data: Any,
) -> None:
    """Leave a trace of what was done to an account; `data` holds codes, never a name or number."""
    session.add(StaffChange(staff_id=staff_id, actor_id=actor_id, kind=kind, data=data, at=now))
    session.flush()


def changes_of(session: Session, staff_id: int, most: int) -> list[StaffChange]:
    """What was done to a person's account, the latest first."""
    wanted = select(StaffChange).where(StaffChange.staff_id == staff_id)
    return list(session.scalars(wanted.order_by(StaffChange.id.desc()).limit(most)))
