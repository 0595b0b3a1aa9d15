"""The part of an office's page about notices: where it is told, and what reached nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Notice, Staff
from agents.notice_models import OfficeChannel
from agents.notice_planning import FAILED
from agents.notice_policy import EMAIL, LINE
from agents.notice_queries import Failure, failures, told_at
from agents.notice_services import current_carriers
from agents.notice_texts import line_text
from agents.notices import LARGEST_GROUP, LINE_GROUP, OfficeAddress
from agents.sessions import SignedIn
from core.mail import ADDRESS
from routing.models import Office
from webapp.console.language import current_language, gettext, marked
from webapp.console.notice_count import known_to
from webapp.console.notice_pages import Opens, leads_to, pages_about
from webapp.console.notice_words import lost_text
from webapp.console.pages import named

MOST_LOST = 100
LONGEST_EMAIL = 254
LONGEST_GROUP_ID = 64
LONGEST_COUNT = 4
BAD_EMAIL = marked("The mailbox must be one plain e-mail address, such as office@example.go.th.")
BAD_GROUP = marked(
    "The id of a LINE group is a C and 32 digits or letters from a to f. Whoever set up LINE for "
    "this service can tell it."
)
BAD_COUNT = marked("Say how many people are in the LINE group: a number from 1 to 500.")
OUT_OF_SIGHT = marked("A notice about a case that you do not see")


@dataclass(frozen=True)
class AddressForm:
    """What stands in the form; an empty group keeps the one that is known."""

    email: str
    line_group: str
    members: str
    forgets_group: bool = False


@dataclass(frozen=True)
class NoticesSaid:
    """What the page says back: where ("email", "line_group", "members", "lost", "again"), how."""

    place: str = ""
    text: str = ""
    form: AddressForm | None = None
    is_good: bool = False


@dataclass(frozen=True)
class Lost:
    """A notice that reached nobody, and why on each channel."""

    id: int
    text: str
    receiver: str
    reasons: list[str]
    may_send: bool
    address: str


@dataclass(frozen=True)
class OfficeNotices:
    """All that the part shows."""

    form: AddressForm
    group_end: str
    has_mail: bool
    has_line: bool
    lost: list[Lost]
    is_full: bool
    said: NoticesSaid


def office_notices(
    session: Session, person: SignedIn, office: Office, said: NoticesSaid
) -> OfficeNotices:
    """The part with a fixed number of queries."""
    known = session.get(OfficeChannel, office.code)
    group, members = (known.line_group or "", known.line_members) if known else ("", 1)
    kept = AddressForm((known.email or "") if known else "", "", str(members))
    found = failures(
        session, [office.code], staff_id=person.staff_id, limit=MOST_LOST, also=known_to(person)
    )
    configured = current_carriers()
    return OfficeNotices(
        form=said.form or kept,
        group_end=group[-4:],
        has_mail=EMAIL in configured,
        has_line=LINE in configured,
        lost=_lost(session, person, office, found),
        is_full=len(found) == MOST_LOST,
        said=said,
    )


def refusal_of(form: AddressForm) -> NoticesSaid | None:
    """Why an address cannot be kept; None when it can."""
    is_count = form.members.isascii() and form.members.isdigit()
    if form.email and not ADDRESS.fullmatch(form.email):
        return NoticesSaid("email", gettext(BAD_EMAIL), form)
    if form.line_group and not LINE_GROUP.fullmatch(form.line_group):
        return NoticesSaid("line_group", gettext(BAD_GROUP), form)
    if not is_count or not 1 <= int(form.members) <= LARGEST_GROUP:
        return NoticesSaid("members", gettext(BAD_COUNT), form)
    return None


def address_of(session: Session, code: str, form: AddressForm) -> OfficeAddress:
    """The address that a form means."""
    known = session.get(OfficeChannel, code)
    kept = known.line_group if known and not form.forgets_group else None
    return OfficeAddress(form.email or None, form.line_group or kept, int(form.members))


def notice_of_office(
    session: Session, person: SignedIn, code: str, notice_id: int
) -> Notice | None:
    """A notice to the office or its people, of which this person may know; else None."""
    mine = (told_at([code], person.staff_id), known_to(person))
    return session.scalar(select(Notice).where(Notice.id == notice_id, *mine))


def _lost(
    session: Session, person: SignedIn, office: Office, found: Sequence[Failure]
) -> list[Lost]:
    ids = {one.notice_id for one in found}
    columns = select(Notice.id, Notice.recipient_staff_id, Staff.name)
    wanted = columns.outerjoin(Staff, Staff.id == Notice.recipient_staff_id)
    facts = {row.id: row for row in session.execute(wanted.where(Notice.id.in_(ids)))}
    opened = pages_about(session, person, {one.reference for one in found if one.reference})
    parts = groupby(found, key=lambda one: one.notice_id)
    return [_one(list(rows), facts[id], opened, named(office)) for id, rows in parts]


def _one(rows: Sequence[Failure], fact: Any, opened: Mapping[str, Opens], office: str) -> Lost:
    first = rows[0]
    is_known = first.reference is None or first.reference in opened
    return Lost(
        id=first.notice_id,
        text=line_text(first.line, current_language()) if is_known else gettext(OUT_OF_SIGHT),
        receiver=fact.name or office,
        reasons=[lost_text(one.channel, one.error_code) for one in rows],
        may_send=any(one.state in FAILED for one in rows),
        address=leads_to(first.template, first.reference, opened) if is_known else "",
    )
