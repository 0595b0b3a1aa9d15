"""Messages on their way: digests, quiet hours, retries, the budget, withdrawal, the inbox."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from agents.errors import UnknownNotice
from agents.models import Notice, Staff
from agents.notice_budget import used
from agents.notice_models import NoticeDelivery
from agents.notice_policy import current_policy
from agents.notice_queries import failures, inbox, undelivered_count, unseen
from agents.notices import choose, mark_seen, send_again, withdraw, withhold
from core import runtime
from core.database import reading, transaction
from core.delivery import DeliveryDelayed, DeliveryRefused, ServiceAway
from tests.notices.world import GROUP, OFFICE, REFERENCE, World
from tests.support.waiting import somebody_waits, wait_for

pytestmark = pytest.mark.backends("postgresql")
EVENING = timedelta(hours=11)  # from ten in the morning to nine at night, which is quiet


def references(count: int) -> list[str]:
    """Made-up references."""
    return [f"{100000000 + number}" for number in range(count)]


def test_many_notices_for_one_person_become_one_mail(world: World) -> None:
    staff_id = world.person()
    for reference in references(12):
        world.owe(staff_id=staff_id, reference=reference)
    world.run(120)
    assert len(world.mail.offers) == 1
    message = world.mail.offers[0].message
    assert "12 เรื่องของหน่วยงานท่าน ขั้นตอนถัดไปเกินกำหนดแล้ว" in message.text
    assert message.text.endswith("/desk/")
    assert {state for _channel, state, _code in world.states()} == {"sent"}


def test_a_thousand_notices_over_a_day_are_a_few_mails(world: World) -> None:
    staff_id = world.person()
    for hour in range(8):
        for reference in references(125):
            world.owe("result_reported", staff_id=staff_id, reference=f"{hour}{reference[1:]}")
        for _ in range(2):
            world.plan()
        world.run(3600, step=600)
    assert len(world.mail.offers) <= 9
    assert all("125" in text or "250" in text for text in world.mail.texts)


def test_different_kinds_are_counted_apart_and_other_people_get_their_own(world: World) -> None:
    one, two = world.person(1), world.person(2)
    for reference in references(3):
        world.owe(staff_id=one, reference=reference)
    world.owe("callback_decision", staff_id=one)
    world.owe(staff_id=two)
    world.run(120)
    texts = {offer.to: offer.message.text for offer in world.mail.offers}
    assert "3 เรื่องของหน่วยงานท่าน ขั้นตอนถัดไปเกินกำหนดแล้ว" in texts["person1@example.org"]
    assert "123 456 789 รอท่านตัดสินใจ" in texts["person1@example.org"]
    assert "เรื่อง 123 456 789 ของหน่วยงานท่าน" in texts["person2@example.org"]


def test_people_are_written_to_in_their_language(world: World) -> None:
    staff_id = world.person()
    with transaction() as session:
        session.execute(update(Staff).values(language="en"))
    world.owe(staff_id=staff_id)
    world.run(120)
    assert "Case 123 456 789 of your office: the next step is overdue" in world.mail.texts[0]
    assert world.mail.offers[0].message.subject == "Safety Center: case 123 456 789"


def test_quiet_hours_hold_and_end_in_the_morning(world: World) -> None:
    world.now += EVENING
    world.owe(staff_id=world.person())
    world.run(3600, step=300)
    assert world.mail.offers == []
    world.now += timedelta(hours=9)
    world.run()
    assert len(world.mail.offers) == 1


def test_an_emergency_overrides_quiet_hours(world: World) -> None:
    world.now += EVENING
    world.owe(staff_id=world.person(), severity="emergency")
    world.run()
    assert len(world.mail.offers) == 1


def test_a_retry_that_falls_into_quiet_hours_waits_for_the_morning(world: World) -> None:
    world.now += timedelta(hours=9, minutes=55)  # five to eight in the evening
    world.owe(staff_id=world.person())
    world.mail.errors = [DeliveryDelayed("451")] * 2
    world.run(3600, step=60)
    assert world.mail.offers == []
    world.now += timedelta(hours=11)
    world.run(3600, step=60)
    assert len(world.mail.offers) == 1


def test_hours_of_ones_own_choice_hold(world: World) -> None:
    staff_id = world.person()
    with transaction() as session:
        choose(session, staff_id, channels=["email"], quiet_hours="09:00-11:00", now=world.now)
    world.owe(staff_id=staff_id)
    world.run(600, step=60)
    assert world.mail.offers == []
    world.later(3600)
    world.run()
    assert len(world.mail.offers) == 1


def test_a_delay_is_retried_with_growing_pauses_under_one_key(world: World) -> None:
    world.owe(staff_id=world.person())
    world.mail.errors = [ServiceAway("ConnectionRefusedError")] * 3
    world.run(3600, step=30)
    [row] = world.deliveries()
    assert (row.state, row.tries, row.error_code) == ("sent", 4, None)
    assert [offer.key for offer in world.mail.offers] == [row.token]
    assert world.mail.offers[0].asked_since == row.first_try_at


def test_what_fails_for_good_goes_on_by_the_next_channel(world: World) -> None:
    world.owe(staff_id=world.person())
    world.mail.errors = [DeliveryRefused("550")]
    world.run(1200, step=30)
    assert world.states() == [("email", "failed", "550"), ("sms", "sent", None)]
    assert world.notices() == ["planned"]


def test_after_the_last_try_it_is_given_up_and_people_see_it(world: World) -> None:
    staff_id = world.person(phone=None)
    world.owe(staff_id=staff_id)
    world.mail.always = ServiceAway("TimeoutError")
    world.run(9000, step=60)
    assert world.states() == [
        ("email", "given_up", "TimeoutError"),
        ("sms", "skipped", "no_address"),
    ]
    tries = len(current_policy().classes["urgent"].retry_s) + 1
    assert world.deliveries()[0].tries == tries
    assert world.notices() == ["undelivered"]
    with reading() as session:
        assert undelivered_count(session) == 1
        lost = failures(session, [OFFICE], staff_id=staff_id)
        assert failures(session, ["HQ"], staff_id=staff_id) == []
    assert [(one.channel, one.state, one.error_code) for one in lost] == world.states()


def test_what_was_given_up_can_be_sent_again(world: World) -> None:
    world.owe(staff_id=world.person(phone=None))
    world.mail.errors = [DeliveryRefused("550")]
    world.run(120, step=30)
    with reading() as session:
        notice_id = session.scalar(select(Notice.id)) or 0
    with transaction() as session:
        assert send_again(session, notice_id, now=world.now)
    world.run()
    assert world.notices() == ["planned"]
    assert len(world.mail.offers) == 1


def test_what_was_settled_meanwhile_is_not_sent_again(world: World) -> None:
    staff_id = world.person(phone=None)
    world.owe(staff_id=staff_id)
    world.mail.errors = [DeliveryRefused("550")]
    world.run(120, step=30)
    with reading() as session:
        one = session.scalars(select(Notice)).one()
    with transaction() as session:
        withdraw(session, one.template, REFERENCE)
    with transaction() as session:
        assert not send_again(session, one.id, now=world.now)
    before = len(world.mail.offers)
    world.run(120, step=30)
    assert (len(world.mail.offers), world.notices()) == (before, ["withdrawn"])


def test_a_matter_is_settled_while_its_mail_fails_and_nobody_waits_for_ever(
    world: World,
) -> None:
    world.owe(staff_id=world.person())
    world.plan()
    with reading() as session:
        template = session.scalars(select(Notice.template)).one()

    def settle() -> None:
        with transaction() as session:
            withdraw(session, template, REFERENCE)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            # A sender holds the mail, and then has to say by which channel the notice goes on.
            mail = select(NoticeDelivery).where(NoticeDelivery.channel == "email")
            held = session.scalars(mail.with_for_update()).one()
            settling = pool.submit(settle)
            wait_for(lambda: somebody_waits(runtime.current().engine))
            session.execute(
                update(Notice).where(Notice.id == held.notice_id).values(state="undelivered")
            )
        settling.result()
    assert world.notices() == ["withdrawn"]


def test_a_dead_service_ends_the_turn_and_costs_the_others_no_try(world: World) -> None:
    for number in range(1, 6):
        world.owe(staff_id=world.person(number))
    world.plan()
    world.later(61)
    world.mail.always = ServiceAway("TimeoutError")
    world.send()
    assert sorted(row.tries for row in world.deliveries()) == [0, 0, 0, 0, 1]


def test_one_refused_address_does_not_hold_up_the_others(world: World) -> None:
    for number in range(1, 4):
        world.owe(staff_id=world.person(number))
    world.plan()
    world.later(61)
    world.mail.errors = [DeliveryRefused("550")]
    world.send()
    assert len(world.mail.offers) == 2


def budget(world: World) -> int:
    """How much of LINE's month is used."""
    with reading() as session:
        return used(session, world.now)


