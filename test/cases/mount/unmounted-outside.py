#!/usr/bin/python3
# Unmounted by somebody else: status 0, and no word of an error.

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("ro", "/", host))
os.listdir(m.path)
eq(m.unmount(), 0)
check("ERROR" not in m.stderr(), m.stderr())
