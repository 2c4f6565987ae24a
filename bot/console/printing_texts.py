"""Dutch words of what is printed."""

#: somebody who keeps the file sees in its name that nothing in it happened
EXERCISE_FILE = "OEFENING-{name}"