def test_a_push_counts_for_each_member_and_a_reserve_is_kept_for_emergencies(
    world: World,
) -> None:
    limit = runtime.current().settings.line_monthly_budget
    world.address(email="office@example.org", line_group=GROUP, line_members=limit // 2)
    world.owe(office_code=OFFICE)
    world.run(1200, step=60)
    assert budget(world) == limit // 2
    world.owe(office_code=OFFICE, reference="1")
    world.run(1800, step=60)
    assert ("line", "skipped", "budget_spent") in world.states()
    assert len(world.line.offers) == len(world.mail.offers) == 1
    world.owe(office_code=OFFICE, reference="2", severity="emergency")
    world.run(60)
    assert (len(world.line.offers), budget(world)) == (2, limit // 2 * 2)


def test_a_retried_push_counts_once_and_a_refused_one_not_at_all(world: World) -> None:
    world.address(line_group=GROUP, line_members=7)
    world.owe(office_code=OFFICE)
    world.line.errors = [ServiceAway("500")]
    world.run(600, step=30)
    assert budget(world) == 7
    world.owe(office_code=OFFICE, reference="1")
    world.line.errors = [DeliveryRefused("400")]
    world.run(3600, step=30)
    assert budget(world) == 7


def test_a_settled_matter_is_not_told_any_more_and_may_come_again(world: World) -> None:
    staff_id = world.person()
    world.owe(staff_id=staff_id)
    world.plan()
    with transaction() as session:
        assert withdraw(session, "overdue_head", REFERENCE) == 1
    world.run(600, step=60)
    assert world.mail.offers == []
    with reading() as session:
        assert inbox(session, staff_id, language="th", now=world.now) == []
    assert world.owe(staff_id=staff_id)
    world.run(600, step=60)
    assert len(world.mail.offers) == 1
    with transaction() as session:
        assert withdraw(session, "overdue_head", REFERENCE) == 1
    with reading() as session:
        [item] = inbox(session, staff_id, language="th", now=world.now)
        assert item.is_settled
        assert not session.scalars(unseen(staff_id, (OFFICE,), now=world.now)).all()


def test_of_several_matters_of_one_case_only_the_settled_one_is_withdrawn(world: World) -> None:
    staff_id = world.person()
    for occasion in ("1.0.A", "1.1.A", "10.0.A", "2.1.0"):
        assert world.owe(staff_id=staff_id, occasion=occasion)
    with transaction() as session:
        assert withdraw(session, "overdue_head", REFERENCE, occasion="1.") == 2
        assert withdraw(session, "overdue_head", REFERENCE, occasion="1.") == 0
        assert withdraw(session, "overdue_head", REFERENCE, occasion="_.") == 0
        assert withdraw(session, "overdue_head", REFERENCE) == 2


def test_the_inbox_holds_ones_own_notices_and_those_of_ones_office(world: World) -> None:
    head, officer = world.person(1), world.person(2, role="action_officer")
    world.owe(staff_id=head)
    world.owe(office_code=OFFICE, reference="987654321")
    with reading() as session:
        items = inbox(session, head, language="en", now=world.now)
        assert inbox(session, officer, language="en", now=world.now) == []
        assert len(session.scalars(unseen(head, (OFFICE,), now=world.now)).all()) == 2
    assert [item.reference for item in items] == ["987654321", REFERENCE]
    assert items[1].text.startswith("Case 123 456 789 of your office: the next step is overdue")


def test_who_has_seen_a_notice_needs_no_mail_of_it(world: World) -> None:
    staff_id = world.person()
    world.owe(staff_id=staff_id)
    world.plan()
    with transaction() as session:
        mark_seen(session, staff_id, session.scalar(select(Notice.id)) or 0, now=world.now)
    world.run(600, step=60)
    assert world.mail.offers == []
    with reading() as session:
        [item] = inbox(session, staff_id, language="th", now=world.now)
        assert item.seen_at is not None
        assert not session.scalars(unseen(staff_id, (OFFICE,), now=world.now)).all()


def test_nobody_marks_what_is_not_theirs(world: World) -> None:
    world.owe(staff_id=world.person(1))
    other = world.person(2)
    with reading() as session:
        notice_id = session.scalar(select(Notice.id)) or 0
    with pytest.raises(UnknownNotice), transaction() as session:
        mark_seen(session, other, notice_id, now=world.now)


def test_who_must_not_know_sees_no_notice_of_it_from_the_first_moment(world: World) -> None:
    accused, colleague = world.person(1), world.person(2)
    world.owe(office_code=OFFICE, barred=[accused])
    with reading() as session:
        assert inbox(session, accused, language="th", now=world.now) == []
        assert len(inbox(session, colleague, language="th", now=world.now)) == 1


def test_who_is_barred_later_gets_nothing_more(world: World) -> None:
    accused, colleague = world.person(1), world.person(2)
    world.address(email="office@example.org")
    world.owe(staff_id=accused)
    world.owe(office_code=OFFICE)
    world.plan()
    with transaction() as session:
        withhold(session, REFERENCE, staff_ids=[accused])
    world.run(1200, step=60)
    assert world.mail.offers == []
    with reading() as session:
        assert inbox(session, accused, language="th", now=world.now) == []
        assert len(inbox(session, colleague, language="th", now=world.now)) == 1


def test_who_has_left_gets_nothing_more(world: World) -> None:
    world.owe(staff_id=world.person())
    world.plan()
    with transaction() as session:
        session.execute(update(Staff).values(active=False))
    world.run(120)
    assert world.mail.offers == []
    assert world.states()[0] == ("email", "skipped", "inactive")
    assert world.notices() == ["undelivered"]
