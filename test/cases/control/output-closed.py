#!/usr/bin/python3
# When nobody reads the answers any more, the daemon lives on.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/a", host), reconfig=True) as m:
    m.process.stdout.close()
    m.send({"C": {"i": "s"}})
    time.sleep(0.2)
    try:
        m.send({"C": {"i": "t"}})
    except BrokenPipeError:
        pass
    time.sleep(0.2)
    eq(m.process.poll(), None)
    eq(read(m / "a/file"), "x")
