"""Reads the counters that sandboxfs prints on SIGUSR1:

    sandboxfs counters: protocol=7.45 transport=uring ...
    operation                requests       errors
    LOOKUP                         12            3
    ...
    transport uring: 14 requests
    transport dev: 2 requests
    unknown operations: 0
    inodes in use: 5, open handles: 0
"""

import re

# What the kernel sends by /dev/fuse whatever the transport is.
ALWAYS_DEV = ("INIT", "FORGET", "BATCH_FORGET", "INTERRUPT")

_BEGIN = "sandboxfs counters:"
_END = re.compile(r"^inodes in use: (\d+), open handles: (\d+)$", re.M)


def complete(text):
    return bool(_END.search(text))


def parse(text):
    """The last complete set in a text, or None:
    {"ops": {NAME: requests}, "errors": {NAME: errors}, "uring": requests,
    "dev": requests, "inodes": number, "handles": number}"""
    ends = list(_END.finditer(text))
    if not ends:
        return None
    end = ends[-1]
    begin = text.rindex(_BEGIN, 0, end.start())
    result = {"ops": {}, "errors": {}, "inodes": int(end[1]),
              "handles": int(end[2])}
    for line in text[begin:end.start()].splitlines():
        m = re.match(r"([A-Z_0-9]+) +(\d+) +(\d+)$", line)
        if m:
            result["ops"][m[1]] = int(m[2])
            result["errors"][m[1]] = int(m[3])
        m = re.match(r"transport (uring|dev): (\d+) requests$", line)
        if m:
            result[m[1]] = int(m[2])
    return result
