#!/usr/bin/python3
# Prefixes hold for the session, wherever they stand in the request.

from sandboxfs import *

host = host_dir()
write(host / "pkg/a.c", "a")
write(host / "pkg/b.c", "b")
h = str(host)
with Sandboxfs(reconfig=True) as m:
    # As Bazel sends it: q after m.
    eq(m.request('{"C":{"i":"0","m":[{"x":1,"p":"ws","y":2,"u":"","w":true},'
                 '{"x":3,"p":"a.c","y":4,"u":"a.c"}],"q":{"1":"/","2":"%s",'
                 '"3":"/w/pkg","4":"%s/pkg"}}}' % (h, h), "0"), None)
    eq(entries(m / "0"), ["w", "ws"])
    eq(entries(m / "0/w/pkg"), ["a.c"])
    write(m / "0/ws/out", "out")
    # Used again, not given again; an empty suffix is the prefix itself.
    eq(m.request({"C": {"i": "1", "m": [
        {"x": 3, "p": "b.c", "y": 4, "u": "b.c"},
        {"x": 0, "p": "/whole", "y": 4, "u": ""},
        {"p": "/plain", "u": h}]}}, "1"), None)
    eq(read(m / "1/w/pkg/b.c"), "b")
    eq(entries(m / "1/whole"), ["a.c", "b.c"])
    eq(entries(m / "1/plain"), ["out", "pkg"])
    # Given again alike is fine; otherwise it is an error and nothing changes.
    eq(m.request({"C": {"i": "2", "q": {"1": "/"}}}, "2"), None)
    eq(m.request({"C": {"i": "3", "q": {"2": "/elsewhere"}}}, "3"),
       "Prefix 2 already had path %s but got new /elsewhere" % h)
    eq(m.request({"C": {"i": "4", "m": [
        {"x": 77, "p": "a", "u": h}]}}, "4"), "Prefix 77 does not exist")
    eq(m.request({"C": {"i": "5", "m": [
        {"x": 3, "p": "/a", "u": h}]}}, "5"), "Suffix /a must be relative")
    eq(m.request({"C": {"i": "6", "q": {"no": "/x"}}}, "6"),
       "Bad prefix number: invalid digit found in string")
    eq(entries(m.path), ["0", "1", "2"])
