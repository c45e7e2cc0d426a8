#!/usr/bin/python3
# Escapes and UTF-8 name the same files; surrogate pairs are one character.

from sandboxfs import *

host = host_dir()
write(host / "h\u00e9\U0001f600", "x")
h = str(host)
with Sandboxfs(reconfig=True) as m:
    m.send('{"C":{"i":"a","m":[{"p":"/h\\u00e9","u":"%s/h\\u00E9\\ud83d\\ude00"'
           '}]}}' % h)
    eq(m.line(), '{"id":"a","error":null}')
    eq(read(m / "a/h\u00e9"), "x")
    m.send('{"C":{"i":"b","m":[{"p":"\\/s","u":"%s\\/h\u00e9\U0001f600"}]}}' %
           h)
    eq(m.line(), '{"id":"b","error":null}')
    eq(read(m / "b/s"), "x")
