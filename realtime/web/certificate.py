"""A certificate for this machine that it signs itself: browsers allow a page to use the camera over https only."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from platformdirs import user_data_dir

_VALID = timedelta(days=365)  # iOS accepts at most 825
_SOON = timedelta(days=7)


def own_address() -> str | None:
    """The address of this machine in its network; None where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # asks for the route to an address of nobody; nothing is sent
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if ipaddress.ip_address(address).is_loopback else address


def certificate_folder() -> Path:
    """Where the program keeps its certificate on this system."""
    return Path(user_data_dir("digit-reader"))


def certificate_for(address: str, folder: Path) -> Path:
    """A file with a certificate for `address` and its key, kept in `folder`: a phone that accepts it asks no more.

    One that is about to end, or was made for another address, is replaced. Nobody else may read the file.

    Raises:
        OSError: if the folder cannot be written.
        ValueError: if `address` is no IP address.
    """
    path = folder / "certificate.pem"
    if not _serves(path, address):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = path.with_suffix(f".{os.getpid()}")
        with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(_make(address))
        whole.replace(path)
    return path


def _serves(path: Path, address: str) -> bool:
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    lasts = found.not_valid_after_utc > datetime.now(UTC) + _SOON
    return lasts and ipaddress.ip_address(address) in names.get_values_for_type(x509.IPAddress)


def _make(address: str) -> bytes:
    """Certificate and key in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Digit reader")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # the clock of the phone may be slow
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
