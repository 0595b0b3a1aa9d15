"""Who may do what to an office: the relation is that of the person's offices to it."""

from sqlalchemy.orm import Session

from agents.permissions import OWN, Grant, best_grant, grant, office_relation
from agents.sessions import SignedIn
from cases.access import parents_of
from routing.vocabulary import HQ


def may_at(session: Session, person: SignedIn, name: str, code: str) -> bool:
    """Whether a person may do something to an office, whether or not there is one."""
    parents = parents_of(session, {code, *(office for _, office in person.roles)})
    held = [(role, office_relation(mine, code, parents)) for role, mine in person.roles]
    return best_grant(held, name) is not Grant.DENY


def may_everywhere(person: SignedIn, name: str) -> bool:
    """Whether a person may do something to the whole country: at the centre itself."""
    return any(
        office == HQ and grant(role, name, OWN) is not Grant.DENY for role, office in person.roles
    )
