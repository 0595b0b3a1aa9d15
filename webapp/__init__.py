"""Floor 6: the door for people and programs: REST API, health, metrics, console."""
