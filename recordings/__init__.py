"""Floor 5: recordings are taken, verified, sealed, stored, played and let go."""
