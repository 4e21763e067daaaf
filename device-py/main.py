import os

from captive_portal import CaptivePortal

CaptivePortal().start()
# On a network, or given up after timeout_s: app's turn.
if {"app", "app.py", "app.mpy"} & set(os.listdir("/")):
    __import__("app")
