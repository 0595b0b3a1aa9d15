"""People and cases for the tests of hand-overs, and the actions as a door would do them."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from agents.models import Notice, Staff, StaffRole
from agents.queries import OnDuty
from cases import handovers
from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.beginning import begin
from cases.handover_conditions import answerable_by, approvable_by
from cases.handover_models import Handover
from cases.handovers import Wish
from cases.models import Case, CaseExclusion, TimelineEvent
from cases.queries import CaseFile, case_file, timeline
from cases.services import finish_case, open_case
from cases.taking import acknowledge
from core.database import reading, transaction
from routing.rules import Decision, Reason

# A Friday morning in Thailand: the offices are open.
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
AREA = "ESA-9202"
AGENCY = "OBEC"
PROVINCE = "DOLE-92"
DISTRICT = "DOLE-9209"
ANSWERS = {"normal": "V3", "urgent": "V1"}
_numbers = count(1)


def hired(
    *roles: tuple[str, str],
    deputy: bool = False,
    duty: str = "auto",
    phone: bool = False,
    on_call: bool = False,
    active: bool = True,
) -> Viewer:
    """A person with these (role, office) pairs."""
    number = next(_numbers)
    with transaction() as session:
        staff = Staff(
            email=f"person{number}@desk.example",
            name=f"Person {number}",
            phone=f"+66810000{number % 1000:03d}" if phone else None,
            duty=duty,
            on_call=on_call,
            active=active,
            created_at=NOW,
        )
        session.add(staff)
        session.flush()
        session.add_all(
            StaffRole(staff_id=staff.id, office_code=office, role=role, deputy=deputy)
            for role, office in roles
        )
    return Viewer(staff.id, roles)


def operator(office: str = PROVINCE) -> Viewer:
    """An operator of an office."""
    return hired(("operator", office))


def head(office: str = PROVINCE) -> Viewer:
    """A head operator of an office."""
    return hired(("head_operator", office))


def opened(
    office: str = PROVINCE,
    severity: str = "normal",
    *,
    candidates: tuple[str, ...] = (),
    ended: bool = True,
) -> int:
    """A case at an office that nobody has acknowledged."""
    kind = ANSWERS.get(severity, "V3")
    answers = CaseAnswers("V", kind, danger=severity == "emergency", conflict="no")
    why = (Reason("area_known", "เขตพื้นที่ดูแล", "The area serves it"),)
    with transaction() as session:
        made = open_case(
            session,
            answers,
            call_sid=f"CA{next(_numbers):032x}",
            account_sid="AC" + "0" * 32,
            now=NOW,
        )
        decision = Decision(office, why, candidates)
        finish_case(session, made.id, answers, decision, now=NOW, ended=ended)
    return made.id


def taken(viewer: Viewer, office: str = PROVINCE, severity: str = "normal") -> int:
    """A case that somebody has acknowledged."""
    case_id = opened(office, severity)
    with transaction() as session:
        acknowledge(session, case_id, viewer=viewer, now=NOW)
    return case_id


def shut_out(case_id: int, *, staff: int | None = None, office: str | None = None) -> None:
    """Somebody must not know of the case."""
    with transaction() as session:
        session.add(CaseExclusion(case_id=case_id, staff_id=staff, office_code=office))


def to_office(office: str = DISTRICT, reason: str = "ใกล้บ้านเด็ก") -> Wish:
    """The wish that an office below has the case."""
    return Wish("office", reason, to_office=office)


def to_person(viewer: Viewer) -> Wish:
    """The wish that one person solves the case."""
    return Wish("person", "รู้จักครอบครัว", people=(viewer.staff_id,))


def to_committee(chair: Viewer, *members: Viewer) -> Wish:
    """The wish that a committee solves the case."""
    people = tuple(one.staff_id for one in (chair, *members))
    return Wish("committee", "ต้องทำหลายฝ่าย", people=people, chair=chair.staff_id)


def asked(case_id: int, wish: Wish, viewer: Viewer, at: datetime = NOW) -> int:
    """Ask for a hand-over; its id."""
    with transaction() as session:
        return handovers.ask(session, case_id, wish, viewer=viewer, now=at).id


def approved(handover_id: int, viewer: Viewer, at: datetime = NOW) -> None:
    """Approve it on its page."""
    with transaction() as session:
        handovers.approve(session, handover_id, staff_id=viewer.staff_id, way="page", now=at)


def rejected(
    handover_id: int, viewer: Viewer, words: str | None = "ยังไม่ควร", at: datetime = NOW
) -> None:
    """Reject it on its page."""
    with transaction() as session:
        handovers.reject(
            session, handover_id, staff_id=viewer.staff_id, way="page", words=words, now=at
        )


def accepted(handover_id: int, viewer: Viewer, at: datetime = NOW) -> None:
    """Take it on."""
    with transaction() as session:
        handovers.accept(session, handover_id, staff_id=viewer.staff_id, now=at)


def declined(
    handover_id: int, viewer: Viewer, words: str | None = "อยู่นอกพื้นที่", at: datetime = NOW
) -> None:
    """Do not take it on."""
    with transaction() as session:
        handovers.decline(session, handover_id, staff_id=viewer.staff_id, words=words, now=at)


def revoked(handover_id: int, viewer: Viewer, at: datetime = NOW) -> None:
    """Take it back."""
    with transaction() as session:
        handovers.revoke(session, handover_id, viewer=viewer, words="เปลี่ยนแผน", now=at)


def begun(case_id: int, viewer: Viewer) -> None:
    """Act at once."""
    with transaction() as session:
        begin(session, case_id, viewer=viewer, now=NOW)


def climbed(at: datetime) -> int:
    """One run of the sweep."""
    with transaction() as session:
        return handovers.climb_overdue(session, at, 100)


def may_decide(handover_id: int, viewer: Viewer, at: datetime = NOW) -> bool:
    """Whether a person may decide about a hand-over."""
    with reading() as session:
        found = session.get_one(Handover, handover_id)
        return handovers.may_decide(session, found, viewer.staff_id, now=at)


def to_ring(handover_id: int, at: datetime = NOW) -> list[OnDuty]:
    """Who is rung for it, in order."""
    with reading() as session:
        found = session.get_one(Handover, handover_id)
        return handovers.approvers_to_ring(session, found, now=at)


def turns_of(viewer: Viewer, at: datetime = NOW) -> list[tuple[int, str]]:
    """The hand-overs on which a person owes an answer, and which, by what lists ask."""
    with reading() as session:
        approvable = approvable_by(session, viewer, now=at)
        ways = (approvable, "approve"), (answerable_by(viewer), "accept")
        return [
            (one, what)
            for way, what in ways
            for one in session.scalars(select(Handover.id).where(way).order_by(Handover.id))
        ]


def handover(handover_id: int) -> Handover:
    """A hand-over as it is now."""
    with reading() as session:
        return session.get_one(Handover, handover_id)


def file_of(case_id: int) -> CaseFile:
    """A case as it is now."""
    with reading() as session:
        reference = session.scalar(select(Case.reference).where(Case.id == case_id))
        found = case_file(session, reference or "")
    assert found is not None
    return found


def status_of(case_id: int) -> str:
    """What a case is now."""
    return file_of(case_id).case.status


def events(case_id: int, kind: str) -> list[TimelineEvent]:
    """The entries of one kind."""
    with reading() as session:
        return [one for one in timeline(session, case_id) if one.kind == kind]


def told(template: str) -> list[int | str | None]:
    """Whom a notice is owed to, in order."""
    with reading() as session:
        rows = session.scalars(
            select(Notice).where(Notice.template == template).order_by(Notice.id)
        ).all()
    return [row.recipient_staff_id or row.office_code for row in rows]
