"""Who gets a notice and where: addresses are looked up when needed, never kept beside it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Notice, Staff, StaffRole
from agents.notice_models import NoticeBarred, NoticePreference, OfficeChannel
from agents.notice_policy import EMAIL, LINE, PERSON_CHANNELS, PHONE, SMS, current_policy
from agents.notice_rules import Quiet, parse_quiet
from core import runtime
from core.phones import dialable
from routing.models import Office

STAFF, OFFICE = "staff:", "office:"


@dataclass(frozen=True)
class Receiver:
    """A person or an office, with what it takes to reach it; `ranking` is in which order."""

    key: str
    active: bool
    language: str
    quiet: Quiet | None
    wanted: tuple[str, ...]
    ranking: tuple[str, ...]
    addresses: dict[str, str] = field(repr=False)
    office_name: str | None = None
    line_members: int = 1

    def obstacle(
        self, channel: str, configured: Collection[str], *, emergency: bool, barred: bool
    ) -> str | None:
        """Why a channel cannot be used; None when it can."""
        # A shared mailbox or group is read by those who must not know, too.
        is_shown = barred and self.key.startswith(OFFICE)
        reasons = {
            "inactive": not self.active,
            "somebody_barred": is_shown,
            "not_configured": channel not in configured,
            "no_address": channel not in self.addresses,
            "not_wanted": not emergency and channel not in self.wanted,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)


def key_of(staff_id: int | None, office_code: str | None) -> str:
    """The key of a notice's receiver."""
    return f"{STAFF}{staff_id}" if staff_id is not None else f"{OFFICE}{office_code}"


def receivers(session: Session, keys: Iterable[str]) -> dict[str, Receiver]:
    """The receivers behind keys; one that is gone is there and inactive."""
    wanted = set(keys)
    staff_ids = [int(key.removeprefix(STAFF)) for key in wanted if key.startswith(STAFF)]
    codes = [key.removeprefix(OFFICE) for key in wanted if key.startswith(OFFICE)]
    found = {one.key: one for one in (*_people(session, staff_ids), *_offices(session, codes))}
    gone = (Receiver(key, False, "th", None, (), (), {}) for key in wanted - set(found))
    return found | {one.key: one for one in gone}


def has_own_channel(session: Session, office_code: str) -> bool:
    """Whether an office has a mailbox or a LINE group of its own."""
    row = session.get(OfficeChannel, office_code)
    return row is not None and bool(row.email or row.line_group)


def barred_notices(session: Session, notice_ids: Collection[int]) -> frozenset[int]:
    """Those of the notices whose own office has somebody who must not know of them."""
    wanted = (
        select(NoticeBarred.notice_id)
        .join(Notice, Notice.id == NoticeBarred.notice_id)
        .join(
            StaffRole,
            (StaffRole.staff_id == NoticeBarred.staff_id)
            & (StaffRole.office_code == Notice.office_code),
        )
        .where(NoticeBarred.notice_id.in_(notice_ids))
    )
    return frozenset(session.scalars(wanted.distinct()))


def receiver_key(notice: Notice) -> str:
    """The key of a notice's receiver."""
    return key_of(notice.recipient_staff_id, notice.office_code)


def _people(session: Session, ids: list[int]) -> Iterable[Receiver]:
    if not ids:
        return
    rows = session.execute(
        select(Staff, NoticePreference)
        .outerjoin(NoticePreference, NoticePreference.staff_id == Staff.id)
        .where(Staff.id.in_(ids))
    )
    own = frozenset({runtime.current().settings.hotline_number})
    for staff, chosen in rows:
        addresses = {EMAIL: staff.email}
        if staff.phone and dialable(staff.phone, own):
            addresses[SMS] = addresses[PHONE] = staff.phone
        hours = chosen.quiet_hours if chosen else current_policy().quiet_hours
        yield Receiver(
            key=f"{STAFF}{staff.id}",
            active=staff.active,
            language=staff.language,
            quiet=parse_quiet(hours),
            wanted=tuple(chosen.channels) if chosen else PERSON_CHANNELS,
            ranking=tuple(chosen.ranking or ()) if chosen else (),
            addresses=addresses,
        )


def _offices(session: Session, codes: list[str]) -> Iterable[Receiver]:
    if not codes:
        return
    rows = session.execute(
        select(Office.code, Office.name_th, OfficeChannel)
        .outerjoin(OfficeChannel, OfficeChannel.office_code == Office.code)
        .where(Office.code.in_(codes))
    )
    quiet = parse_quiet(current_policy().quiet_hours)
    for code, name, chosen in rows:
        known = {EMAIL: chosen.email, LINE: chosen.line_group} if chosen else {}
        yield Receiver(
            key=f"{OFFICE}{code}",
            active=True,
            language="th",
            quiet=quiet,
            wanted=(EMAIL, LINE),
            ranking=(),
            addresses={channel: address for channel, address in known.items() if address},
            office_name=name,
            line_members=chosen.line_members if chosen else 1,
        )
