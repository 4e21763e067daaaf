from captive_portal import CaptivePortal

portal = CaptivePortal()
address = portal.start()

# On a network, or given up after portal.timeout_s: your program's turn, be it app.py, app.mpy or app/.
if address or portal.timeout_s:
    import os

    if {"app", "app.py", "app.mpy"} & set(os.listdir("/")):
        import app
