"""Lets connections to a port through to another: `python -m tests.service.relay PORT HOST PORT`."""

import socket
import sys
import threading


def pump(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)


def main(port: int, host: str, to: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as listening:
        while True:
            one, _ = listening.accept()
            other = socket.create_connection((host, to))
            for pair in ((one, other), (other, one)):
                threading.Thread(target=pump, args=pair, daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
