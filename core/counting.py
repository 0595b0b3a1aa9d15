"""Counting rows no further than anybody wants to know."""

from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select


def at_most(rows: Select[Any], most: int) -> ScalarSelect[int]:
    """How many rows there are, counted up to `most` and no further."""
    return select(func.count()).select_from(rows.limit(most).subquery()).scalar_subquery()
