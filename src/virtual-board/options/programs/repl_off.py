import os

os.dupterm(None, 1)
