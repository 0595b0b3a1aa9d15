"""Floor 0: plumbing without business words."""
