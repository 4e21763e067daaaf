"""Runs the commit program, also one that was cut. Ends with a restart."""

exec(open("main.py").read())
