"""Floor 1: places, offices, what they serve, and which office owns a report."""
