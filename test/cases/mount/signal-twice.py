#!/usr/bin/python3
# A second signal ends the grace period.

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("rw", "/", host), flags=["--grace", "60s"])
f = open(m / "file", "w")
m.process.terminate()
time.sleep(0.3)
eq(m.process.poll(), None)
start = time.monotonic()
m.process.send_signal(signal.SIGINT)
m.wait()
check(time.monotonic() - start < 3 * slowness, "it took long")
try:
    f.write("x")
    f.close()
except OSError:
    pass
