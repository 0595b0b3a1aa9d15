"""Figures of the call flow, and flows that were published, for the console's tests."""

from datetime import timedelta

from sqlalchemy import insert

from calls.flow_models import FlowRelease
from calls.node_models import NodeDay
from core import clock
from core.database import transaction
from core.zones import bangkok
from ivr.publishing import publish
from ivr.versions import built_in_source, current_flow

ASKED, CHANGED = "เรื่องอะไรคะ", "อยากแจ้งเรื่องใดคะ"


def counted(node: str, *, days_ago: int = 0, **met: int) -> None:
    """So many calls met this at a node of the built-in flow."""
    figures = dict.fromkeys(
        ("came", "answered", "wrong", "silent", "again", "to_person", "gave_up"), 0
    )
    day = bangkok(clock.now()).date() - timedelta(days=days_ago)
    key = {"day": day, "version": current_flow().version, "node": node}
    with transaction() as session:
        session.execute(insert(NodeDay).values(key | figures | met))


def busy_week() -> None:
    """A hundred calls, of which many stumble over the kind of hazard."""
    counted("welcome", came=100, answered=90, silent=8, gave_up=10, wrong=3, again=2)
    counted("group", came=90, answered=60, wrong=30, silent=20, gave_up=15, to_person=15)
    counted("level", came=4, wrong=4)


def published(*, note: str = "คำถามชัดขึ้น", words: str = CHANGED) -> FlowRelease:
    """A flow with one other sentence, put in force on the command line."""
    source = built_in_source().replace(ASKED, words)
    with transaction() as session:
        return publish(session, source, by="shell:root", note=note, now=clock.now())
