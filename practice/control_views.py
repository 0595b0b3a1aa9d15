"""What the control side shows, as plain data."""

from dataclasses import asdict
from typing import Any

from practice.exchange import Exchange
from practice.ledger import Ledger
from practice.legs import Leg
from practice.phones import Phone


def summary(leg: Leg) -> dict[str, Any]:
    """One leg in short."""
    return {
        "sid": leg.sid,
        "direction": leg.direction,
        "from": leg.number_from,
        "to": leg.number_to,
        "parent_sid": leg.parent.sid if leg.parent else None,
        "status": leg.status,
        "ended_by": leg.ended_by,
        "over": leg.is_over,
        "doing": leg.doing,
        "answered_by": leg.answered_by,
        "bridged": leg.bridged,
        "duration": leg.duration,
    }


def call(leg: Leg, ledger: Ledger) -> dict[str, Any]:
    """One leg with everything that was said and sent."""
    webhooks = [w for w in ledger.webhooks() if w.call_sid == leg.sid]
    return summary(leg) | {
        "transcript": [asdict(line) for line in list(leg.transcript)],
        "documents": list(leg.documents),
        "webhooks": [webhook.view() for webhook in webhooks],
        "children": [call(child, ledger) for child in list(leg.children)],
    }


def ring(leg: Leg) -> dict[str, Any]:
    """One ring."""
    return {
        "to": leg.number_to,
        "from": leg.number_from,
        "sid": leg.sid,
        "parent_sid": leg.parent.sid if leg.parent else None,
        "at": leg.rang_at.isoformat() if leg.rang_at else None,
        "status": leg.status,
        "answered_by": leg.picked_up_by,
        "bridged": leg.bridged,
    }


def phones(found: list[Phone]) -> dict[str, Any]:
    """A phone with what follows."""
    return asdict(found[0]) | {"then": [asdict(phone) for phone in found[1:]]}


def health(exchange: Exchange) -> dict[str, Any]:
    """Alive, how much is going on, and every mistake that was noticed."""
    ledger = exchange.ledger
    return {
        "status": "ok",
        "calls": len(ledger.legs()),
        "active": sum(not leg.is_over for leg in ledger.legs()),
        "rings": len(ledger.rings()),
        "webhooks": len(ledger.webhooks()),
        "problems": [asdict(problem) for problem in ledger.problems()],
        "differences": ledger.differences(),
    }
