#!/usr/bin/python3
# Very deep, very long and very many: refused or served, never a crash.
# timeout: 120

from sandboxfs import *

host = host_dir()
write(host / "file", "x")


def answer_to(data):
    """The first answer, with all sent from a thread of its own."""
    import threading

    def send():
        try:
            m.send(data)
        except BrokenPipeError:
            pass
    t = threading.Thread(target=send, daemon=True)
    t.start()
    return json.loads(m.line(60))


for data in ("[" * 1000000, '{"C":' * 100000,
             '{"C":{"i":"a","junk":' + "[" * 100000 + "]" * 100000 + "}}",
             '{"C":{"i":"' + "x" * (8 << 20) + '"}}',
             '{"C":{"i":"a","m":[{"p":"/' + "d/" * 100000 +
             '","u":"/"}]}}',
             '{"C":{"i":"a","junk":"' + "y" * (4 << 20) + '"}}'):
    with Sandboxfs(("ro", "/keep", host), reconfig=True) as m:
        answer = answer_to(data)
        check("error" in answer)
        eq(read(m / "keep/file"), "x")
with Sandboxfs(reconfig=True) as m:
    n = 20000
    request = {"C": {"i": "big", "q": {"1": str(host), "2": "/d"}, "m": [
        {"x": 2, "p": "%d/f%d" % (i % 100, i), "y": 1, "u": "file"}
        for i in range(n)]}}
    eq(answer_to(json.dumps(request)), {"id": "big", "error": None})
    eq(len(entries(m / "big/d")), 100)
    eq(len(entries(m / "big/d/7")), n // 100)
    eq(read(m / "big/d/99/f19999"), "x")
