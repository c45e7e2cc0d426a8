#!/usr/bin/python3
# After a kill -9 of the Bazel server in a build through sandboxfs no mount and
# no process of ours is left, and the next build works.
# modes: uring passthrough root once
# not-with: asan tsan
# needs: bazel gcc
# timeout: 300

from bazel import *

with Bazel("ours", modules=6) as b:
    for delay in 0.0, 0.5:
        server = b.server_pid()
        client = b.start_build()
        b.wait_mounted()
        time.sleep(delay)
        os.kill(server, signal.SIGKILL)
        client.wait(60 * slowness)
        b.wait_gone()
    b.build()
    b.wait_gone()
    check(len(b.sums().splitlines()) > 6, b.sums())
