from captive_portal import CaptivePortal

portal = CaptivePortal()
# On a network, or given up after timeout_s: app's turn.
if portal.start() or portal.timeout_s:
    import os

    if {"app", "app.py", "app.mpy"} & set(os.listdir("/")):
        __import__("app")
