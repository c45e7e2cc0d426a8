#!/usr/bin/python3
# What isn't the protocol is answered with a null id and what is wrong; the
# mount stays.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
for bad in ('[{"C":{"i":"a"}}]', '{"C":{"i":"a"}', '{"C":{"i":"a",}}', "x",
            '{"C":{"i":"a"},"D":"b"}', "{}", '{"E":"a"}',
            '{"C":{"i":"a","i":"b"}}', '{"C":{"i":"a","id":"b"}}',
            '{"C":{"m":[]}}', '{"C":{"i":7}}', '{"C":"a"}', '{"D":{"i":"a"}}',
            '{"C":{"i":"a","m":{}}}', '{"C":{"i":"a","m":[{"p":"/a"}]}}',
            '{"C":{"i":"a","m":[{"p":"/a","u":"/","x":-1}]}}',
            '{"C":{"i":"a","m":[{"p":"/a","u":"/","x":4294967296}]}}',
            '{"C":{"i":"a","m":[{"p":"/a","u":"/","w":1}]}}',
            b'{"D":"\xff"}', '{"D":"\\ud800"}', '{"D":"a\nb"}', "\0", "nul"):
    with Sandboxfs(("ro", "/keep", host), reconfig=True) as m:
        m.send(bad)
        m.process.stdin.close()
        line = m.line()
        check(line is not None, "no answer to %r" % bad)
        answer = json.loads(line)
        eq(answer["id"], None, "id of the answer to %r" % bad)
        check(answer["error"], repr(bad))
        eq(read(m / "keep/file"), "x")
        eq(entries(m.path), ["keep"])
