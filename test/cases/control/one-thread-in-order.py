#!/usr/bin/python3
# With one thread the answers come in the order of the requests.

from sandboxfs import *

with Sandboxfs(reconfig=True, flags=["--reconfig_threads=1"]) as m:
    m.send("".join(json.dumps({"C": {"i": "s%d" % i}}) for i in range(100)))
    eq([m.answer()["id"] for i in range(100)],
       ["s%d" % i for i in range(100)])
