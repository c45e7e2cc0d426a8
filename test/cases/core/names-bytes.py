#!/usr/bin/python3
# Names are bytes: any but slash and NUL.

from sandboxfs import *

host = host_dir()
names = [b"\xff\xfe\x80", b"new\nline", b" ", b"\\", b'"', b"\t", b"%s",
         "h\u00e9\u4e2d".encode(), b"\x01\x7f", b"-rf", b"..."]
with Sandboxfs(("rw", "/", host)) as m:
    base = os.fsencode(m.path) + b"/"
    for i, name in enumerate(names):
        fd = os.open(base + name, os.O_WRONLY | os.O_CREAT)
        os.write(fd, name)
        os.close(fd)
    eq(sorted(os.listdir(os.fsencode(m.path))), sorted(names))
    eq(sorted(os.listdir(os.fsencode(host))), sorted(names))
    for name in names:
        eq(raw(base + name), name)
        os.rename(base + name, base + b"x" + name)
    for name in names:
        os.unlink(base + b"x" + name)
    eq(os.listdir(m.path), [])
