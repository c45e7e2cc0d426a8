#!/usr/bin/python3
# A path with a NUL is refused, not cut.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(reconfig=True) as m:
    for path, target in (("/a\0b", str(host)), ("/a", str(host) + "\0/x")):
        m.send({"C": {"i": "s", "m": [{"p": path, "u": target}]}})
        answer = m.answer()
        check(answer["error"], repr(path))
        eq(entries(m.path), [])
