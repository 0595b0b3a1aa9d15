"""Floor 4: telephone facts, the calls we have and the calls we owe."""
