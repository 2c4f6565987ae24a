"""``schakel demo``: one evening on this machine, with nothing faked but the outside world."""
