"""What the portal does with a request: its own pages and actions, and the way to them from anywhere else.

No sockets here. An answer is (status, iterator of bytes, function to call once they have left, or None).
"""

import credentials
import http_reply
import probes
import views
from hosts import is_ours, same_origin
from text import field, printable


def _head_only(chunks):
    """Yield the first piece of a reply, its head."""
    for piece in chunks:
        yield piece
        break
    chunks.close()


class Site:
    def __init__(self, signing, essid, ap_ip, hostname=None):
        self.signing = signing
        self.essid = essid
        self.ap_ip = ap_ip.encode()
        self.url = "http://{}/".format(ap_ip)
        name = (hostname or "localhost").lower().encode()
        self.names = (name, name + b".local", b"localhost")

    def reply(self, request):
        """Return (iterator of bytes, function to call once they have left, or None), and log the request."""
        status, chunks, then = self._answer(request)
        where = printable((request.host or b"")[:64]) + printable(request.path[:64])
        print("HTTP {} {} {}".format(status, request.method or "-", where))
        return (_head_only(chunks) if request.method == "HEAD" else chunks), then

    def _answer(self, request):
        method = request.method
        if request.status:
            return self._plain(request.status)
        if method == "OPTIONS":
            return 204, http_reply.whole(204, b"", http_reply.TEXT, http_reply.ALLOW), None
        if method not in ("GET", "HEAD", "POST"):
            return self._plain(405)
        ours = is_ours(request.host, self.names)
        if method == "POST":
            if not ours or not same_origin(request.origin, request.host, self.ap_ip):
                return self._plain(403)
            return self._post(request)
        if self.signing.online:
            found = probes.online_answer(request.host, request.path)
            if found:
                return found + (None,)
        if request.path in (b"/favicon.ico", b"/wpad.dat"):
            return self._plain(404)
        if not ours:
            return self._redirect(self.url)
        if request.path in (b"/", b"/status"):
            return self._state(method == "GET")
        if request.path == b"/done" and method == "GET":
            return self._done(request)
        return self._home(request)

    def _post(self, request):
        if request.path == b"/done":
            return self._done(request)
        if self.signing.takes_form():
            if request.path == b"/login":
                return self._login(request.body)
            if request.path == b"/scan":
                return 200, views.scanning(), self.signing.rescan
        return self._home(request)

    def _login(self, body):
        signing = self.signing
        ssid = signing.real_name(field(body, b"ssid") or field(body, b"other"))
        password = field(body, b"password")
        if not 1 <= len(ssid) <= 32:
            return 400, views.form(signing, 400, ssid[:64], "bad-name"), None
        if not credentials.is_password(password):
            return 400, views.form(signing, 400, ssid, "bad-password"), None
        signing.ask(ssid, password)
        return 200, views.connecting(signing, self.essid, self.url), signing.answered

    def _state(self, is_seen):
        signing = self.signing
        if signing.is_connected():
            return 200, views.connected(signing), signing.seen if is_seen else None
        if signing.takes_form():
            return 200, views.form(signing), None
        return 200, views.connecting(signing, self.essid, self.url), None

    def _done(self, request):
        if not self.signing.is_connected():
            return self._home(request)
        return 200, views.done(self.essid), self.signing.done

    def _home(self, request):
        """Lead to our first page under the name or address by which we were reached."""
        return self._redirect("http://{}/".format(str(request.host, "utf-8")) if request.host else self.url)

    def _redirect(self, url):
        return 302, http_reply.redirect(url), None

    def _plain(self, status):
        return status, http_reply.plain(status), None
