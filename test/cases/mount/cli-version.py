#!/usr/bin/python3
# --version prints one line that Bazel can read.
# modes: once

from sandboxfs import *

import re

out = cli("--version", env={"RUST_LOG": "info"})
eq((out.returncode, out.stderr), (0, ""))
check(re.fullmatch(r"sandboxfs \d+\.\d+\.\d+\n", out.stdout), out.stdout)
