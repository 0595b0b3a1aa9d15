"""What may stand in the address of the directory: checked, typed, never repeated as markup."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from routing.listing import Wanted
from webapp.parameters import Parameters

OfficeType = Literal[
    "hq",
    "agency",
    "province",
    "district",
    "area_primary",
    "area_secondary",
    "school",
    "partner",
]
State = Literal["off", "unconfirmed", "closed"]
TYPES: tuple[str, ...] = get_args(OfficeType)
STATES: tuple[str, ...] = get_args(State)


def _words(text: str) -> str:
    if not text.isprintable():
        raise ValueError("is not text")
    return text.strip()


Words = Annotated[str, StringConstraints(max_length=100), AfterValidator(_words)]
AnyCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,32}$")]
ProvinceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


class DirectoryParameters(Parameters):
    """Which offices; `after` is the code at which the page before ended."""

    words: Words | None = None
    type: OfficeType | None = None
    province: ProvinceCode | None = None
    state: State | None = None
    after: AnyCode | None = None

    def wanted(self) -> Wanted:
        """The filters as the list takes them."""
        return Wanted(self.words or "", self.type, self.province, self.state)


class OfficeParameters(Parameters):
    """Where the lists on an office's page go on: offices below, and the log."""

    below: AnyCode | None = None
    before: Annotated[int, AfterValidator(abs)] | None = None
    kept: Literal["yes", "same"] | None = None
