"""Captive HTTP: a few clients at a time, none of which can block or break the loop."""

import socket
from time import ticks_add, ticks_diff, ticks_ms

import select
from http_request import Request
from micropython import const
from server import Server

_MAX_CLIENTS = const(4)  # the ESP8266 has about 5 TCP connections; one stays for whoever comes next
_PATIENCE = const(5000)  # ms for a request to arrive, and for each step of the reply to be taken
_ENOUGH = const(128)  # bytes to be sent at once; the last piece may have 256 more


class HTTPServer(Server):
    """reply(site, request) returns (iterator of bytes, what to call when they have left, or None)."""

    def __init__(self, poller, reply, site):
        super().__init__(poller, 80, socket.SOCK_STREAM, "HTTP Server")
        self.reply = reply
        self.site = site
        self.clients = []
        self.out = bytearray(384)  # for the name server as well

    def handle(self):
        """Take a step with whoever is ready for one; to be called a few times a second."""
        if len(self.clients) < _MAX_CLIENTS:
            self.guard(self.accept, None)
        for client in list(self.clients):
            is_late = ticks_diff(ticks_ms(), client.at) >= 0
            self.guard(self.drop if is_late else self.write if client.chunks else self.read, client)

    def stop(self):
        for client in list(self.clients):
            client.then = None
            self.drop(client)
        super().stop()

    def guard(self, step, client):
        """Run a step for a client; whatever goes wrong in it costs this client only."""
        try:
            step(client)
        except Exception as error:  # also a fault of ours, or no memory: the portal must outlive it
            code = error.args[0] if isinstance(error, OSError) else 0
            if code == 11:  # EAGAIN
                return
            if code not in (104, 107, 128):  # ECONNRESET, ENOTCONN
                print("HTTP server exception: {}".format(repr(error)))
            if client in self.clients:
                self.drop(client)

    def accept(self, client):
        sock = self.sock.accept()[0]
        sock.setblocking(False)
        client = Request()
        client.sock = sock
        client.at = ticks_add(ticks_ms(), _PATIENCE)
        self.clients.append(client)
        self.poller.register(sock, select.POLLIN)
        if len(self.clients) >= _MAX_CLIENTS:
            self.poller.modify(self.sock, 0)

    def read(self, client):
        data = client.sock.recv(256)
        if not data:
            self.drop(client)
        elif client.chunks is None and client.feed(data):
            client.chunks, client.then = self.reply(self.site, client)
            client.method = client.host = client.path = None  # as long as it takes to send, that is memory
            self.poller.modify(client.sock, select.POLLOUT)
            self.write(client)

    def write(self, client):
        out = self.out
        while True:
            length = len(client.rest)
            out[:length] = client.rest
            if length <= _ENOUGH:
                for piece in client.chunks:
                    out[length : length + len(piece)] = piece
                    length += len(piece)
                    if length > _ENOUGH:
                        break
            if not length:
                break
            sent = 0
            try:
                sent = client.sock.send(memoryview(out)[:length])
                client.at = ticks_add(ticks_ms(), _PATIENCE)
            finally:
                client.rest = bytes(memoryview(out)[sent:length])
            if sent < length:
                return
        if client.status:
            client.chunks = ()  # a refusal: the rest of the request is read and forgotten
            client.at = ticks_add(ticks_ms(), 1000)  # closing at once would reset the reply away
            self.poller.modify(client.sock, select.POLLIN)
        else:
            self.drop(client)

    def drop(self, client):
        self.clients.remove(client)
        self.poller.unregister(client.sock)
        client.sock.close()
        if client.chunks:
            client.chunks.close()
        self.poller.modify(self.sock, select.POLLIN)
        if client.then:
            client.then()  # also when the phone has gone before the reply was out: its wish still counts
