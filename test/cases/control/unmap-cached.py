#!/usr/bin/python3
# In --protocol 0.1 an unmapped name is gone at once, however warm it is.

from sandboxfs import *

host, other = host_dir(), host_dir("other")
write(host / "file", "host")
write(other / "file", "other")
with Sandboxfs(reconfig=True,
               flags=["--protocol", "0.1", "--ttl", "3600s"]) as m:
    for i in range(20):
        for target, text in ((host, "host"), (other, "other")):
            m.send(json.dumps([{"Map": {
                "Mapping": "/a/b", "Target": str(target),
                "Writable": False}}]) + "\n\n")
            eq(m.line(), "Done")
            eq(read(m / "a/b/file"), text)
            eq(entries(m / "a"), ["b"])
            m.send('[{"Unmap": "/a/b"}]\n\n')
            eq(m.line(), "Done")
            fails(ENOENT, os.stat, m / "a/b/file")
            fails(ENOENT, os.stat, m / "a/b")
            eq(entries(m / "a"), [])
