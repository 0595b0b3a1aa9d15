"""Floor 6: the door for the telephone, with the call flow as data."""
