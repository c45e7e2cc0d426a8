#!/usr/bin/python3
# Long and short keys mean the same, unknown ones are ignored.

from sandboxfs import *

host = host_dir()
write(host / "file")
h = str(host)
forms = [
    {"CreateSandbox": {"id": "s", "mappings": [
        {"path": "/a", "underlying_path": h, "writable": True}]}},
    {"C": {"i": "s", "m": [{"p": "/a", "u": h, "w": True}]}},
    {"CreateSandbox": {"i": "s", "mappings": [
        {"p": "/a", "underlying_path": h, "w": True, "color": ["red", {}]}],
        "comment": {"x": [1, 2.5e3, None, False, "y"]}}},
    {"C": {"i": "s", "m": [{"path_prefix": 0, "path": "/a",
                            "underlying_path_prefix": 0,
                            "underlying_path": h, "writable": True}],
           "prefixes": {}}},
]
with Sandboxfs(reconfig=True) as m:
    for i, form in enumerate(forms):
        eq(m.request(form, "s"), None)
        write(m / "s/a/file", "by %d" % i)
        eq(read(host / "file"), "by %d" % i)
        eq(m.request({"D": "s"} if i % 2 else {"DestroySandbox": "s"}, "s"),
           None)
    # Read-only unless it says otherwise.
    eq(m.request({"C": {"i": "r", "m": [{"p": "/a", "u": h}]}}, "r"), None)
    fails(EPERM, open, m / "r/a/file", "w")
