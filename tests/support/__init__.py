"""What tests share that needs real servers and real processes; import it as `tests.support.…`.

No test lives here. The fixtures made of it are in tests/conftest.py.
"""
