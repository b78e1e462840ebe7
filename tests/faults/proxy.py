"""Stand between a client and PostgreSQL, and lose the answer to the n-th COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class Proxy:
    """Pass bytes on both ways; after the n-th COMMIT has reached the server, its answer and the connection are lost."""

    def __init__(self, server: str, losing: int) -> None:
        """Listen on a free port; `server` is the path of the server's own socket."""
        self.server = server
        self.losing = losing
        self.commits = 0
        self._counting = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no longer."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            backend = socket.socket(socket.AF_UNIX)
            backend.connect(self.server)
            lost = threading.Event()
            threading.Thread(target=self._forth, args=(client, backend, lost), daemon=True).start()
            threading.Thread(target=self._back, args=(client, backend, lost), daemon=True).start()

    def _forth(self, client: socket.socket, backend: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while sent := client.recv(65536):
                if sent.endswith(COMMIT):
                    with self._counting:
                        self.commits += 1
                        if self.commits == self.losing:
                            lost.set()
                backend.sendall(sent)
        _hang_up(backend)

    def _back(self, client: socket.socket, backend: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            # The server has answered: it has committed. Nobody is told.
            while (answer := backend.recv(65536)) and not lost.is_set():
                client.sendall(answer)
        _hang_up(client)
        _hang_up(backend)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def proxy(server: str, losing: int) -> Iterator[Proxy]:
    """Give a proxy that loses the answer to the n-th COMMIT; 0 loses none."""
    standing = Proxy(server, losing)
    try:
        yield standing
    finally:
        standing.close()
