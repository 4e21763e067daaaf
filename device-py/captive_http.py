"""Captive HTTP: a few clients at a time, none of which can block or break the loop."""

import socket
from time import ticks_add, ticks_diff, ticks_ms

import select
from http_request import Request
from micropython import const
from server import Server

_MAX_CLIENTS = const(4)  # the ESP8266 has about 5 TCP connections; one stays for whoever comes next
_PATIENCE = const(5000)  # ms for a request to arrive, and for each step of the reply to be taken
_LINGER = const(1000)  # ms to read on after a refusal: closing earlier would reset the reply away
_OUT_SIZE = const(536)  # bytes: one TCP segment of the ESP8266
_PIECE = const(256)  # bytes: what a piece of a reply may have


class HTTPServer(Server):
    """reply(request) returns (iterator of bytes, function to be called when they have left, or None)."""

    def __init__(self, poller, reply):
        super().__init__(poller, 80, socket.SOCK_STREAM, "HTTP Server")
        self.reply = reply
        # Requests, each with its socket, deadline, pieces of the reply still to come (None until it is
        # known, () when only the end of the request is awaited), what of the last ones is still to be
        # sent (rest), and the function to be called when all has left.
        self.clients = []
        self.out = bytearray(_OUT_SIZE)

    def handle(self):
        """Take a step with whoever is ready for one; to be called a few times a second."""
        if len(self.clients) < _MAX_CLIENTS:
            self._guard(self._accept, None)
        for client in list(self.clients):
            if ticks_diff(ticks_ms(), client.deadline) >= 0:
                self._drop(client)
            else:
                self._guard(self._write if client.chunks else self._read, client)

    def stop(self):
        for client in list(self.clients):
            client.then = None
            self._drop(client)
        super().stop()

    def _guard(self, step, client):
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
                self._drop(client)

    def _accept(self, client):
        sock = self.sock.accept()[0]
        sock.setblocking(False)
        client = Request()
        client.sock = sock
        client.chunks = client.then = None
        client.rest = b""
        self._wait(client, _PATIENCE)
        self.clients.append(client)
        self.poller.register(sock, select.POLLIN)
        if len(self.clients) >= _MAX_CLIENTS:
            self.poller.modify(self.sock, 0)

    def _wait(self, client, ms):
        client.deadline = ticks_add(ticks_ms(), ms)

    def _read(self, client):
        data = client.sock.recv(256)
        if not data:
            self._drop(client)
        elif client.chunks is None and client.feed(data):
            client.chunks, client.then = self.reply(client)
            self.poller.modify(client.sock, select.POLLOUT)
            self._write(client)

    def _write(self, client):
        out = self.out
        while True:
            length = len(client.rest)
            out[:length] = client.rest
            if length <= _OUT_SIZE - _PIECE:
                for piece in client.chunks:
                    out[length : length + len(piece)] = piece
                    length += len(piece)
                    if length > _OUT_SIZE - _PIECE:
                        break
            if not length:
                break
            sent = 0
            try:
                sent = client.sock.send(memoryview(out)[:length])
                self._wait(client, _PATIENCE)
            finally:
                client.rest = bytes(memoryview(out)[sent:length])
            if sent < length:
                return
        if client.status:
            client.chunks = ()
            self._wait(client, _LINGER)
            self.poller.modify(client.sock, select.POLLIN)
        else:
            self._drop(client)

    def _drop(self, client):
        self.clients.remove(client)
        self.poller.unregister(client.sock)
        client.sock.close()
        if client.chunks:
            client.chunks.close()
        self.poller.modify(self.sock, select.POLLIN)
        if client.then:
            client.then()  # also when the phone has gone before the reply was out: its wish still counts
