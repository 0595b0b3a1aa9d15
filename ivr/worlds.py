"""Two accounts, two worlds: practice beside a real telephone touches no real call, nor the reverse.

Who signed for one account is heard about calls and legs of that account alone. Where there is one
account only, nothing is asked.
"""

from flask import abort
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from calls.models import Call, Leg
from core import runtime
from ivr.webhooks import Webhook


def check_call(session: Session, webhook: Webhook) -> None:
    """403 for a call that came in by the other account; one that is not known is nobody's yet."""
    own = select(Call.account_sid).where(Call.sid == webhook.call_sid)
    _check(session, webhook, own)


def check_leg(session: Session, webhook: Webhook, key: str) -> None:
    """The same for a leg that was caused by the other account."""
    _check(session, webhook, select(Leg.account_sid).where(Leg.key == key))
    check_call(session, webhook)


def _check(session: Session, webhook: Webhook, own: Select[str]) -> None:
    if not runtime.current().settings.has_practice_beside:
        return
    account = session.connection().scalar(own)
    if account is not None and account != webhook.account_sid:
        abort(403)
