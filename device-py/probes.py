"""What each system expects of its connectivity probe when it is online; the answers are in probes.txt."""

import http_reply


def online_answer(host, path):
    """Return (status, iterator of bytes) for a probe, None when host (bytes) and path are none."""
    with open("probes.txt", "rb") as file:
        while True:
            line = file.readline()
            if not line:
                return None
            # host or *, path, status, body: up to the end of the line, \n for a newline
            parts = line.rstrip(b"\n").split(b" ", 3)
            if parts[1] == path and parts[0] in (b"*", host):
                status = int(parts[2])
                body = parts[3].replace(b"\\n", b"\n")
                kind = http_reply.HTML if body[:1] == b"<" else http_reply.TEXT
                return status, http_reply.whole(status, body, kind)
