"""What concerns the whole country: who may do it is asked by how a person stands to the centre."""

from sqlalchemy.orm import Session

from agents.permissions import Grant, best_grant, office_relation
from agents.sessions import SignedIn
from cases.access import parents_of
from routing.vocabulary import HQ


def may_at_centre(session: Session, person: SignedIn, name: str) -> bool:
    """Whether a person's roles grant an action whose relation is to the centre."""
    parents = parents_of(session, {office for _, office in person.roles})
    held = [(role, office_relation(mine, HQ, parents)) for role, mine in person.roles]
    return best_grant(held, name) is not Grant.DENY
