"""The made-up people and the public offices that the practice service works with."""

from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from agents.people import PEOPLE
from agents.undertakings import PAPER, current_undertaking, sign
from cases.services import load_taxonomy
from core import clock, runtime
from core.processes import ROOT
from routing.importer import KINDS, load_files
from routing.models import Office
from routing.services import load_public_tree

PEOPLE_FILE = Path(__file__).parent / "data" / "practice_people.csv"
PRACTICE_EMAILS = "%@practice.example"
PASSWORD_CHARACTERS = 12


def seed(session: Session) -> None:
    """Fill an empty database for practice; what is there already stays as people left it."""
    load_taxonomy(session)
    if session.scalar(select(Office.id).limit(1)) is None:
        load_public_tree(session, root=ROOT)
        load_files(session, [PEOPLE_FILE], kinds=(*KINDS, PEOPLE))
        _put_on_duty(session)
    _give_passwords(session)
    _sign_undertakings(session)


def password() -> str:
    """The one password of the made-up people, made from this installation's secret key."""
    made = runtime.current().keyring.fingerprint("practice.password", "")
    return made[:PASSWORD_CHARACTERS]


def sign_ins(session: Session) -> list[tuple[str, str, str]]:
    """The made-up people who can sign in: e-mail, role, office code."""
    held = (
        select(Staff.email, StaffRole.role, StaffRole.office_code)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(Staff.email.like(PRACTICE_EMAILS), Staff.active, Staff.password_hash.is_not(None))
        .order_by(Staff.id)
    )
    return [(email, role, office) for email, role, office in session.execute(held)]


def _put_on_duty(session: Session) -> None:
    """Who is not on duty whatever the hour has come in on their own: practice is at any hour."""
    session.execute(
        update(Staff)
        .where(Staff.email.like(PRACTICE_EMAILS), Staff.phone.is_not(None))
        .where(Staff.always_on_duty.is_(False))
        .values(duty="on")
    )


def _give_passwords(session: Session) -> None:
    """Let the made-up people in who have no password; hashed once, for each hash is slow."""
    if not runtime.current().settings.is_practice:
        return
    without = (Staff.email.like(PRACTICE_EMAILS), Staff.password_hash.is_(None))
    if session.scalar(select(Staff.id).where(*without).limit(1)) is not None:
        hashed = PasswordHasher().hash(password())
        session.execute(update(Staff).where(*without).values(password_hash=hashed))


def _sign_undertakings(session: Session) -> None:
    """The made-up people have signed: whoever tries the service goes straight to the desk."""
    version, now = current_undertaking().version, clock.now()
    made_up = Staff.email.like(PRACTICE_EMAILS)
    unsigned = select(Staff.id).where(made_up, Staff.undertaking.is_distinct_from(version))
    for staff_id in session.scalars(unsigned.order_by(Staff.id)).all():
        sign(session, staff_id, way=PAPER, signed_at=now)
