#!/usr/bin/python3
# Reads and writes of an open file go past the daemon with passthrough;
# reads come from the page cache without.
# needs: tracefs
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "file", "x" * 65536)
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "file", os.O_RDWR)

    def read_pages():
        for i in range(100):
            os.pread(fd, 4096, 4096 * (i % 16))

    def write_pages():
        for i in range(100):
            os.pwrite(fd, b"y" * 4096, 4096 * (i % 16))

    read_pages()
    eq(m.fewest_requests(read_pages).by_op, {})
    write_pages()
    r = m.fewest_requests(write_pages)
    if mode.passthrough:
        eq(r.by_op, {})
    else:
        eq(r.by_op.pop("WRITE"), 100)
        # Not a question about capabilities before each, either.
        check(r.total <= 101, str(r.by_op))
    os.close(fd)
