#!/usr/bin/python3
# A file system that is given free within the grace period is unmounted in
# the plain way.

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("rw", "/", host), flags=["--grace", "20s"])
f = open(m / "file", "w")
m.process.terminate()
time.sleep(0.5)
eq(m.process.poll(), None)
f.write("still written")
f.close()
start = time.monotonic()
m.wait()
check(time.monotonic() - start < 3 * slowness, "not noticed")
eq(read(host / "file"), "still written")
import re
check(re.search("Unmounting.*failed.*will retry", m.stderr()), m.stderr())
