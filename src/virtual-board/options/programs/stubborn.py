import time

end = time.ticks_add(time.ticks_ms(), 3000)
while True:
    try:
        time.sleep_ms(50)
    except KeyboardInterrupt:
        if time.ticks_diff(end, time.ticks_ms()) < 0:
            raise
