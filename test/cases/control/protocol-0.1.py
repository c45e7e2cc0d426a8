#!/usr/bin/python3
# --protocol 0.1: arrays of steps ended by an empty line, one line of answer
# each.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
h = str(host)


def step(mapping, target, writable=False):
    return {"Map": {"Mapping": mapping, "Target": target,
                    "Writable": writable}}


with Sandboxfs(reconfig=True, flags=["--protocol", "0.1"]) as m:
    def ask(steps):
        m.send(json.dumps(steps) + "\n\n")
        return m.line()

    eq(ask([]), "Done")
    eq(ask([step("/0/ws", h, True), step("/1/a/b", h)]), "Done")
    eq(entries(m.path), ["0", "1"])
    write(m / "0/ws/made", "made")
    fails(EPERM, open, m / "1/a/b/file", "w")
    eq(ask([{"Unmap": "/1/a/b"}]), "Done")
    eq(entries(m / "1/a"), [])
    eq(ask([{"Unmap": "/0"}, step("/0", h)]), "Done")
    eq(entries(m / "0"), ["file", "made"])
    # Over several lines.
    m.send('[\n{"Unmap":\n"/0"}\n]\n\n')
    eq(m.line(), "Done")
    fails(ENOENT, os.stat, m / "0")
