"""What may be done with notices once they are owed: see, withdraw, withhold, send again, choose."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from agents.errors import BadNoticeChoice, UnknownNotice
from agents.models import Notice
from agents.notice_models import (
    NoticeBarred,
    NoticeDelivery,
    NoticePreference,
    NoticeReceipt,
    OfficeChannel,
)
from agents.notice_planning import FAILED, PLANNED
from agents.notice_policy import CONSOLE, PERSON_CHANNELS, current_policy
from agents.notice_queries import WITHDRAWN, for_person
from agents.notice_rules import parse_quiet
from core.inserts import insert_unless_there
from core.mail import ADDRESS
from routing.models import Office

LINE_GROUP = re.compile(r"C[0-9a-f]{32}")
LARGEST_GROUP = 500  # LINE's own limit
LIVING = ("owed", "planned", "undelivered")


@dataclass(frozen=True)
class OfficeAddress:
    """Where an office wants to be told; None is nowhere."""

    email: str | None = None
    line_group: str | None = None
    line_members: int = 1


def mark_seen(session: Session, staff_id: int, notice_id: int, *, now: datetime) -> None:
    """A person opened a notice; UnknownNotice when it is not for them."""
    if not _see(session, staff_id, Notice.id == notice_id, now):
        raise UnknownNotice(str(notice_id))


def mark_some_seen(
    session: Session, staff_id: int, notice_ids: Collection[int], *, now: datetime
) -> int:
    """A person has read these; what is not for them stays as it is. Returns how many notices."""
    return _see(session, staff_id, Notice.id.in_(notice_ids), now)


def withdraw(session: Session, template: str, reference: str, *, occasion: str = "") -> int:
    """The matter is settled: whoever was not told yet never is; returns how many notices.

    `occasion` is how the occasion began with which they were owed, where a case has several such
    matters at once. The same may be owed again later, about a new matter of the case.
    """
    return withdraw_all(session, (template,), reference, occasion=occasion)


def withdraw_all(
    session: Session, templates: Collection[str], reference: str, *, occasion: str = ""
) -> int:
    """The same for several templates in one go."""
    wanted = [
        Notice.reference == reference,
        Notice.template.in_(templates),
        Notice.state.in_(LIVING),
    ]
    if occasion:
        wanted.append(Notice.key.contains(f"|{reference}|{occasion}", autoescape=True))
    return _withdraw(session, wanted, "settled")


def withhold(
    session: Session,
    reference: str,
    *,
    staff_ids: Collection[int] = (),
    office_codes: Collection[str] = (),
) -> None:
    """Somebody must not know of a case from now on: nothing more of it reaches them (§3a.7)."""
    about = Notice.reference == reference
    theirs = or_(
        Notice.recipient_staff_id.in_(staff_ids),
        Notice.recipient_staff_id.is_(None) & Notice.office_code.in_(office_codes),
    )
    _withdraw(session, (about, theirs, Notice.state != WITHDRAWN), WITHDRAWN)
    if not staff_ids:
        return
    bar = insert_unless_there(session.connection(), NoticeBarred)
    left = session.scalars(select(Notice.id).where(about, Notice.state != WITHDRAWN)).all()
    rows = [{"notice_id": one, "staff_id": staff} for one in left for staff in staff_ids]
    if rows:
        session.execute(bar, rows)


def send_again(session: Session, notice_id: int, *, now: datetime) -> bool:
    """Try the failed channels of a notice anew, because somebody mended what was wrong.

    Tells whether there is anything to try: not where the matter was settled or withheld meanwhile.
    """
    revived = session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.notice_id == notice_id, NoticeDelivery.state.in_(FAILED))
        .values(state="owed", due_at=now, tries=0, token=None, first_try_at=None)
        .returning(NoticeDelivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not revived:
        return False
    living = session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state.in_(LIVING))
        .values(state=PLANNED)
        .returning(Notice.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if not living:
        _deliveries(session, [notice_id], None, ("owed",), state="skipped", error_code=WITHDRAWN)
    return bool(living)


def choose(
    session: Session, staff_id: int, *, channels: Collection[str], quiet_hours: str, now: datetime
) -> None:
    """Keep what a person prefers; an emergency overrides it, and the console always has all."""
    if not set(channels) <= set(PERSON_CHANNELS):
        raise BadNoticeChoice(f"a channel must be one of {', '.join(PERSON_CHANNELS)}")
    try:
        parse_quiet(quiet_hours)
    except ValueError:
        raise BadNoticeChoice("quiet hours must look like 20:00-07:00, or be none") from None
    row = _preference(session, staff_id)
    row.channels = [one for one in PERSON_CHANNELS if one in channels]
    row.quiet_hours, row.updated_at = quiet_hours, now
    session.flush()


def rank(session: Session, staff_id: int, channels: Sequence[str], *, now: datetime) -> None:
    """Keep in which order a person is told, whatever of it the person chose."""
    if sorted(channels) != sorted(PERSON_CHANNELS):
        raise BadNoticeChoice(f"rank each of {', '.join(PERSON_CHANNELS)} once")
    row = _preference(session, staff_id)
    row.ranking, row.updated_at = list(channels), now
    session.flush()


def _preference(session: Session, staff_id: int) -> NoticePreference:
    """What a person chose, to be changed; what holds for all, for who never did."""
    row = session.get(NoticePreference, staff_id)
    if row is None:
        row = NoticePreference(
            staff_id=staff_id,
            channels=list(PERSON_CHANNELS),
            quiet_hours=current_policy().quiet_hours,
        )
        session.add(row)
    return row


def preferences(session: Session, staff_id: int) -> NoticePreference | None:
    """What a person chose; None for who never did."""
    return session.get(NoticePreference, staff_id)


def set_office_address(
    session: Session, office_code: str, address: OfficeAddress, *, now: datetime
) -> None:
    """Keep where an office wants to be told; BadNoticeChoice for what cannot be an address."""
    if session.scalar(select(Office.id).where(Office.code == office_code)) is None:
        raise BadNoticeChoice(f"there is no office {office_code}")
    if address.email is not None and not ADDRESS.fullmatch(address.email):
        raise BadNoticeChoice("the e-mail address must be one plain address")
    if address.line_group is not None and not LINE_GROUP.fullmatch(address.line_group):
        raise BadNoticeChoice("a LINE group's id is C and 32 digits or letters a to f")
    if not 1 <= address.line_members <= LARGEST_GROUP:
        raise BadNoticeChoice(f"a LINE group has 1 to {LARGEST_GROUP} members")
    row = session.get(OfficeChannel, office_code) or OfficeChannel(office_code=office_code)
    row.email, row.line_group = address.email, address.line_group
    row.line_members, row.updated_at = address.line_members, now
    session.add(row)
    session.flush()


def _see(session: Session, staff_id: int, which: ColumnElement[bool], now: datetime) -> int:
    notices = session.scalars(select(Notice).where(which, for_person(staff_id))).all()
    insert = insert_unless_there(session.connection(), NoticeReceipt)
    for notice in notices:
        session.execute(insert.values(notice_id=notice.id, staff_id=staff_id, seen_at=now))
    ids = [notice.id for notice in notices]
    _deliveries(session, ids, CONSOLE, ("sent",), seen_at=now)
    own = [notice.id for notice in notices if notice.recipient_staff_id == staff_id]
    _deliveries(session, own, None, ("owed",), state="skipped", error_code="seen")
    _set_state(session, [one.id for one in notices if one.state == "undelivered"], PLANNED)
    for notice in notices:
        notice.next_at = None
    return len(ids)


def _withdraw(session: Session, wanted: Sequence[ColumnElement[bool]], reason: str) -> int:
    known = session.scalars(select(Notice.id).where(*wanted)).all()
    if not known:
        return 0
    # Whoever sends holds deliveries first and their notices after; the other way round both wait
    # for each other.
    open_rows = select(NoticeDelivery.id).where(
        NoticeDelivery.notice_id.in_(known), NoticeDelivery.state.in_(("owed", "claimed"))
    )
    session.execute(open_rows.order_by(NoticeDelivery.id).with_for_update())
    held = select(Notice).where(Notice.id.in_(known), *wanted).order_by(Notice.id)
    fresh = held.with_for_update().execution_options(populate_existing=True)
    notices = session.scalars(fresh).all()
    ids = [notice.id for notice in notices]
    _deliveries(session, ids, None, ("owed",), state="skipped", error_code=reason)
    told = frozenset(
        session.scalars(
            select(NoticeDelivery.notice_id).where(
                NoticeDelivery.notice_id.in_(ids),
                NoticeDelivery.state.in_(("sent", "claimed")),
                NoticeDelivery.channel != CONSOLE,
            )
        )
    )
    for notice in notices:
        # Who got a mail looks for it here; who did not need never know.
        is_kept = reason == "settled" and notice.id in told
        notice.state = "settled" if is_kept else WITHDRAWN
        notice.key = f"{notice.key[:140]}|{notice.id}"
        notice.next_at = None
    session.flush()
    return len(ids)


def _deliveries(
    session: Session,
    notice_ids: Sequence[int],
    channel: str | None,
    states: Sequence[str],
    **values: object,
) -> None:
    wanted: list[ColumnElement[bool]] = [
        NoticeDelivery.notice_id.in_(notice_ids),
        NoticeDelivery.state.in_(states),
    ]
    if channel is not None:
        wanted += [NoticeDelivery.channel == channel, NoticeDelivery.seen_at.is_(None)]
    session.execute(
        update(NoticeDelivery)
        .where(*wanted)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _set_state(session: Session, notice_ids: Sequence[int], state: str) -> None:
    session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids))
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
