"""Formats of keys that vendors document: each begins with letters that hardly occur otherwise.

Every pattern begins where no word is going on, so that a long run of letters is read once.
"""

import re

_START = r"(?<![A-Za-z0-9_-])"
_END = r"(?![A-Za-z0-9_-])"

FORMATS: tuple[tuple[str, int, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (vendor, shown, tuple(marks.split()), re.compile(_START + pattern + _END))
    for vendor, shown, marks, pattern in (
        ("Amazon Web Services", 4, "AKIA ASIA", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
        ("Anthropic", 7, "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,200}"),
        ("Langfuse", 6, "sk-lf-", r"sk-lf-[A-Za-z0-9-]{20,60}"),
        ("OpenRouter", 6, "sk-or-", r"sk-or-[A-Za-z0-9-]{20,100}"),
        ("OpenAI", 3, "sk-", r"sk-(?!ant-|lf-|or-)[A-Za-z0-9_-]{20,200}"),
        ("Groq", 4, "gsk_", r"gsk_[A-Za-z0-9]{40,80}"),
        ("Hugging Face", 3, "hf_", r"hf_[A-Za-z0-9]{30,40}"),
        ("GitHub", 4, "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
        ("GitHub", 11, "github_pat_", r"github_pat_[A-Za-z0-9_]{50,255}"),
        ("GitLab", 6, "glpat- glptt- glrt- gldt-", r"gl(?:pat|ptt|rt|dt)-[A-Za-z0-9_-]{20,60}"),
        ("Google", 4, "AIza", r"AIza[A-Za-z0-9_-]{35}"),
        ("Google", 7, "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
        ("Slack", 5, "xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,200}"),
        ("Stripe", 8, "k_live_", r"[sr]k_live_[A-Za-z0-9]{16,200}"),
        ("Shopify", 6, "shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
        ("SendGrid", 3, "SG.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
        ("Twilio", 2, "SK", r"SK[0-9a-f]{32}"),
        ("Mailgun", 4, "key-", r"key-[0-9a-f]{32}"),
        ("npm", 4, "npm_", r"npm_[A-Za-z0-9]{36}"),
        ("PyPI", 5, "pypi-", r"pypi-[A-Za-z0-9_-]{60,250}"),
        ("DigitalOcean", 7, "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
        ("Databricks", 4, "dapi", r"dapi[0-9a-f]{32}"),
        ("Telegram", 0, ":AA", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
        (
            "a token service (JWT)",
            3,
            "eyJ",
            r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{16,1000}",
        ),
    )
)
"""Vendor, characters that may be shown, letters one of which must occur at all, and the pattern."""

EXACT = frozenset({"Amazon Web Services"})
"""Vendors whose format leaves no doubt, even where the key says that it is an example."""
