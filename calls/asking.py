"""One request to the provider to ring somebody, whatever it is for."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Everything that is needed once the database is let go.

    `row_id` is the attempt, or the ring at a member of staff, that was written for it; the
    provider's webhooks carry `leg_key`; `to` is rung for `ring_s` seconds.
    """

    row_id: int
    account_sid: str
    leg_key: str
    ring_s: int
    to: str = field(repr=False)
