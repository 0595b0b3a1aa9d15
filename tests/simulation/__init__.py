"""Simulated days of the whole country's hotline: real code, real database, a clock that is moved.

`make simulate` runs and draws them, test_simulated_days.py runs small ones. docs/simulation.md
says what is simulated and how to read the figures.
"""
