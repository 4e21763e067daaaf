"""Captive HTTP: a few clients at a time, none of which can block or break the loop."""

import errno
import socket
from time import ticks_add, ticks_diff, ticks_ms

import select
from http_request import Request
from micropython import const
from server import Server

_PORT = const(80)
_MAX_CLIENTS = const(4)  # the ESP8266 has about 5 TCP connections; one stays for whoever comes next
_PATIENCE = const(5000)  # ms for a request to arrive, and for each step of the reply to be taken
_LINGER = const(1000)  # ms to read on after a refusal: closing earlier would reset the reply away
_OUT_SIZE = const(536)  # bytes: one TCP segment of the ESP8266


class _Client:
    def __init__(self, sock):
        self.sock = sock
        self.request = Request()
        self.chunks = None  # the pieces of the reply still to come, once it is known
        self.rest = b""  # what of the last piece is still to be sent
        self.then = None  # called when the reply has left
        self.lingers = False
        self.wait(_PATIENCE)

    def wait(self, ms):
        self.deadline = ticks_add(ticks_ms(), ms)


class HTTPServer(Server):
    """reply(request) returns (iterator of bytes, function to be called when they have left, or None)."""

    def __init__(self, poller, reply):
        super().__init__(poller, _PORT, socket.SOCK_STREAM, "HTTP Server")
        self.sock.listen(_MAX_CLIENTS)
        self.reply = reply
        self.clients = []
        self.out = bytearray(_OUT_SIZE)
        self.listening(_PORT)

    def handle(self, sock, event):
        if sock is self.sock:
            self._guard(self._accept, None)
            return True
        for client in self.clients:
            if client.sock is sock:
                self._guard(self._read if client.chunks is None else self._write, client)
                return True
        return False

    def tick(self):
        """Drop the clients whose time is up; to be called a few times a second."""
        now = ticks_ms()
        for client in list(self.clients):
            if ticks_diff(now, client.deadline) >= 0:
                self._drop(client)

    def stop(self):
        for client in list(self.clients):
            client.then = None
            self._drop(client)
        super().stop()

    def _guard(self, step, client):
        """Run a step for a client; whatever goes wrong in it costs this client only."""
        try:
            step(client)
        except OSError as error:
            if error.args[0] == errno.EAGAIN:
                return
            if error.args[0] not in (errno.ECONNRESET, errno.ENOTCONN):
                print("HTTP server exception: {}".format(error))
            if client:
                self._drop(client)
        except Exception as error:  # a fault of ours, or no memory: the portal must outlive it
            print("HTTP server exception: {}".format(repr(error)))
            if client:
                self._drop(client)

    def _accept(self, _):
        if len(self.clients) >= _MAX_CLIENTS:
            return
        sock = self.sock.accept()[0]
        sock.setblocking(False)
        self.clients.append(_Client(sock))
        self.poller.register(sock, select.POLLIN)
        if len(self.clients) >= _MAX_CLIENTS:
            self.poller.modify(self.sock, 0)

    def _read(self, client):
        data = client.sock.recv(256)
        if not data:
            self._drop(client)
        elif not client.lingers and client.request.feed(data):
            client.chunks, client.then = self.reply(client.request)
            client.lingers = client.request.status != 0
            client.request = None
            self.poller.modify(client.sock, select.POLLOUT)
            self._write(client)

    def _write(self, client):
        while True:
            length = self._fill(client)
            if not length:
                break
            sent = 0
            try:
                sent = client.sock.send(memoryview(self.out)[:length])
                client.wait(_PATIENCE)
            finally:
                client.rest = bytes(memoryview(self.out)[sent:length]) + client.rest
            if sent < length:
                return
        then, client.then = client.then, None
        if client.lingers:
            client.chunks = None
            client.wait(_LINGER)
            self.poller.modify(client.sock, select.POLLIN)
        else:
            self._drop(client)
        if then:
            then()

    def _fill(self, client):
        """Fill the buffer with what comes next for client; return how much that is, 0 at the end."""
        length = 0
        while length < _OUT_SIZE:
            if not client.rest:
                try:
                    client.rest = next(client.chunks)
                except StopIteration:
                    break
            take = min(len(client.rest), _OUT_SIZE - length)
            self.out[length : length + take] = memoryview(client.rest)[:take]
            client.rest = client.rest[take:]
            length += take
        return length

    def _drop(self, client):
        self.clients.remove(client)
        self.poller.unregister(client.sock)
        client.sock.close()
        if client.chunks:
            client.chunks.close()
        self.poller.modify(self.sock, select.POLLIN)
        if client.then:
            client.then()  # the phone has gone before the reply was out; its wish still counts
