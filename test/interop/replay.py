"""Replays the exchange of a program that talks to boards, on Debian's pyserial, on which these programs are built.

argv: port. stdin: a JSON list of steps, each of one kind:
  {"send": text}                what the program writes, as Latin-1
  {"until": text, "name": name} what it waits for; what came before it is kept under that name
  {"paste": code}               raw-paste, within the window that the board grants
  {"sleep": seconds}            what the program itself waits
  {"ready": true}               Enter, until there is a prompt: a board that has just got its power boots first
stdout: a JSON object of what was kept, or of what a step waited for in vain.
"""

import json
import struct
import sys
import time
import serial

TIMEOUT_S = 20

port = serial.serial_for_url(sys.argv[1], baudrate=115200, timeout=TIMEOUT_S)
kept = {}


def until(ending):
    data = b""
    while not data.endswith(ending):
        byte = port.read(1)
        if not byte:
            print(json.dumps({"no": ending.decode("latin-1"), "after": data.decode("latin-1"), **kept}))
            sys.exit()
        data += byte
    return data[: -len(ending)]


def paste(code):
    port.write(b"\x05A\x01")
    until(b"R\x01")
    window = struct.unpack("<H", port.read(2))[0]
    left = window
    while code:
        while left == 0 or port.in_waiting:
            until(b"\x01")
            left += window
        port.write(code[:left])
        left, code = left - len(code[:left]), code[left:]
    port.write(b"\x04")
    until(b"\x04")


for step in json.load(sys.stdin):
    if "send" in step:
        port.write(step["send"].encode("latin-1"))
    elif "paste" in step:
        paste(step["paste"].encode())
    elif "ready" in step:
        port.timeout = 0.5
        while b">>> " not in port.read(1000):
            port.write(b"\r")
        port.timeout = TIMEOUT_S
    elif "sleep" in step:
        time.sleep(step["sleep"])
    else:
        text = until(step["until"].encode("latin-1")).decode("latin-1")
        if "name" in step:
            kept[step["name"]] = text
port.close()
print(json.dumps(kept))
