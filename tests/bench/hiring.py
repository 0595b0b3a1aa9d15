"""Made-up people who are signed in from the start: a sign-in is not what is measured."""

from agents.models import Staff, StaffRole
from agents.sessions import open_session
from agents.undertakings import current_undertaking
from core import clock
from core.database import transaction

PASSWORD_HASH = "no-password-fits"


def hired(name: str, role: str, office: str) -> str:
    """A new person's open session, as the cookie holds it."""
    now = clock.now()
    with transaction() as session:
        staff = Staff(
            email=f"{name}@bench.example",
            name="สมใจ ทดสอบ",
            password_hash=PASSWORD_HASH,
            undertaking=current_undertaking().version,
            created_at=now,
        )
        session.add(staff)
        session.flush()
        session.add(StaffRole(staff_id=staff.id, office_code=office, role=role))
        return open_session(session, staff.id, password_hash=PASSWORD_HASH, device="bench", now=now)
