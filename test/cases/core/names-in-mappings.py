#!/usr/bin/python3
# Mappings may name bytes that are not UTF-8, and host paths with colons.

from sandboxfs import *

host = os.fsencode(host_dir())
odd = host + b"/\xff odd"
os.mkdir(odd)
fd = os.open(odd + b"/\xfe", os.O_WRONLY | os.O_CREAT)
os.write(fd, b"text")
os.close(fd)
with Sandboxfs(("ro", b"/\xfd here", odd)) as m:
    eq(os.listdir(os.fsencode(m.path)), [b"\xfd here"])
    eq(raw(os.fsencode(m.path) + b"/\xfd here/\xfe"), b"text")
