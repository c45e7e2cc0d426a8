#!/usr/bin/python3
# Sockets and named pipes can be mapped and used.

from sandboxfs import *

import socket
import threading

host = host_dir()
os.mkfifo(host / "fifo")
server = socket.socket(socket.AF_UNIX)
server.bind(str(host / "socket"))
with Sandboxfs(("rw", "/", host), ("rw", "/x/fifo", host / "fifo")) as m:
    check(stat.S_ISFIFO(os.lstat(m / "fifo").st_mode))
    check(stat.S_ISSOCK(os.lstat(m / "socket").st_mode))
    got = []
    t = threading.Thread(target=lambda: got.append(read(m / "fifo")))
    t.start()
    with open(m / "fifo", "w") as f:
        f.write("through a pipe")
    t.join(10)
    eq(got, ["through a pipe"])
    # A socket made in the view serves those who find it in the view.
    inner = socket.socket(socket.AF_UNIX)
    os.chdir(m.path)
    inner.bind("made")
    inner.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect("made")
    client.send(b"x")
    eq(inner.accept()[0].recv(1), b"x")
    os.chdir("/")
    check(stat.S_ISSOCK(os.lstat(host / "made").st_mode))
