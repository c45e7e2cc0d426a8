#!/usr/bin/python3
# Ids are plain file names: not empty, not . or .., no slash, no NUL, at
# most 255 bytes.

from sandboxfs import *

with Sandboxfs(reconfig=True) as m:
    for id in ("", ".", "..", "a/b", "/", "a/", "x" * 256, "nul\0here"):
        m.send({"CreateSandbox": {"id": id}})
        answer = m.answer()
        eq(answer["id"], id)
        check(answer["error"], "%r was taken" % id)
    eq(entries(m.path), [])
    for id in ("x" * 255, "h\u00e9", " ", "...", "a\nb", '"', "\u4e2d\U0001f600"):
        m.create(id)
        check(os.path.isdir(m / id), repr(id))
        m.destroy(id)
        check(not os.path.exists(m / id), repr(id))
