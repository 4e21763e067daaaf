"""Whom a request was meant for: the Host and Origin headers. Pure."""


def is_address(host):
    """Tell whether a Host header's value is an IP address, with or without a port."""
    if host[:1] == b"[":
        return len(host) > 2 and all([byte in b"0123456789abcdef.:[]" for byte in host])
    colon = host.find(b":")
    if colon >= 0:
        if not host[colon + 1 :].isdigit():
            return False
        host = host[:colon]
    parts = host.split(b".")
    return len(parts) == 4 and all([part.isdigit() for part in parts])


def is_ours(host, names):
    """Tell whether host means this board: an address that reached us does, as does no Host at all."""
    return not host or is_address(host) or host.split(b":")[0] in names


def same_origin(origin, host, ap_ip):
    """Tell whether a form came from a page of ours; old browsers send no Origin."""
    return origin is None or origin == b"http://" + (host or ap_ip)
