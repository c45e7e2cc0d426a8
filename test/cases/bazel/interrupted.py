#!/usr/bin/python3
# After Ctrl-C in a build through sandboxfs no mount and no process is left,
# and the next build works.
# modes: uring passthrough root once
# not-with: asan tsan
# needs: bazel gcc
# timeout: 300

from bazel import *

with Bazel("ours", modules=6) as b:
    for delay in 0.0, 0.3, 1.0:
        client = b.start_build()
        b.wait_mounted()
        time.sleep(delay)
        os.killpg(client.pid, signal.SIGINT)
        client.wait(60 * slowness)
        b.wait_gone()
    b.build()
    b.wait_gone()
    check(len(b.sums().splitlines()) > 6, b.sums())
