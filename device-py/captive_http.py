"""Captive HTTP: a few clients at a time, which cannot block or stop the loop."""

import select
import socket

from common import after, is_over, listen, load


def serve(poller, signing):
    """Advance every client at each step."""
    sock = listen(poller, 80, socket.SOCK_STREAM, "HTTP")
    clients = []  # [generator, time from which it may be closed for another client]
    try:
        handlers = None  # modules that are loaded while there are clients
        while True:
            yield
            # In functions: a generator's frame keeps its last objects in memory.
            handlers = admit(clients, sock, handlers, poller, signing)
            if not take_steps(clients):
                handlers = None
            # With the maximum of clients, check again soon.
            is_full = len(clients) > 3
            poller.register(sock, 0 if is_full else select.POLLIN)
            signing.portal.pause = 9 if is_full else 200
    finally:
        for client in clients:
            client[0].close()
        sock.close()
        poller.unregister(sock)
        print("HTTP Server stopped")


def admit(clients, sock, handlers, poller, signing):
    for _ in range(4):
        if len(clients) > 3:
            take_steps(clients)  # some may be done or have sent data
        # The ESP8266 has about 5 TCP connections: one is for the next client.
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
            handlers = handlers or (load("http_client").attend, load("pages").reply)
            client = [None, after(9)]
            client[0] = handlers[0](poller, conn, handlers[1], signing, client)
            clients.append(client)
        except Exception as error:  # no memory: the client must try again
            print("HTTP server exception:", repr(error))
            conn[0].close()
    return handlers


def take_steps(clients):
    for client in list(clients):
        for _ in client[0]:
            break
        else:
            clients.remove(client)
    return clients
