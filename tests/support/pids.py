"""What the kernel says of a process."""

from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether it still runs; one that only waits for its exit code to be fetched does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def children(pid: int) -> list[int]:
    """The processes that it started and that still run."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def descendants(pid: int) -> list[int]:
    """Its children, their children and so on."""
    return [one for child in children(pid) for one in (child, *descendants(child))]
