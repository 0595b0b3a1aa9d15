"""The first page: whose desk this is."""

from dataclasses import dataclass

from flask import Response
from sqlalchemy import select

from core.database import reading
from routing.models import Office
from webapp.console import bp
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.pages import page
from webapp.console.role_names import role_name


@dataclass(frozen=True)
class Post:
    """What the person is at one office."""

    office: Office
    roles: tuple[str, ...]


@bp.get("/")
@action(SIGNED_IN)
def home() -> Response:
    """The person's name, and what the person is at which office."""
    held: dict[str, list[str]] = {}
    for role, office_code in current_person().roles:
        held.setdefault(office_code, []).append(role_name(role))
    with reading() as session:
        offices = session.scalars(
            select(Office).where(Office.code.in_(held)).order_by(Office.code)
        ).all()
    posts = [Post(office, tuple(held[office.code])) for office in offices]
    return page("home.html", posts=posts)
