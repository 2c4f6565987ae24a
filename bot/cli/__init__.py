"""The command line ``schakel``: one file per group of commands."""
