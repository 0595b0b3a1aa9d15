"""Cases with a hand-over at a certain point, made by the services of the core."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from cases.access import Viewer
from cases.handover_models import Handover
from cases.handovers import Wish, accept, approve, ask
from cases.models import Assignment
from cases.taking import acknowledge
from core import clock
from core.database import reading, transaction
from tests.console_cases.people import Made, hired, opened_case

# DOLE-40 has the districts of Khon Kaen below it, and DOLE, OBEC's neighbour, above.
PROVINCE, DISTRICT, AGENCY = "DOLE-40", "DOLE-4001", "DOLE"
REASON = "อยู่ใกล้ครอบครัวที่สุด"


@dataclass(frozen=True)
class HandedOver:
    """A case with a hand-over, who asked for it, and who may approve it."""

    made: Made
    handover_id: int
    asker: Viewer
    head: Viewer

    @property
    def address(self) -> str:
        """The hand-over's page below /desk."""
        return f"/handovers/{self.handover_id}"

    @property
    def case_address(self) -> str:
        """The case's page below /desk."""
        return f"/cases/{self.made.reference}"


def taken_case(viewer: Viewer, *, office: str = PROVINCE, **facts: object) -> Made:
    """A case that this person has acknowledged."""
    made = opened_case(office=office, **facts)  # type: ignore[arg-type]
    with transaction() as session:
        acknowledge(session, made.case_id, viewer=viewer, now=clock.now())
    return made


def asked(
    wish: Wish | None = None,
    *,
    asker: Viewer | None = None,
    head: Viewer | None = None,
    office: str = PROVINCE,
    **facts: object,
) -> HandedOver:
    """A hand-over that waits for approval; to the district below unless told otherwise."""
    asker = asker or hired("ผู้ขอ ทดสอบ", ("operator", office))
    head = head or hired("หัวหน้า ทดสอบ", ("head_operator", office))
    made = taken_case(asker, office=office, **facts)
    with transaction() as session:
        wanted = wish or Wish("office", REASON, to_office=DISTRICT)
        handover = ask(session, made.case_id, wanted, viewer=asker, now=clock.now())
        handover_id = handover.id
    return HandedOver(made, handover_id, asker, head)


def offered(wish: Wish | None = None, **how: object) -> HandedOver:
    """A hand-over that waits for the receiver."""
    given = asked(wish, **how)  # type: ignore[arg-type]
    with transaction() as session:
        now, head = clock.now(), given.head.staff_id
        approve(session, given.handover_id, staff_id=head, way="page", now=now)
    return given


def taken(wish: Wish, *, by: Viewer, **how: object) -> HandedOver:
    """A hand-over that its receiver has accepted."""
    given = offered(wish, **how)
    with transaction() as session:
        accept(session, given.handover_id, staff_id=by.staff_id, now=clock.now())
    return given


def to_person(viewer: Viewer) -> Wish:
    """To one person as SC-Action."""
    return Wish("person", REASON, people=(viewer.staff_id,))


def state_of(handover_id: int) -> str:
    """Where a hand-over stands."""
    with reading() as session:
        return session.get_one(Handover, handover_id).state


def handovers_of(made: Made) -> list[Handover]:
    """The hand-overs of a case, the first one first."""
    with reading() as session:
        wanted = select(Handover).where(Handover.case_id == made.case_id)
        return list(session.scalars(wanted.order_by(Handover.id)))


def once_had(made: Made, office_code: str) -> None:
    """Write down that an office had the case before."""
    with transaction() as session:
        now = clock.now()
        session.execute(
            insert(Assignment).values(
                case_id=made.case_id,
                office_code=office_code,
                is_lead=False,
                state="done",
                due_at=now,
                reasons=[],
                candidates=[],
                escalation=0,
                created_at=now,
            )
        )
