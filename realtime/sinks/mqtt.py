"""MQTT: each reading as a message to a broker, at least once, by paho-mqtt."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from realtime.sinks.delivery import Never, NotNow
from realtime.sinks.paths import OutputError
from realtime.sources.certificates import context

SECONDS = 10.0
"""Within which the broker must take a message."""

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_REFUSED = frozenset(
    (0x84, 0x85, 0x86, 0x87, 0x8C)
)  # reasons, as MQTT 5 numbers them, for which it is no use to try again


class Mqtt:
    """Called with the id and the JSON of a reading.

    Args:
        url: `mqtt://user:password@host:1883/topic`; `mqtts` for an encrypted connection.
        insecure: whether the certificate of an encrypted one may be anybody's.

    Raises:
        OutputError: if it is no such address, or paho-mqtt is not installed.
    """

    def __init__(self, url: str, insecure: bool = False) -> None:
        parts = urlsplit(url)
        topic = unquote(parts.path[1:])
        try:
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            port = 0
        if not (port and parts.hostname and topic) or set("?#") & set(url) or set(topic) & set("+#\0"):
            raise OutputError("--mqtt needs an address like mqtt://host:1883/topic, without + and # in the topic")
        try:
            from paho.mqtt import client as paho
        except ImportError as error:
            raise OutputError("--mqtt needs paho-mqtt: pip install paho-mqtt") from error
        self._topic, self._address = topic, (parts.hostname, port)
        self._errors = (OSError, ValueError, RuntimeError)
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self._client.connect_timeout = SECONDS
        if parts.username is not None:
            self._client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self._client.tls_set_context(context(insecure))
        self._refused: str | None = None
        self._message: Any
        self._client.on_connect = self._on_connect
        self._running = False
        self._name = ""

    def __call__(self, name: str, data: bytes) -> None:
        """Publish it; see `realtime.sinks.delivery.Send`."""
        try:
            if not self._running:
                self._client.connect(*self._address)
                self._client.loop_start()  # it connects again by itself
                self._running = True
            if name != self._name:  # else it is on its way, and goes out as soon as the broker is there
                self._name, self._message = name, self._client.publish(self._topic, data, qos=1)
            self._message.wait_for_publish(SECONDS)
        except self._errors as error:
            raise NotNow("the broker does not answer") from error
        if not self._message.is_published():
            if self._refused is not None:
                raise Never(f"the broker refuses it: {self._refused}")
            raise NotNow("the broker does not take it")

    def close(self) -> None:
        """Take leave of the broker."""
        if self._running:
            self._client.disconnect()
            self._client.loop_stop()

    def _on_connect(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._refused = str(reason) if reason.value in _REFUSED else None
