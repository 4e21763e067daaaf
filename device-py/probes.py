"""What each system expects of its connectivity probe when it is online; the answers are in probes.txt."""


def online_answer(host, path):
    """Return (status, body, None) for a probe, None when host and path (bytes) are none."""
    with open("probes.txt", "rb") as file:
        for line in file:
            # host or *, path, status, body: up to the end of the line, \n for a newline
            parts = line.rstrip(b"\n").split(b" ", 3)
            if parts[1] == path and parts[0] in (b"*", host):
                return int(parts[2]), parts[3].replace(b"\\n", b"\n"), None
    return None
