"""What goes to an office's own channel beside its people: in nobody's list, one line of many."""

import pytest
from sqlalchemy import func, select

from agents.notice_models import NoticeDelivery
from agents.notice_queries import failures, inbox, unseen
from agents.notices import rank
from core.database import reading, transaction
from core.delivery import DeliveryRefused
from tests.notices.world import GROUP, OFFICE, World

pytestmark = pytest.mark.backends("postgresql", "sqlite")
ARRIVED = "case_arrived"
HOUR = 3600


def arrived(world: World, staff_id: int, number: int = 1, severity: str = "normal") -> None:
    """A case has come: its office's person is told, and its group beside."""
    told = {"reference": f"{number:09}", "severity": severity, "answer_by": world.now}
    world.owe(ARRIVED, staff_id=staff_id, **told)
    world.owe(ARRIVED, office_code=OFFICE, is_beside=True, **told)


def test_the_group_is_told_and_the_list_of_the_office_holds_it_once(world: World) -> None:
    staff_id = world.person()
    world.address(email="office@example.org", line_group=GROUP)
    arrived(world, staff_id, severity="urgent")
    world.run(60)
    assert [offer.to for offer in world.line.offers] == [GROUP]
    assert [offer.to for offer in world.mail.offers] == ["person1@example.org"]
    with reading() as session:
        assert len(inbox(session, staff_id, language="th", now=world.now)) == 1
        assert len(session.scalars(unseen(staff_id, (OFFICE,), now=world.now)).all()) == 1
        consoles = select(func.count()).where(NoticeDelivery.channel == "console")
        assert session.scalar(consoles) == 1


def test_nobody_can_have_seen_it_so_its_mailbox_is_not_used_for_that(world: World) -> None:
    staff_id = world.person()
    world.address(email="office@example.org", line_group=GROUP)
    arrived(world, staff_id, severity="urgent")
    world.run(3 * HOUR, step=300)
    assert "office@example.org" not in [offer.to for offer in world.mail.offers]


def test_its_mailbox_is_used_where_line_does_not_take_it(world: World) -> None:
    staff_id = world.person()
    world.address(email="office@example.org", line_group=GROUP)
    world.line.always = DeliveryRefused("400")
    arrived(world, staff_id, severity="urgent")
    world.run(300)
    assert "office@example.org" in [offer.to for offer in world.mail.offers]


def test_what_no_channel_took_is_among_what_reached_nobody(world: World) -> None:
    staff_id = world.person()
    world.address(line_group=GROUP)
    world.line.always = DeliveryRefused("400")
    arrived(world, staff_id, severity="urgent")
    world.run(300)
    with reading() as session:
        lost = failures(session, [OFFICE], staff_id=staff_id)
    assert [(one.receiver, one.channel, one.error_code) for one in lost] == [
        (f"office:{OFFICE}", "line", "400"),
        (f"office:{OFFICE}", "email", "no_address"),
    ]


def test_many_arrivals_are_one_push_and_one_line(world: World) -> None:
    staff_id = world.person()
    world.address(line_group=GROUP)
    for number in range(1, 31):
        arrived(world, staff_id, number)
    world.run(HOUR, step=60)
    [text] = world.line.texts
    assert "มีเรื่องใหม่ 30 เรื่องมาถึงหน่วยงานของท่าน" in text
    [offer] = world.mail.offers
    assert offer.message.text.count("\n") == text.count("\n") - 1


def test_a_group_in_which_somebody_must_not_know_gets_nothing(world: World) -> None:
    world.address(line_group=GROUP)
    accused = world.person()
    world.owe(ARRIVED, office_code=OFFICE, is_beside=True, barred=[accused], severity="emergency")
    world.run(60)
    assert (world.line.offers, world.notices()) == ([], ["planned"])


@pytest.mark.parametrize("first", ["phone", "email"])
def test_nobody_is_rung_for_an_arrival_before_the_minutes_that_a_look_takes(
    world: World, first: str
) -> None:
    """Not even where nothing else can be used, or who put the telephone first."""
    staff_id = world.person()
    if first == "phone":
        with transaction() as session:
            rank(session, staff_id, ["phone", "email", "sms"], now=world.now)
    else:
        del world.services["email"], world.services["sms"]
    arrived(world, staff_id, severity="emergency")
    world.run(60)
    rung = [row.due_at for row in world.deliveries() if row.channel == "phone"]
    begun = world.deliveries()[0].created_at
    assert [(one - begun).total_seconds() for one in rung] == [180]
