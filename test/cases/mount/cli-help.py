#!/usr/bin/python3
# --help prints what 0.2 printed, then what is new, and nothing to standard
# error.
# modes: once

from sandboxfs import *

out = cli("--help", env={"RUST_LOG": "info"})
eq((out.returncode, out.stderr), (0, ""))
eq(out.stdout.split("\nOptions that")[0], """\
Usage: sandboxfs [options] MOUNT_POINT

Options:
    --allow other|root|self
                        specifies who should have access to the file system
                        (default: self)
    --cpu_profile PATH  enables CPU profiling and writes a profile to the
                        given path
    --help              prints usage information and exits
    --input PATH        where to read reconfiguration data from (- for stdin)
    --mapping TYPE:PATH:UNDERLYING_PATH
                        type and locations of a mapping
    --node_cache        enables the path-based node cache (known broken)
    --output PATH       where to write the reconfiguration status to (- for
                        stdout)
    --reconfig_threads COUNT
                        number of reconfiguration threads (default: %d)
    --ttl TIMEs         how long the kernel is allowed to keep file metadata
                        (default: 60s)
    --version           prints version information and exits
    --xattrs            enables support for extended attributes
""" % len(os.sched_getaffinity(0)))
for flag in ("--transport", "--no-passthrough", "--protocol", "--hardlinks",
             "--writable-scaffolds", "--lazy-targets", "--negative-ttl",
             "--grace", "--any-order", "--debug", "--die-with-parent", "--no-guard"):
    check(flag in out.stdout, flag)
