#!/usr/bin/python3
# In --protocol 0.1 every error is recoverable, bad JSON too; steps before a
# failing one stay.

from sandboxfs import *

host = host_dir()
h = str(host)
with Sandboxfs(("ro", "/fixed", host), reconfig=True,
               flags=["--protocol=0.1"]) as m:
    for steps in ('[{"Unmap": "/none"}]', '[{"Unmap": "/"}]', "[{]", "{}",
                  '[{"Map": {"Mapping": "/a"}}]', '[{"Map":{},"Unmap":"/"}]',
                  '[{"Unmap": "/none/deep"}]',
                  '[{"Map": {"Mapping": "rel", "Target": "%s", "Writable":'
                  ' false}}]' % h,
                  '[{"Map": {"Mapping": "/fixed", "Target": "%s", "Writable":'
                  ' false}}]' % h):
        m.send(steps + "\n\n")
        line = m.line()
        check(line.startswith("Reconfig failed: ") and len(line) > 20,
              "%r got %r" % (steps, line))
    m.send(json.dumps([
        {"Map": {"Mapping": "/a", "Target": h, "Writable": False}},
        {"Unmap": "/none"}]) + "\n\n")
    check(m.line().startswith("Reconfig failed: "))
    eq(entries(m.path), ["a", "fixed"])
    m.send("[]")
    m.process.stdin.close()
    eq(m.line(), "Done")
