"""What may be done with people, tokens and notices; the caller commits."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.errors import StaffRefused, UnknownScope
from agents.models import ApiToken, Notice, Staff, StaffRole
from agents.numbers import number_fingerprint
from agents.person import Person, faults, number_of, text_of
from agents.roles import SCOPES
from core.inserts import insert_unless_there
from routing.models import Office

# 256 bits: a fast hash is enough, because nobody can guess what goes into it.
TOKEN_BYTES = 32


def add_staff(session: Session, person: Person, *, now: datetime) -> Staff:
    """Add a person with one role, or bring a known person (by e-mail) up to date and add the role.

    StaffRefused names the first thing that is wrong.
    """

    def has_office(code: str) -> bool:
        return session.scalar(select(Office.id).where(Office.code == code)) is not None

    fault = next(faults(person, has_office), None)
    if fault is not None:
        raise StaffRefused(fault[0], text_of(fault).en)
    email = person.email.lower()
    staff = session.scalar(select(Staff).where(Staff.email == email))
    if staff is None:
        staff = Staff(email=email, name=person.name.strip(), created_at=now)
        session.add(staff)
    _bring_up_to_date(staff, person)
    session.flush()
    insert = insert_unless_there(session.connection(), StaffRole)
    role = {"staff_id": staff.id, "office_code": person.office_code, "role": person.role}
    session.execute(insert.values(**role))
    return staff


def _bring_up_to_date(staff: Staff, person: Person) -> None:
    staff.name = person.name.strip()
    if person.phone is not None:
        staff.phone = number_of(person)
        staff.phone_fingerprint = number_fingerprint(staff.phone)
    if person.always_on_duty is not None:
        staff.always_on_duty = person.always_on_duty
    if person.on_call is not None:
        staff.on_call = person.on_call
    if person.password is not None:
        staff.password_hash = PasswordHasher().hash(person.password)


def add_token(session: Session, name: str, scopes: Sequence[str], *, now: datetime) -> str:
    """A new API token in plain text, shown this once; UnknownScope for no or a strange scope."""
    strange = sorted(set(scopes) - set(SCOPES))
    if strange or not scopes:
        raise UnknownScope(f"a scope must be one of {', '.join(SCOPES)}")
    plain = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        ApiToken(name=name, token_hash=_hash(plain), scopes=sorted(set(scopes)), created_at=now)
    )
    session.flush()
    return plain


def find_token(session: Session, plain: str) -> ApiToken | None:
    """The token that is in force, looked up by its hash, so that no comparison leaks time."""
    wanted = select(ApiToken).where(
        ApiToken.token_hash == _hash(plain), ApiToken.revoked_at.is_(None)
    )
    return session.scalar(wanted)


def owe_notice(
    session: Session,
    template: str,
    *,
    staff_id: int | None = None,
    office_code: str | None = None,
    reference: str | None = None,
    due_at: datetime,
    now: datetime,
) -> bool:
    """Owe a message to a person or to an office, each at most once.

    False when the same template is owed to the same receiver about the same reference already.
    """
    receiver = f"staff:{staff_id}" if staff_id is not None else f"office:{office_code}"
    row = {
        "key": f"{template}|{receiver}|{reference or ''}",
        "template": template,
        "recipient_staff_id": staff_id,
        "office_code": office_code,
        "reference": reference,
        "state": "owed",
        "due_at": due_at,
        "created_at": now,
    }
    insert = insert_unless_there(session.connection(), Notice).values(**row)
    return session.execute(insert.returning(Notice.id)).first() is not None


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
