"""More callbacks at once than any sweep takes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from calls.models import Call, Callback
from core.database import transaction
from tests.calls.callback_world import FRIDAY, World
from tests.calls.exchange import new_sid


def crowd(world: World, offices: list[str], **more: Any) -> list[int]:
    """One due callback for each name in the list, the first one waiting longest; their ids."""
    world.report()
    sids = [new_sid() for _ in offices]
    call = {
        "account_sid": world.account,
        "status": "completed",
        "language": "th",
        "flow_version": "1",
        "state": b"",
        "node": "welcome",
        "started_at": FRIDAY,
        "touched_at": FRIDAY,
        "ended_at": FRIDAY,
    }
    begun = FRIDAY - timedelta(days=1)
    rows = [
        {
            "case_id": world.case_id,
            "call_sid": sid,
            "account_sid": world.account,
            "office_code": office,
            "state": "due",
            "consent": True,
            "number_fingerprint": sid,
            "language": "th",
            "severity": "normal",
            "waiting_since": begun + timedelta(seconds=number),
            "place": begun + timedelta(seconds=number),
            "due_at": FRIDAY - timedelta(hours=1),
            "late_at": FRIDAY + timedelta(days=1),
            **more,
        }
        for number, (office, sid) in enumerate(zip(offices, sids, strict=True))
    ]
    with transaction() as session:
        session.execute(insert(Call), [call | {"sid": sid} for sid in sids])
        return list(session.scalars(insert(Callback).returning(Callback.id), rows))
