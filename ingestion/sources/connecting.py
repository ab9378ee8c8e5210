"""What the Kafka client does that it should not: sockets left open, topics made by reading them.

The client (kafka-python 3.0) drops the socket of a connection that was refused without closing it; while a broker is
away, each of its tries leaves an open file to the garbage collector. It drops one that it was just about to use, too,
if it is closed by one thread while another makes the connection. It takes the way to connect from the
scheme of `proxy_url`, so a scheme of our own puts the same way, with the socket closed, in its place.
"""

from __future__ import annotations

import socket
from typing import Any, Final

from kafka.net import KafkaNetSocket
from kafka.net.compat import KafkaNetClient

DIRECT: Final = "direct://"
"""For `proxy_url`: no proxy."""


class _Socket(socket.socket):
    """Is closed, rather than complained of, when its last owner drops it."""

    def __del__(self) -> None:
        self.close()


class _Direct(KafkaNetSocket):  # type: ignore[misc]  # the client has no types
    """Connects without a proxy, and closes the socket when that fails."""

    SCHEMES = ("direct",)

    def socket(self, family: int = -1, sock_type: int = -1, proto: int = -1) -> _Socket:
        return _Socket(family, sock_type, proto)

    async def sock_connect(self, net: Any, sock: _Socket, sockaddr: Any, timeout_at: float | None = None) -> Any:
        try:
            return await super().sock_connect(net, sock, sockaddr, timeout_at=timeout_at)
        except BaseException:  # the client gave it up as well
            sock.close()
            raise


def client_that_makes_no_topics(**options: Any) -> KafkaNetClient:
    """Makes the network client of a reader: a mistyped name must not become a topic of the plant.

    The consumer's own option for that (`allow_auto_create_topics`) is lost on its way to where it is asked for.
    """
    client = KafkaNetClient(**options)
    client.cluster.config["allow_auto_create_topics"] = False
    return client
