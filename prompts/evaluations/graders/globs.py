"""Names compared with ``*`` and ``?``, in any case: the patterns of spans, tools and skills."""


def matches(name: str, pattern: str) -> bool:
    """``*`` stands for any characters, ``?`` for one. In at most name times pattern steps."""
    name, pattern = name.lower(), pattern.lower()
    here = there = 0
    star, kept = -1, 0
    while here < len(name):
        mark = pattern[there] if there < len(pattern) else ""
        if mark == "*":
            star, kept = there, here
            there += 1
        elif mark and mark in {"?", name[here]}:
            here, there = here + 1, there + 1
        elif star >= 0:
            there, kept = star + 1, kept + 1
            here = kept
        else:
            return False
    return not pattern[there:].strip("*")
