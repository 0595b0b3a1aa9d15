"""The form by which a case is referred: which partners it offers, and what was typed."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from cases.handover_rules import LONGEST_WORDS
from cases.queries import CaseFile
from routing.directory import current_directory
from routing.partners import partners_of
from webapp.console.handover_forms import CODE
from webapp.console.pages import named

MOST = 60


@dataclass(frozen=True)
class ReferTo:
    """The partners of the case's place and those of the country, as (code, name)."""

    near: list[tuple[str, str]]
    others: list[tuple[str, str]]


@dataclass(frozen=True)
class ReferForm:
    """What was typed, as it was typed: a form that is refused shows it again."""

    office: str = ""
    code: str = ""
    reason: str = ""

    @classmethod
    def sent(cls) -> "ReferForm":
        """The form of this request."""
        sent = request.form
        return cls(
            office=sent.get("office", ""),
            code=sent.get("code", "").strip().upper(),
            reason=sent.get("reason", "").replace("\r\n", "\n").strip(),
        )

    @property
    def partner(self) -> str | None:
        """The code that was meant; a typed one counts before the list, what is no code is none."""
        code = self.code or self.office
        return code if CODE.fullmatch(code) else None

    def shortened(self) -> "ReferForm":
        """The same, never a megabyte back to the browser."""
        return ReferForm(self.office[:32], self.code[:32], self.reason[:LONGEST_WORDS])


def refer_to(session: Session, file: CaseFile) -> ReferTo:
    """The partners that the form offers; the snapshot knows them all, so this asks nothing."""
    place = file.place
    found = partners_of(
        current_directory(session),
        affiliation=place.affiliation,
        district_code=place.district_code,
        province_code=place.province_code,
        first=file.assignment.candidates,
    )
    near, others = ([(one.code, named(one)) for one in some[:MOST]] for some in found)
    return ReferTo(near, others)
