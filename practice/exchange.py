"""The parts that every call needs, in one place."""

from dataclasses import dataclass, field

from practice.faults import Faults
from practice.ledger import Ledger
from practice.outbox import Outbox
from practice.person import Person
from practice.phones import PhoneBook
from practice.postman import Postman
from practice.settings import Settings


@dataclass(frozen=True)
class Exchange:
    """One running provider; `live` holds the callers at a screen, by their call's sid."""

    settings: Settings
    ledger: Ledger
    phones: PhoneBook
    faults: Faults
    postman: Postman
    outbox: Outbox
    live: dict[str, Person] = field(default_factory=dict)


def build_exchange(settings: Settings) -> Exchange:
    """Put a provider together."""
    ledger, faults = Ledger(), Faults()
    return Exchange(
        settings, ledger, PhoneBook(), faults, Postman(settings, ledger, faults), Outbox()
    )
