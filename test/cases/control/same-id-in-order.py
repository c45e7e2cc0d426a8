#!/usr/bin/python3
# Requests for one id are done in the order in which they come.
# timeout: 120

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(reconfig=True, flags=["--reconfig_threads", "8"]) as m:
    request = ""
    for i in range(200):
        request += json.dumps(m.creation("s", [("ro", "/a", host)]))
        request += json.dumps({"D": "s"})
        request += json.dumps(m.creation("other%d" % i, []))
    import threading
    t = threading.Thread(target=lambda: m.send(request))
    t.start()
    for i in range(600):
        eq(m.answer()["error"], None)
    t.join()
    fails(ENOENT, os.stat, m / "s")
    eq(len(entries(m.path)), 200)
