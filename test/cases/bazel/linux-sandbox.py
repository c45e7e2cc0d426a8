#!/usr/bin/python3
# Bazel's linux-sandbox, which bind-mounts a place inside our mount in
# namespaces of its own, builds through sandboxfs.
# modes: uring passthrough root once
# not-with: asan tsan
# needs: bazel gcc
# timeout: 300

from bazel import *

import tempfile

# It covers /tmp with an empty one, so everything has to be elsewhere.
under = tempfile.mkdtemp(prefix="sandboxfs-test.", dir="/var/tmp")
with Bazel("ours", modules=4, strategy="linux-sandbox", under=under) as b:
    text = b.build()
    if "linux-sandbox" not in text:
        skip("Bazel finds that linux-sandbox doesn't work here")
    b.check_log()
    b.wait_gone()
os.rmdir(under)
