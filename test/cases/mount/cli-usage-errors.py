#!/usr/bin/python3
# Wrong command lines: status 2, what is wrong on standard error, nothing on
# standard output.
# modes: once

from sandboxfs import *

mnt = str(tmp / "mnt")
for words, message in [
    (["-h"], "Unrecognized option: 'h'"),
    (["--foo", "bar"], "Unrecognized option: 'foo'"),
    (["--tt", "1s", mnt], "Unrecognized option: 'tt'"),
    (["--ttl"], "Argument to option 'ttl' missing"),
    (["--ttl", "1s", "--ttl=2s", mnt],
     "Option 'ttl' given more than once"),
    (["--xattrs=yes", mnt], "Option 'xattrs' does not take an argument"),
    ([], "invalid number of arguments"),
    (["a", "b"], "invalid number of arguments"),
    (["--", "--help", "b"], "invalid number of arguments"),
    (["--allow=foo", mnt], "foo must be one of other, root, or self"),
    (["--mapping", "ro:/", mnt],
     "bad mapping ro:/: expected three colon-separated fields"),
    (["--mapping", "ro:/:/a:b", mnt],
     "bad mapping ro:/:/a:b: expected three colon-separated fields"),
    (["--mapping", "rx:/:/", mnt],
     "bad mapping rx:/:/: type was rx but should be ro or rw"),
    (["--mapping", "ro:a:/", mnt],
     'bad mapping ro:a:/: path "a" is not absolute'),
    (["--mapping", "ro:/a/../b:/", mnt],
     'bad mapping ro:/a/../b:/: path "/a/../b" is not normalized'),
    (["--mapping", "ro:/a:b", mnt],
     'bad mapping ro:/a:b: path "b" is not absolute'),
    (["--ttl", "5", mnt], "invalid time specification 5: missing unit"),
    (["--ttl", "5ms", mnt], "invalid time specification 5ms: unsupported "
     "unit 'ms' (only 's' is allowed)"),
    (["--ttl", "s", mnt], None),
    (["--ttl=-5s", mnt], None),
    (["--ttl", "99999999999s", mnt], None),
    (["--negative-ttl", "x", mnt], None),
    (["--grace", "1h", mnt], None),
    (["--reconfig_threads", "-1", mnt],
     "invalid thread count -1: invalid digit found in string"),
    (["--reconfig_threads", "0", mnt], None),
    (["--transport", "pigeon", mnt], None),
    (["--protocol", "0.3", mnt], None),
]:
    out = cli(*words, timeout=10)
    eq(out.returncode, 2, "status of %r" % words)
    eq(out.stdout, "", "output of %r" % words)
    head, tail = out.stderr.split("\n", 1)
    eq(tail, "Type sandboxfs --help for more information\n")
    check(head.startswith("Usage error: "), head)
    if message:
        eq(head, "Usage error: " + message)
    else:
        check(len(head) > 20, "no message for %r: %r" % (words, head))
