#!/usr/bin/python3
# A connection that is aborted from outside ends the daemon; nothing stays
# mounted.
# modes: root
# stderr-ok: Serving failed|abort|ENODEV|No such device

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("ro", "/", host))
path = "/sys/fs/fuse/connections/%d/abort" % m.device
if not os.path.exists(path):
    skip("no " + path)
with open(path, "w") as f:
    f.write("1")
m.expected_status = None
m.wait()
eq(mount_id(m.path), None)
