from captive_portal import CaptivePortal

portal = CaptivePortal()
portal.start()
