"""Floor 2: people: who they are, where they work, when they are on duty, what they are owed."""
