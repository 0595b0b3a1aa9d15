"""In which order a person is told: one channel after another, each with a way up and down."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.notice_policy import PERSON_CHANNELS
from agents.notice_receivers import Receiver
from agents.notice_rules import in_order
from agents.notice_services import current_carriers, usable
from webapp.console.notice_words import channel_name

WAYS = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Place:
    """A channel where it stands in the order."""

    code: str
    name: str
    is_first: bool
    is_last: bool


def places(me: Receiver) -> list[Place]:
    """The channels by which a person can be reached, the first one first."""
    found = _reachable(me)
    return [Place(code, channel_name(code), code == found[0], code == found[-1]) for code in found]


def moved(me: Receiver, move: str) -> list[str] | None:
    """The order after a move ("sms:up"); None for a move that cannot be made.

    Channels by which the person cannot be reached now come last, in the order that they had.
    """
    code, _, way = move.partition(":")
    order = _reachable(me)
    if code not in order or way not in WAYS:
        return None
    place = order.index(code)
    other = min(max(place + WAYS[way], 0), len(order) - 1)
    order[place], order[other] = order[other], order[place]
    return order + [one for one in _ranked(me) if one not in order]


def _reachable(me: Receiver) -> list[str]:
    configured = usable(current_carriers())
    return [code for code in _ranked(me) if code in configured and code in me.addresses]


def _ranked(me: Receiver) -> Sequence[str]:
    return in_order(PERSON_CHANNELS, me.ranking)
