"""Several cities from one command: one process each, with the code of all in memory once.

The parent (``parent.py``) loads everything, holds nothing of any city, and forks a process for
each configuration. A city's process reads its own file and secrets, and nothing of another.
"""
