"""One file that holds a whole installation, encrypted; and the way back from it."""
