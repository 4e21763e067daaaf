"""A button that opens the portal at the start; on the board only where one is set."""

from time import sleep_ms

import machine


def value(number):
    """Return whether the GPIO of this number is held low for 200 ms within a second.

    Without a number there is no button. A chip whose GPIO0 is low at its reset waits for a download instead:
    that button is pressed now.
    """
    if number is None:
        return False
    try:
        pin = machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)
    except (TypeError, ValueError) as error:  # not on this chip: the board must start anyway
        print("Invalid button:", repr(error))
        return False
    print("Hold the button at GPIO%d now to open the portal" % number)
    low = 0
    for _ in range(20):
        low = 0 if pin.value() else low + 1
        if low > 4:
            print("Button held")
            return True
        sleep_ms(50)
    return False
