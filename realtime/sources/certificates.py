"""Whether the other end of an encrypted stream is who its address says."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import certifi

_PORTS = {"https": 443, "rtsps": 322}  # where an address names none


def is_encrypted(url: str) -> bool:
    """Whether a stream of this address has a certificate."""
    return urlsplit(url).scheme.lower() in _PORTS


def trusted_file() -> str:
    """A file with the certificates of those whose word is taken for who is who: the system's, or Mozilla's list."""
    return ssl.get_default_verify_paths().cafile or certifi.where()


def context(insecure: bool = False) -> ssl.SSLContext:
    """How certificates are checked; `insecure` takes anybody's."""
    its = ssl.create_default_context(cafile=trusted_file())
    if insecure:
        its.check_hostname = False
        its.verify_mode = ssl.CERT_NONE
    return its


def distrust(url: str, seconds: float) -> str | None:
    """Why the certificate of an encrypted stream is not to be trusted; None where that is not what is wrong."""
    parts = urlsplit(url)
    try:
        address = parts.hostname or "", parts.port or _PORTS[parts.scheme.lower()]
        with socket.create_connection(address, seconds) as plain:
            context().wrap_socket(plain, server_hostname=parts.hostname).close()
    except ssl.SSLCertVerificationError as error:
        return why(error)
    except (OSError, ValueError):
        pass
    return None


def why(error: ssl.SSLCertVerificationError) -> str:
    """The reason, for the user."""
    return f"its certificate is not to be trusted, {error.verify_message}; --insecure-stream takes it all the same"
