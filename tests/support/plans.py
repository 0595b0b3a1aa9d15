"""How PostgreSQL goes about the statements of a piece of work."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine, event


def plans(engine: Engine, work: Callable[[], object]) -> Iterator[str]:
    """The plan of every statement that the work sends, in order."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        for statement, parameters in seen:
            # Of many rows at once the first one tells the plan of all.
            given = parameters[0] if isinstance(parameters, list) else parameters
            rows = connection.exec_driver_sql(f"EXPLAIN {statement}", given)
            yield "\n".join(row[0] for row in rows)
