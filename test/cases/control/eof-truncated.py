#!/usr/bin/python3
# Input that ends inside a request is an error that is answered; the mount
# goes on.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/a", host), reconfig=True) as m:
    m.send('{"CreateSandbox":{"id":"s","map')
    m.process.stdin.close()
    answer = json.loads(m.line())
    eq(answer["id"], None)
    check(answer["error"])
    eq(read(m / "a/file"), "x")
    eq(entries(m.path), ["a"])
