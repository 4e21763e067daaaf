"""An older one has been removed."""

from built_ins import os

os.mkdir("portal.new")
