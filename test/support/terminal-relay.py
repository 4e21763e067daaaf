"""Runs a program in a pseudo-terminal of its own and relays it, for test/support/terminal.ts.

argv: columns, rows, program, arguments. Output goes to stdout as it comes. stdin takes a JSON object a line:
{"keys": text}, {"resize": [columns, rows]}, {"signal": name}, {"hang_up": true}. A resize is in the output as OSC 777, where
it took place. Ends with the program's status, 128 + n for a signal, 99 when it has left the terminal in another mode than it
was.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios

columns, rows, *command = sys.argv[1:]


def resize(columns, rows):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


# The line that is being drawn: a terminal that becomes narrower wraps it, xterm's code leaves it to the program.
drawn = b""


def relay(data):
    global drawn
    drawn = (drawn + data).rsplit(b"\x1b[1G", 1)[-1][-1000:]
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


ready, go = os.pipe()
child, master = pty.fork()
if child == 0:
    os.read(ready, 1)  # the terminal has its size and modes before the program looks at it
    os.execvp(command[0], command)
resize(int(columns), int(rows))
modes = termios.tcgetattr(master)
# Or the terminal discards output that this relay has not read yet when Ctrl-C comes.
modes[3] |= termios.NOFLSH
termios.tcsetattr(master, termios.TCSANOW, modes)
modes = termios.tcgetattr(master)
os.write(go, b".")

commands = b""
sources = [master, 0]
while master in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:  # EIO: the last one who had the terminal open has gone
            data = b""
        if source == master:
            if data:
                relay(data)
            else:
                sources.remove(master)
        elif not data:
            sources.remove(0)
        else:
            commands += data
            *lines, commands = commands.split(b"\n")
            for line in lines:
                request = json.loads(line)
                if "keys" in request:
                    os.write(master, request["keys"].encode())
                elif "signal" in request:
                    os.kill(child, getattr(signal, request["signal"]))
                elif "resize" in request:
                    while master in select.select([master], [], [], 0)[0]:  # sent for the old size
                        relay(os.read(master, 65536))
                    resize(*request["resize"])
                    relay(b"\x1b]777;%d;%d\x07\r" % tuple(request["resize"]) + drawn)
                else:
                    os.close(master)
                    sources.remove(master)
                    modes = None
status = os.waitpid(child, 0)[1]
if modes and termios.tcgetattr(master) != modes:
    sys.exit(99)
sys.exit(os.waitstatus_to_exitcode(status) % 256 if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
