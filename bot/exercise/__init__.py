"""Exercises: a scenario plays news, messages and signals into a world of its own, in time.

What people do is done with the product itself; the exercise only sets things in motion and
reads afterwards what happened, in minutes of the exercise, never by person.
"""
