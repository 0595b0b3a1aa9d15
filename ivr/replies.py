"""From a webhook's parameters to what the caller, or a dial, did."""

from datetime import datetime

from calls.ledger import LiveCall
from calls.statuses import whole_number
from ivr.turns import Reply
from ivr.webhooks import Webhook
from routing.spoken_places import LONGEST_SAID


def reply_of(webhook: Webhook, call: LiveCall, now: datetime) -> Reply:
    """What this turn of a call brought; of words no more than a caller says in a few seconds."""
    return Reply(
        keys=webhook.get("Digits"),
        words=webhook.get("SpeechResult")[:LONGEST_SAID],
        recorded_s=whole_number(webhook.get("RecordingDuration")) or 0,
        recording_sid=webhook.get("RecordingSid"),
        dial_status=webhook.get("DialCallStatus") or None,
        dial_bridged=webhook.get("DialBridged").lower() != "false",
        dial_s=whole_number(webhook.get("DialCallDuration")) or 0,
        elapsed_s=int((now - call.started_at).total_seconds()),
        turn=call.turn,
    )
