"""`make guides`: play a story at the practice desks and take the pictures of docs/guides."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from core.processes import Process
from tests.guides.camera import Camera
from tests.guides.papers import LANGUAGES, PICTURES
from tests.guides.progress import Progress
from tests.guides.story import play
from tests.support.stack import Stack
from tests.system.desks import Desks, desks

# Real seconds per second of a call: slow enough that a telephone can be seen to ring.
SPEED = "0.1"


class SlowStack(Stack):
    """The practice service, whose telephones take their time."""

    def _processes(self) -> tuple[Process, ...]:
        return tuple(_slowed(process) for process in super()._processes())


def _slowed(process: Process) -> Process:
    if process.name != "practice":
        return process
    return replace(process, argv=(*process.argv, "--speed", SPEED))


def main() -> None:
    """Take all pictures; those of before go only when every new one is there."""
    progress = Progress()
    folder = Path(tempfile.mkdtemp(prefix="hotline-guides-", dir="/tmp"))
    stack = SlowStack({"DATABASE_URL": f"sqlite:///{folder / 'guides.db'}"}, folder)
    taken = folder / "pictures"
    taken.mkdir()
    try:
        progress.tell(f"the practice service starts in {folder}")
        stack.command("db", "upgrade")
        stack.start()
        with desks(stack) as seats:
            _take(stack, seats, taken, progress)
    finally:
        stack.stop()
    progress.tell(f"{_exchange(taken)} pictures are in {PICTURES}")
    shutil.rmtree(folder)


def _take(stack: Stack, seats: Desks, taken: Path, progress: Progress) -> None:
    for language in LANGUAGES:
        progress.tell(f"{language}: the people sign in")
        stack.reset()
        play(stack, seats, Camera(taken, language, progress))


def _exchange(taken: Path) -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    found = sorted(taken.glob("*.png"))
    for new in found:
        shutil.copyfile(new, PICTURES / new.name)
    return len(found)


if __name__ == "__main__":
    main()
