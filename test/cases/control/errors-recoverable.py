#!/usr/bin/python3
# Requests that can't be met are answered with what is wrong, and change
# nothing; the next one works.

from sandboxfs import *

host = host_dir()
write(host / "file")
h = str(host)


def mapping(path, target=h, **more):
    return dict({"path": path, "underlying_path": target}, **more)


with Sandboxfs(reconfig=True) as m:
    m.create("good", ("ro", "/a", host))
    for id, mappings, error in [
        ("", [], "Identifier cannot be empty"),
        ("a/b", [], "Identifier a/b is not a basename"),
        ("x", [mapping("relative")], 'path "relative" is not absolute'),
        ("x", [mapping("/a/../b")], 'path "/a/../b" is not normalized'),
        ("x", [mapping("/a", "not/absolute")],
         'path "not/absolute" is not absolute'),
        ("x", [mapping("/a"), mapping("/a")],
         "Cannot map '/a -> %s (read-only)': Already mapped" % h),
        ("x", [mapping("/a/b"), mapping("/a", writable=True)],
         "Cannot map '/a -> %s (read/write)': Already mapped" % h),
        ("x", [mapping("/a", "/non-existent")],
         "Cannot map '/a -> /non-existent (read-only)': Stat failed for "
         '"/non-existent": No such file or directory (os error 2)'),
        ("good", [mapping("/a")],
         "Cannot map '/a -> %s (read-only)': Already mapped" % h),
    ]:
        m.send({"CreateSandbox": {"id": id, "mappings": mappings}})
        eq(m.answer(), {"id": id, "error": error})
    m.send({"DestroySandbox": "never was"})
    answer = m.answer()
    eq(answer["id"], "never was")
    check("Unknown entry" in answer["error"], answer["error"])
    eq(entries(m.path), ["good"])
    eq(entries(m / "good"), ["a"])
    m.create("after", ("ro", "/a", host))
    eq(entries(m / "after/a"), ["file"])
