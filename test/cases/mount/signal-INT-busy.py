#!/usr/bin/python3
# SIGINT with the file system in use: served for the time of --grace, then
# detached, and those in it get errors.
# timeout: 60

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("rw", "/", host), flags=["--grace", "1s"])
busy = subprocess.Popen([helper("busy"), str(m.path), "3"],
                        stdout=subprocess.PIPE, text=True)
eq(busy.stdout.readline(), "busy\n")
sitter = subprocess.Popen(["sleep", "100"], cwd=m.path)
start = time.monotonic()
m.process.send_signal(signal.SIGINT)
time.sleep(0.3)
# The file system is still there for those who use it.
eq(busy.poll(), None)
m.wait()
check(0.8 < time.monotonic() - start < 8 * slowness,
      "it took %g s" % (time.monotonic() - start))
check("in use" in m.stderr(), m.stderr())
eq(busy.wait(10), 0)
sitter.kill()
sitter.wait()
