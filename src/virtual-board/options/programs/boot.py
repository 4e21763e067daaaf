import os, machine
import gc
gc.collect()
