"""Prints the free memory in bytes."""

import gc

gc.collect()
print(gc.mem_free())
