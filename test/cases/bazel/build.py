#!/usr/bin/python3
# Bazel builds a project of over 200 actions through sandboxfs, clean and
# incrementally, with the same outputs as through symlinks.
# modes: uring passthrough root once, dev none root once
# not-with: asan tsan
# needs: bazel gcc
# timeout: 400

import re

from bazel import *


def sandboxed(text):
    found = re.search(r"(\d+) processwrapper-sandbox", text)
    return int(found[1]) if found else 0


def check_same(plain, ours, least):
    n = sandboxed(ours.build())
    check(n >= least, "only %d actions ran in sandboxes" % n)
    plain.build()
    eq(ours.sums(), plain.sums())
    eq(ours.mounts(), [])
    ours.check_log()


with Bazel("plain", sandboxfs=False) as plain, Bazel("ours") as ours:
    check_same(plain, ours, 200)
    before = ours.sums()

    for b in plain, ours:
        b.edit("src/m03/s05.c", "i < 3", "i < 4")
    check_same(plain, ours, 3)
    check(ours.sums() != before, "the changed source made no difference")
    before = ours.sums()

    for b in plain, ours:
        b.edit("inc/p4/d1/h2.h", "_VALUE 402u", "_VALUE 4021u")
    check_same(plain, ours, 50)
    check(ours.sums() != before, "the changed header made no difference")
