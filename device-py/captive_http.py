"""Captive HTTP: a few clients at a time, none of which can block or break the loop."""

import select

from common import after, is_over, load


def serve(sock, portal):
    """Take a step with every client at each step."""
    clients = []  # [generator, from when on it gives way to who waits]
    try:
        # Functions of modules that are there for clients, and for who comes right after them.
        shared = None
        idle_at = 0
        while True:
            yield
            # Done by functions: a generator's frame keeps in memory what it was busy with last.
            shared = admit(clients, sock, shared, portal)
            if take_steps(clients):
                idle_at = after(2000)
            elif shared and is_over(idle_at):
                shared = None
            # A full house is looked at again soon.
            portal.pause = 200 if len(clients) < 4 else 9
            portal.poller.register(sock, select.POLLIN if len(clients) < 4 else 0)
    finally:
        for client in clients:
            client[0].close()
        sock.close()
        portal.poller.unregister(sock)
        print("HTTP Server stopped")


def admit(clients, sock, shared, portal):
    for _ in range(4):
        if len(clients) > 3:
            take_steps(clients)  # some may be done, or about to speak
        # The ESP8266 has about 5 TCP connections: one is for who comes next, and may have only a second.
        oldest = len(clients) > 3 and min(clients, key=lambda client: client[1])
        if oldest and not is_over(oldest[1]):
            break
        try:
            conn = sock.accept()
        except Exception:
            break  # no connection is waiting
        try:
            if oldest:
                clients.remove(oldest)
                oldest[0].close()
            shared = shared or [load("http_client").attend, None]
            client = [None, after(9)]
            client[0] = shared[0](portal, conn, shared, client)
            clients.append(client)
        except Exception as error:  # no memory: it has to come again
            print("HTTP server exception:", repr(error))
            conn[0].close()
    return shared


def take_steps(clients):
    for client in list(clients):
        for _ in client[0]:
            break
        else:
            clients.remove(client)
    return clients
