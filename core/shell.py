"""Who runs a command, for the traces that it leaves."""

import os
import pwd


def shell_actor() -> str:
    """The account that runs the command, from the system and not from the environment."""
    try:
        return f"shell:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"shell:{os.getuid()}"
