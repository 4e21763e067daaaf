"""Removes the staged files, unless their commit has begun; other files under that name are kept under
another. Needs nothing of what came before."""

import uos as os

try:
    mark = open("main.py", "rb").read(14)
except OSError:
    mark = 0
if mark != b"#portal.commit":
    try:
        for name in os.listdir("portal.new"):
            os.remove("portal.new/" + name)
        os.rmdir("portal.new")
    except OSError:
        name = "portal.new.old"
        while name in os.listdir():
            name += "x"
        os.rename("portal.new", name)
