"""What may stand in an API address: typed, checked, and never repeated in an answer."""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from calls.states import CALLBACK_MOVES
from cases.states import CASE
from core.errors import BadInput
from core.zones import BANGKOK
from webapp.schemas import BadParameter

CURSOR = re.compile(r"before:(\d{1,18})")
# In an address "+" means a space, and programs forget to write %2B.
LOST_PLUS = re.compile(r" (\d\d:\d\d)$")
# A year of the Buddhist era is a slip, not a moment in the future (B61).
YEARS = range(2000, 2400)


class ParametersRefused(BadInput):
    """Parameters of a request cannot be used; `errors` names each one."""

    def __init__(self, errors: list[BadParameter]) -> None:
        super().__init__("Parameters of this request cannot be used.")
        self.errors = errors


def to_cursor(last_id: int) -> str:
    """The opaque mark of where a page ended."""
    return base64.urlsafe_b64encode(f"before:{last_id}".encode()).decode().rstrip("=")


def _from_cursor(cursor: Any) -> int:
    try:
        padded = str(cursor) + "=" * (-len(str(cursor)) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise ValueError("is not a cursor of this API") from None
    match = CURSOR.fullmatch(text)
    if match is None or int(match[1]) >= 2**31:
        raise ValueError("is not a cursor of this API")
    return int(match[1])


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(LOST_PLUS.sub(r"+\1", str(text)))
    except ValueError:
        raise ValueError("is not an ISO date or time") from None
    if moment.year not in YEARS:
        raise ValueError("is not a year of the common era")
    return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)


def _one_of(words: Collection[str], word: str) -> str:
    if word not in words:
        raise ValueError(f"is not one of {', '.join(sorted(words))}")
    return word


CaseStatus = Annotated[
    str, AfterValidator(partial(_one_of, CASE)), WithJsonSchema({"enum": sorted(CASE)})
]
CallbackState = Annotated[
    str,
    AfterValidator(partial(_one_of, CALLBACK_MOVES)),
    WithJsonSchema({"enum": sorted(CALLBACK_MOVES)}),
]
Cursor = Annotated[int, BeforeValidator(_from_cursor, json_schema_input_type=str)]
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime)]
Reference = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
CallSid = Annotated[str, StringConstraints(pattern=r"^CA[0-9a-f]{32}$")]
OfficeCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,31}$")]


class Parameters(BaseModel):
    """Base of the parameters of one address; a name that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Read a query string; empty values count as left out. ParametersRefused names faults."""
        try:
            return cls.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as error:
            raise ParametersRefused(
                [
                    BadParameter(name=str(fault["loc"][0]), reason=fault["msg"])
                    for fault in error.errors(include_input=False, include_url=False)
                ]
            ) from None


class NoParameters(Parameters):
    """For addresses that take none."""


class CaseParameters(Parameters):
    """Which cases; `since` without an offset is Bangkok's time.

    `practice`: practice alone or all but practice; left out, a real service leaves practice out.
    """

    call_sid: CallSid | None = None
    office: OfficeCode | None = None
    status: CaseStatus | None = None
    since: Moment | None = None
    practice: bool | None = None
    cursor: Cursor | None = None


class CallbackParameters(Parameters):
    """Which callbacks."""

    reference: Reference | None = None
    state: CallbackState | None = None
    practice: bool | None = None
    cursor: Cursor | None = None
