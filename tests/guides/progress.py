"""Says how far `make guides` is: the calls of its story take their time."""

import sys
import time


class Progress:
    """Lines with the seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def tell(self, line: str) -> None:
        """Write one line now."""
        sys.stderr.write(f"{time.monotonic() - self._began:4.0f} s  {line}\n")
        sys.stderr.flush()
