"""Sockets that the Kafka client drops."""

from __future__ import annotations

import socket
from contextlib import closing

from kafka.net import KafkaNetSocket
from kafka.net.selector import NetworkSelector

from ingestion.sources.connecting import DIRECT


def test_a_socket_that_the_client_drops_is_closed() -> None:
    """The warning of a socket left open is an error here, and the other end must see the end of the connection."""
    with closing(NetworkSelector()) as net, socket.create_server(("127.0.0.1", 0)) as listener:
        way = KafkaNetSocket(DIRECT)
        (address,) = way.dns_lookup(*listener.getsockname())
        made = net.run(way.connect, net, address)
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(10)
            del made
            assert peer.recv(1) == b""
