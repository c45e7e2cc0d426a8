#!/usr/bin/python3
# Many requests in flight for different ids: each is answered once, and done.
# timeout: 120

from sandboxfs import *

import threading

host = host_dir()
write(host / "file", "x")
n = 400
with Sandboxfs(reconfig=True) as m:
    def send():
        for i in range(n):
            m.send(m.creation("s%d" % i, [("ro", "/a/b", host),
                                          ("rw", "/c", host)]))

    t = threading.Thread(target=send)
    t.start()
    answers = [m.answer() for i in range(n)]
    t.join()
    eq(sorted(a["id"] for a in answers), sorted("s%d" % i for i in range(n)))
    eq([a for a in answers if a["error"]], [])
    eq(len(entries(m.path)), n)
    for i in range(0, n, 17):
        eq(read(m / ("s%d/a/b/file" % i)), "x")
    t = threading.Thread(target=lambda: [
        m.send({"D": "s%d" % i}) for i in range(n)])
    t.start()
    answers = [m.answer() for i in range(n)]
    t.join()
    eq([a for a in answers if a["error"]], [])
    eq(entries(m.path), [])
