"""What both servers share: a socket that never blocks, bound to a port and watched by the poller."""

import select
import socket


class Server:
    def __init__(self, poller, port, sock_type, name):
        self.name = name
        self.poller = poller
        self.sock = socket.socket(socket.AF_INET, sock_type)
        try:
            # A restart must not wait until the last run's connections have timed out.
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.sock.setblocking(False)
            self.sock.bind(socket.getaddrinfo("0.0.0.0", port)[0][-1])
        except OSError:
            self.sock.close()
            raise
        poller.register(self.sock, select.POLLIN)

    def listening(self, port):
        print("{} listening on ('0.0.0.0', {})".format(self.name, port))

    def handle(self, sock, event):
        """Serve an event of the poller; return False when sock is not one of this server's."""
        raise NotImplementedError

    def stop(self):
        self.poller.unregister(self.sock)
        self.sock.close()
        print("{} stopped".format(self.name))
