"""What a webhook costs, measured against the budgets of the design: `make bench`.

Nothing here is asserted: machines differ, so the figures are ratios inside one run.
"""
