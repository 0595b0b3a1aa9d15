"""What may be done with people, tokens and notices; the caller commits."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.errors import StaffRefused, UnknownScope
from agents.models import ApiToken, Notice, Staff, StaffRole
from agents.notice_models import NoticeBarred
from agents.numbers import number_fingerprint
from agents.person import Fault, Person, faults, number_of, text_of
from agents.profiles import keep_profile
from agents.roles import SCOPES
from core.inserts import insert_unless_there
from core.zones import bangkok
from routing.models import Office

# 256 bits: a fast hash is enough, because nobody can guess what goes into it.
TOKEN_BYTES = 32


def add_staff(session: Session, person: Person, *, now: datetime) -> Staff:
    """Add a person with one role, or bring a known person (by e-mail) up to date and add the role.

    StaffRefused names the first thing that is wrong.
    """

    refuse_first(faults(person, offices_of(session), today=bangkok(now).date()))
    email = person.email.lower()
    staff = session.scalar(select(Staff).where(Staff.email == email))
    if staff is None:
        staff = Staff(email=email, name=person.name.strip(), created_at=now)
        session.add(staff)
    _bring_up_to_date(staff, person)
    session.flush()
    keep_profile(session, staff.id, person, now=now)
    keep_role(session, staff, person)
    return staff


def offices_of(session: Session) -> Callable[[str], bool]:
    """Whether a code is an office's, for the rules of a person."""

    def has_office(code: str) -> bool:
        return session.scalar(select(Office.id).where(Office.code == code)) is not None

    return has_office


def refuse_first(found: Iterable[Fault]) -> None:
    """StaffRefused with the first thing that is wrong."""
    for fault in found:
        raise StaffRefused(fault[0], text_of(fault))


def keep_role(session: Session, staff: Staff, person: Person) -> None:
    """Write down the role that a person holds; a mark of deputy that is None stays as it was."""
    insert = insert_unless_there(session.connection(), StaffRole)
    role = {"staff_id": staff.id, "office_code": person.office_code, "role": person.role}
    session.execute(insert.values(**role, deputy=bool(person.deputy)))
    if person.deputy is not None:
        held = session.get_one(StaffRole, (staff.id, person.office_code, person.role))
        held.deputy = person.deputy
        session.flush()


def _bring_up_to_date(staff: Staff, person: Person) -> None:
    staff.name = person.name.strip()
    if person.phone is not None:
        staff.phone = number_of(person.phone)
        staff.phone_fingerprint = number_fingerprint(staff.phone)
    if person.always_on_duty is not None:
        staff.always_on_duty = person.always_on_duty
    if person.on_call is not None:
        staff.on_call = person.on_call
    if person.password is not None:
        staff.password_hash = PasswordHasher().hash(person.password)
        staff.temporary_until = None
    if person.post is not None:
        staff.post = person.post


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
    occasion: str = "",
    severity: str | None = None,
    barred: Collection[int] = (),
    is_practice: bool = False,
    is_beside: bool = False,
    answer_by: datetime | None = None,
    due_at: datetime,
    now: datetime,
) -> bool:
    """Owe a message to a person or to an office, each at most once.

    `severity` is that of the matter: an emergency may wake people. `barred` are the people of the
    office who must not know: the notice is then for the console alone, where each signs in. What
    `is_beside` the notices of its people goes to an office's own mailbox and LINE group only.
    False when the same template is owed to the same receiver about the same reference already;
    another `occasion` (a second hand-over of the same case) is told again. Nobody is ever told of
    what `is_practice` in a real service.
    """
    if is_practice:
        return False
    receiver = f"staff:{staff_id}" if staff_id is not None else f"office:{office_code}"
    about = (reference or "", occasion) if occasion else (reference or "",)
    row = {
        "key": "|".join((template, receiver, *about)),
        "template": template,
        "recipient_staff_id": staff_id,
        "office_code": office_code,
        "reference": reference,
        "severity": severity,
        "is_beside": is_beside,
        "answer_by": answer_by,
        "state": "owed",
        "due_at": due_at,
        "created_at": now,
    }
    insert = insert_unless_there(session.connection(), Notice).values(**row)
    made = session.scalar(insert.returning(Notice.id))
    if made is not None and barred:
        bar = insert_unless_there(session.connection(), NoticeBarred)
        session.execute(bar, [{"notice_id": made, "staff_id": one} for one in sorted(barred)])
    return made is not None


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
