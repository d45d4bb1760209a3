"""Starts the service, `python3 -m app`, and ends it cleanly on SIGTERM and SIGINT."""

import os
import signal
import socket
import sys

import uvicorn

from app.routes import app

DEFAULT_PORT = 8080


class Server(uvicorn.Server):
    """Says in one line that it is ready, once connections are accepted."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"listening on {self.config.host}:{self.config.port}", flush=True)


def port_number() -> int:
    """PORT, or the default when it is not set."""
    value = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        sys.exit(f"PORT is {value!r}, not a number from 1 to 65535")
    return int(value)


def main() -> None:
    # uvicorn lets open requests end, for ten seconds at most, and then raises the signal again:
    # this makes it, and one that comes before the server has started, a clean end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app,
        host="0.0.0.0",
        port=port_number(),
        log_level="warning",
        timeout_graceful_shutdown=10,
    )
    Server(config).run()


if __name__ == "__main__":
    main()
