"""Puts a person's notices together: what is new first, where each leads, how else it was told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Notice
from agents.notice_models import NoticeDelivery
from agents.notice_policy import CONSOLE
from agents.notice_queries import InboxItem, for_person, inbox
from agents.sessions import SignedIn
from webapp.console.language import current_language
from webapp.console.notice_count import known_to
from webapp.console.notice_pages import (
    Opens,
    answers_owed,
    is_about_case,
    is_to_answer,
    is_warning,
    leads_to,
    pages_about,
)
from webapp.console.notice_words import told_text
from webapp.console.pages import named
from webapp.documents import office_names

MOST_SHOWN = 50


@dataclass(frozen=True)
class NoticeLine:
    """One notice; `address` is empty where there is nothing that its reader may open."""

    id: int
    text: str
    at: datetime
    office: str
    is_new: bool
    is_settled: bool
    seen_at: datetime | None
    told: list[str]
    address: str
    is_case: bool
    is_part: bool
    is_handover: bool
    is_warning: bool
    is_gone: bool


@dataclass(frozen=True)
class NoticePage:
    """All that the page shows."""

    new: list[NoticeLine]
    old: list[NoticeLine]
    is_full: bool


def notice_page(session: Session, person: SignedIn, *, now: datetime) -> NoticePage:
    """The page of one person, with a fixed number of queries."""
    items = inbox(
        session,
        person.staff_id,
        language=current_language(),
        now=now,
        limit=MOST_SHOWN + 1,
        also=known_to(person),
    )
    shown = items[:MOST_SHOWN]
    told = _told(session, [one.notice_id for one in shown])
    opened = pages_about(session, person, {one.reference for one in shown if one.reference})
    names = office_names(session, {one.office_code for one in shown if one.office_code})
    offices = {code: named(one) for code, one in names.items()}
    asked = {one.reference for one in shown if one.reference and is_to_answer(one.template)}
    owed = opened | answers_owed(session, person, asked, now=now)
    lines = [
        _line(
            one,
            told.get(one.notice_id, []),
            owed if is_to_answer(one.template) else opened,
            offices,
        )
        for one in shown
    ]
    return NoticePage(
        new=[one for one in lines if one.is_new],
        old=[one for one in lines if not one.is_new],
        is_full=len(items) > MOST_SHOWN,
    )


def own_notices(
    session: Session, person: SignedIn, ids: Collection[int], *, now: datetime
) -> Sequence[Notice]:
    """Those of the notices that are the person's to read."""
    mine = (for_person(person.staff_id), Notice.due_at <= now, known_to(person))
    return session.scalars(select(Notice).where(Notice.id.in_(ids), *mine)).all()


def _told(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    """What became of each notice beside the console, where anything was tried."""
    wanted = (
        select(NoticeDelivery)
        .where(
            NoticeDelivery.notice_id.in_(ids),
            NoticeDelivery.channel != CONSOLE,
            NoticeDelivery.state != "skipped",
        )
        .order_by(NoticeDelivery.id)
    )
    told: dict[int, list[str]] = {}
    for one in session.scalars(wanted):
        told.setdefault(one.notice_id, []).append(told_text(one.channel, one.state, one.sent_at))
    return told


def _line(
    item: InboxItem, told: list[str], opened: Mapping[str, Opens], offices: dict[str, str]
) -> NoticeLine:
    address = leads_to(item.template, item.reference, opened)
    opens = opened.get(item.reference or "")
    return NoticeLine(
        id=item.notice_id,
        text=item.text,
        at=item.at,
        office=offices.get(item.office_code or "", ""),
        is_new=item.seen_at is None and not item.is_settled,
        is_settled=item.is_settled,
        seen_at=item.seen_at,
        told=told,
        address=address,
        is_case=is_about_case(item.template),
        is_part=opens is not None and opens.is_part,
        is_handover=opens is not None and opens.is_handover,
        is_warning=is_warning(item.template),
        is_gone=item.reference is not None and not address,
    )
