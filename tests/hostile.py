"""Texts that try to become something else: HTML, Markdown, Jinja, YAML, an address."""

HOSTILE = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "</title></head><body><script>window.pwned=1</script>",
    "x{ onerror=window.pwned=1 onclick=window.pwned=1 .evil #evil }",
    "[click](javascript:window.pwned=1) ![i](http://evil.example/i.png)",
    "<http://evil.example> http://evil.example www.evil.example a@evil.example",
    "a | b | c\n| --- | --- |\n***bold*** __b__ `code` ~~s~~ # h",
    "\n\n# Heading\n\n<iframe src=//evil.example></iframe>\n\n    code\n",
    "{{ 7 * 7 }} {% include 'x' %} {# c #} ${x}",
    "--8<-- '/etc/passwd' *[abbr]: x :smile: [^1] !!! note",
    "</div></figure></article></table><svg onload=window.pwned=1>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &#60;b&#62; &amp;",
    "\x02wzxhzdk:0\x03 \u202etxt.exe\u2066 \x00\x1b[31m",
    "---\nhide: [toc]\n--- : - {a: b} 'quote' \"double\" \\n",
    "''' ]]> --> <!-- <style>*{display:none}</style>",
)
ALL = " ".join(HOSTILE)
# Three at a time, because a layer's title shows 200 signs only.
GROUPS = tuple(" ".join(HOSTILE[start : start + 3]) for start in range(0, len(HOSTILE), 3))

# What ends the place that a text stands in, times what would follow: a hundred of them.
BREAKS = (
    "",
    '">',
    "'>",
    "-->",
    "]]>",
    "</a></li></ol></title>",
    "\n\n",
    "](x) ",
    "}}{% endraw %}",
    "&#34;&gt;",
)
PAYLOADS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg/onload=window.pwned=1>",
    "[x](javascript:window.pwned=1)",
    "{ onclick=window.pwned=1 .evil #evil }",
    "{{ ''.__class__.__mro__ }}{% for x in y %}",
    "<iframe srcdoc='<script>window.pwned=1</script>'>",
    "# heading\n\n- list\n\n    code",
    "<style>*{display:none}</style><base href=//evil.example>",
    "[^1]: note *[HTML]: x \\input{/etc/passwd} $x$ \\href{javascript:x}{y}",
)
HUNDRED = tuple(f"{end}{payload}" for end in BREAKS for payload in PAYLOADS)
