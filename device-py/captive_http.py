"""Captive HTTP: a few clients at a time, which cannot block or stop the loop."""

from common import after, is_over, load


def serve(sock, portal):
    """Advance every client at each step.

    A client is [generator, time from which it may be closed for another client, ms of handicap]. The handicap
    is for clients that get their reply: those that have not sent a request are closed first.
    """
    clients = []
    try:
        # Functions of modules that are loaded while there are clients, and for a moment afterwards.
        shared = None
        idle_at = 0
        while True:
            yield
            # In functions: a generator's frame keeps its last objects in memory.
            if sock in portal.ready or len(clients) > 3:
                shared = admit(clients, sock, shared, portal)
            if take_steps(clients):
                idle_at = after(2000)
            elif is_over(idle_at):
                shared = None
            # With the maximum of clients, check again soon.
            has_room = len(clients) < 4
            portal.pause = 200 if has_room else 9
            portal.poller.register(sock, has_room)  # 1 is POLLIN
    finally:
        for client in clients:
            client[0].close()
        sock.close()
        portal.poller.unregister(sock)
        print("HTTP Server stopped")


def admit(clients, sock, shared, portal):
    for _ in range(4):
        oldest = None
        # The ESP8266 has about 5 TCP connections: one is for the next client. Some may be done by now.
        if len(clients) > 3 and len(take_steps(clients)) > 3:
            oldest = min(clients, key=lambda client: client[1] + client[2])
            if not is_over(oldest[1]):
                break
        try:
            conn = sock.accept()
        except Exception:
            break  # no connection is waiting
        try:
            if oldest:
                clients.remove(oldest)
                oldest[0].close()
            shared = shared or [load("http_client").attend, None, None, clients]
            client = [None, after(9), 0]
            client[0] = shared[0](portal, conn, shared, client)
            clients.append(client)
        except Exception as error:  # no memory: the client must try again
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
