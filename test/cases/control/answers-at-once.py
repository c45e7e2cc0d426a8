#!/usr/bin/python3
# A request is answered at its closing brace, without a newline or anything
# else after it.

from sandboxfs import *

host = host_dir()
with Sandboxfs(reconfig=True) as m:
    m.send('{"CreateSandbox":{"id":"a","mappings":[]}}')
    eq(m.line(), '{"id":"a","error":null}')
    m.send('{"DestroySandbox":"a"')
    time.sleep(0.1)
    m.send("}")
    eq(m.line(), '{"id":"a","error":null}')
    # Two at once, nothing between them.
    m.send('{"C":{"i":"b"}}{"C":{"i":"c"}}')
    eq(sorted([m.line(), m.line()]),
       ['{"id":"b","error":null}', '{"id":"c","error":null}'])
    # A byte at a time.
    for byte in b' \n{"D"\t: "b"\r\n}':
        m.send(bytes([byte]))
    eq(m.line(), '{"id":"b","error":null}')
