import os

from captive_portal import CaptivePortal

CaptivePortal().start()
if {"app", "app.py", "app.mpy"} & set(os.listdir("/")):
    __import__("app")
