"""Reads the counters that sandboxfs prints on SIGUSR1."""

# What the kernel sends by /dev/fuse whatever the transport is.
ALWAYS_DEV = ("INIT", "FORGET", "BATCH_FORGET", "INTERRUPT")

END = "counters end"


def parse(text):
    """{"ops": {NAME: count}, "uring": count, "dev": count}"""
    result = {"ops": {}, "uring": 0, "dev": 0}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[1].isdigit():
            if words[0] in ("uring", "dev"):
                result[words[0]] = int(words[1])
            elif words[0].isupper():
                result["ops"][words[0]] = int(words[1])
    return result


def last(text):
    """The last complete set of counters in a log, or None."""
    parts = text.split(END)
    return parse(parts[-2]) if len(parts) > 1 else None
