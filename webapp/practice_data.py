"""The made-up people and the public offices that the practice service works with."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.people import PEOPLE
from cases.services import load_taxonomy
from core.processes import ROOT
from routing.importer import KINDS, load_files
from routing.models import Office
from routing.services import load_public_tree

PEOPLE_FILE = Path(__file__).parent / "data" / "practice_people.csv"


def seed(session: Session) -> None:
    """Fill an empty database for practice; what is there already stays as people left it."""
    load_taxonomy(session)
    if session.scalar(select(Office.id).limit(1)) is not None:
        return
    load_public_tree(session, root=ROOT)
    load_files(session, [PEOPLE_FILE], kinds=(*KINDS, PEOPLE))
