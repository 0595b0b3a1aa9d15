"""From a notice that is owed to the channels it goes out by."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from agents.models import Notice
from agents.notice_policy import EMAIL, PHONE, SMS, current_policy
from agents.notices import choose, mark_seen, rank
from core.database import transaction
from core.delivery import DeliveryRefused
from tests.notices.world import GROUP, OFFICE, World

pytestmark = pytest.mark.backends("postgresql", "sqlite")
UNSEEN_S = current_policy().classes["urgent"].unseen_s


def test_an_urgent_notice_goes_out_by_the_first_channel_that_can_be_used(world: World) -> None:
    world.owe(staff_id=world.person())
    world.run(120)
    assert world.states() == [("email", "sent", None)]
    assert [offer.to for offer in world.mail.offers] == ["person1@example.org"]
    assert world.sms.offers == []


def test_what_is_not_due_waits(world: World) -> None:
    world.owe(staff_id=world.person(), due_at=world.now + timedelta(hours=1))
    assert world.plan() == 0
    world.later(3600)
    assert world.plan() == 1
    assert world.plan() == 0


def test_a_channel_without_its_setting_is_skipped_where_people_can_see_it(world: World) -> None:
    del world.services["email"]
    world.owe(staff_id=world.person())
    world.run(120, step=30)
    assert world.states() == [("email", "skipped", "not_configured"), ("sms", "sent", None)]


def test_an_emergency_goes_out_by_all_channels_at_once(world: World) -> None:
    world.owe(staff_id=world.person(), severity="emergency")
    world.run()
    assert world.states() == [("email", "sent", None), ("sms", "sent", None)]
    assert "http" not in world.sms.offers[0].message.short


def test_an_emergency_of_the_case_does_not_make_a_mere_receipt_pressing(world: World) -> None:
    world.owe("handover_accepted", staff_id=world.person(), severity="emergency")
    world.run()
    assert world.states() == [("email", "owed", None)]


def test_an_office_is_told_in_its_line_group_else_by_mail(world: World) -> None:
    world.address(email="office@example.org", line_group=GROUP)
    world.owe(office_code=OFFICE)
    world.run(120, step=30)
    assert [offer.to for offer in world.line.offers] == [GROUP]
    assert world.line.texts[0].startswith("ถึง สพป.ตรัง เขต 2\nเรื่อง 123 456 789 ")
    world.address(email="office@example.org")
    world.owe(office_code=OFFICE, reference="987654321")
    world.run(2000, step=60)
    assert [offer.to for offer in world.mail.offers] == ["office@example.org"]


def test_a_shared_mailbox_is_left_out_where_somebody_there_must_not_know(world: World) -> None:
    accused = world.person()
    world.address(email="office@example.org", line_group=GROUP)
    world.owe(office_code=OFFICE, barred=[accused], severity="emergency")
    world.run(60)
    assert world.states() == [
        ("line", "skipped", "somebody_barred"),
        ("email", "skipped", "somebody_barred"),
    ]


def test_a_notice_to_an_office_that_is_gone_is_seen_to_be_lost(world: World) -> None:
    world.owe(office_code="NO-SUCH-OFFICE")
    world.run()
    assert world.notices() == ["undelivered"]


def test_what_a_person_would_rather_not_get_is_skipped_unless_it_is_an_emergency(
    world: World,
) -> None:
    staff_id = world.person()
    with transaction() as session:
        choose(session, staff_id, channels=["sms"], quiet_hours="none", now=world.now)
    world.owe(staff_id=staff_id)
    world.owe(staff_id=staff_id, reference="987654321", severity="emergency")
    world.run(60)
    assert world.states() == [
        ("email", "skipped", "not_wanted"),
        ("sms", "sent", None),
        ("email", "sent", None),
        ("sms", "sent", None),
    ]


def test_a_template_that_nobody_described_is_sent_in_general_words(world: World) -> None:
    world.owe("something_new", staff_id=world.person())
    world.run(120, step=30)
    assert "มีเรื่องรอท่านดำเนินการ" in world.mail.texts[0]


def prefer(world: World, staff_id: int, *channels: str) -> None:
    """Somebody ranks the channels."""
    with transaction() as session:
        rank(session, staff_id, channels, now=world.now)


def test_what_is_not_seen_in_time_goes_out_by_the_next_channel(world: World) -> None:
    world.owe(staff_id=world.person())
    world.run(UNSEEN_S, step=600)
    assert world.states() == [("email", "sent", None)]
    world.run(240, step=60)
    assert world.states() == [("email", "sent", None), ("sms", "sent", None)]
    world.run(2 * UNSEEN_S, step=1200)
    assert len(world.states()) == 2


def test_what_is_seen_in_time_does_not(world: World) -> None:
    staff_id = world.person()
    world.owe(staff_id=staff_id)
    world.run(600, step=120)
    with transaction() as session:
        notice_id = session.scalars(select(Notice.id)).one()
        mark_seen(session, staff_id, notice_id, now=world.now)
    world.run(2 * UNSEEN_S, step=1200)
    assert world.states() == [("email", "sent", None)]


def test_time_in_which_nothing_was_sent_does_not_count(world: World) -> None:
    """In quiet hours the first message waits, and the next one after it."""
    world.now += timedelta(hours=11)
    world.owe(staff_id=world.person())
    world.run(2 * UNSEEN_S, step=1200)
    assert world.states() == [("email", "owed", None)]


def test_an_office_of_which_nobody_has_seen_it_is_told_by_its_next_channel(world: World) -> None:
    world.address(email="office@example.org", line_group=GROUP)
    world.owe(office_code=OFFICE)
    world.run(UNSEEN_S + 240, step=120)
    assert world.states() == [("line", "sent", None), ("email", "sent", None)]


def test_the_channel_that_a_person_put_first_is_used_first(world: World) -> None:
    staff_id = world.person()
    prefer(world, staff_id, SMS, EMAIL, PHONE)
    world.owe(staff_id=staff_id)
    world.run(120, step=30)
    assert world.states() == [("sms", "sent", None)]
    world.sms.errors = [DeliveryRefused("30006")]
    world.owe(staff_id=staff_id, reference="987654321")
    world.run(1200, step=60)
    assert world.states()[1:] == [("sms", "failed", "30006"), ("email", "sent", None)]


def test_the_telephone_comes_at_once_where_nothing_else_takes_an_emergency(world: World) -> None:
    world.mail.errors = [DeliveryRefused("550")]
    world.owe(staff_id=world.person(), severity="emergency")
    world.run(30)
    assert world.states() == [("email", "failed", "550"), ("sms", "sent", None)]
    world.mail.errors, world.sms.errors = [DeliveryRefused("550")], [DeliveryRefused("30006")]
    world.owe(staff_id=world.person(2), severity="emergency")
    world.run(60)
    assert world.states()[2:] == [
        ("email", "failed", "550"),
        ("sms", "failed", "30006"),
        ("phone", "owed", None),
    ]
