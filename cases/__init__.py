"""Floor 3: the case: what was reported, who owns it, by when, and all that happened to it."""
