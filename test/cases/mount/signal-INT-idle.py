#!/usr/bin/python3
# SIGINT unmounts an idle file system at once; the status is 1.

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("ro", "/", host))
start = time.monotonic()
m.process.send_signal(signal.SIGINT)
eq(m.wait(), 1)
check(time.monotonic() - start < 1.5 * slowness, "it took long")
check("Caught signal %d" % signal.SIGINT in m.stderr(), m.stderr())
