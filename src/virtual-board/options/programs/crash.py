import machine
import time

LINES = []

print('Starting')
time.sleep(0.3)
for line in LINES:
    print(line)
machine.reset()
