"""How much one address may have under way at once, so that one client leaves room for the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from realtime.web.uploads import AGAIN


class Places:
    """Counts what each address has under way.

    Args:
        what: is counted, in the plural, for the message.
        most: of them by one address.
    """

    def __init__(self, what: str, most: int) -> None:
        self._what, self._most = what, most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, client: HTTPConnection) -> Iterator[None]:
        """Takes a place until the end of the block.

        Raises:
            HTTPException: 429 where the address of this client has none left.
        """
        address = address_of(client)
        if self._taken[address] >= self._most:
            reason = f"too many {self._what} at once from your address; try again"
            raise HTTPException(429, reason, headers={"Retry-After": AGAIN})
        self._taken[address] += 1
        try:
            yield
        finally:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]  # else it would grow with every address that ever called


def address_of(client: HTTPConnection) -> str:
    """Where a client calls from; what a proxy on this machine says of that is believed."""
    return client.client.host if client.client else ""
