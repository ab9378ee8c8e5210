"""A peer on a port that is not what one hoped for."""

from __future__ import annotations

import socket
import threading


class FakePeer:
    """Reads what one client says once, answers with some bytes and hangs up; None says nothing and holds the line."""

    def __init__(self, says: bytes | None) -> None:
        self._says = says
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # closed before anybody came
            return
        self._held.append(connection)
        if self._says is not None:
            connection.recv(65_536)
            connection.sendall(self._says)
            connection.close()

    def close(self) -> None:
        self._listener.close()
        self._thread.join(timeout=5)
        for connection in self._held:
            connection.close()
