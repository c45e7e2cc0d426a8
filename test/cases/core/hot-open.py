#!/usr/bin/python3
# A warm open, read and close sends an OPEN and nothing that anyone waits
# for but what closing needs.
# needs: tracefs
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "file", "x" * 4096)
with Sandboxfs(("ro", "/", host)) as m:
    def open_read_close():
        for i in range(50):
            fd = os.open(m / "file", os.O_RDONLY)
            os.pread(fd, 4096, 0)
            os.close(fd)

    open_read_close()
    r = m.fewest_requests(open_read_close)
    eq(r.by_op.get("OPEN"), 50)
    check(r.total <= 51, str(r.by_op))
