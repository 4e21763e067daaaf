"""The answers that connectivity probes expect when online, which close the sign-in page of a phone."""


def answer(host, path):
    """Return the body that a probe of host and path (bytes) expects, None if it is not a probe."""
    # Paths, or hosts with paths, and after the = their answer; empty means status 204.
    answers = b"""\
/generate_204 /gen_204 connectivity-check.ubuntu.com/=
/hotspot-detect.html /success.html=<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>
/connecttest.txt=Microsoft Connect Test
/ncsi.txt=Microsoft NCSI
/canonical.html=<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>
/success.txt=success~
/check_network_status.txt=NetworkManager is online
/nm-check.txt conncheck.opensuse.org/ capnet.elementary.io/ /nm=NetworkManager is online~
/hotspot.txt networkcheck.kde.org/=OK
/wifistub.html /wifistub-eink.html=81ce4465-7167-4dcb-835b-dcc9e44c112a"""
    for line in answers.split(b"\n"):
        names, body = line.split(b"=", 1)
        for name in names.split():
            if (host + path).endswith(name):
                return body.replace(b"~", b"\n")
    return None
