#!/usr/bin/python3
# With RUST_LOG=error a life without trouble writes nothing but the reason
# of its end.

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("ro", "/", host), log="error", wait=False)
wait_for(lambda: mount_id(m.path), "the mount")
time.sleep(0.2)
m.process.terminate()
m.wait()
eq(m.stderr(), "sandboxfs: Failed to mount %s: Caught signal 15\n" % m.path)
