import machine

print('Starting')
machine.reset()
