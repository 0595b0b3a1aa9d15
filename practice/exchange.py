"""The parts that every call needs, in one place."""

from dataclasses import dataclass

from practice.faults import Faults
from practice.ledger import Ledger
from practice.phones import PhoneBook
from practice.postman import Postman
from practice.settings import Settings


@dataclass(frozen=True)
class Exchange:
    """One running provider."""

    settings: Settings
    ledger: Ledger
    phones: PhoneBook
    faults: Faults
    postman: Postman


def build_exchange(settings: Settings) -> Exchange:
    """Put a provider together."""
    ledger, faults = Ledger(), Faults()
    return Exchange(settings, ledger, PhoneBook(), faults, Postman(settings, ledger, faults))
