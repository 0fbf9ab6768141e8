"""How long the messages are, and roughly how many tokens a model will count."""

from prompts.registry.lint.findings import Finding, Passage, Place

LENGTH = "length"
PER_TOKEN = 4
"""Characters of English in a token, as a rule of thumb; other languages and code need more tokens."""
LONG = 8_000
"""Estimated tokens from which a prompt is called long."""


def estimate_tokens(characters: int) -> int:
    """Tokens, estimated from characters; no tokenizer is asked."""
    return -(-characters // PER_TOKEN)


def find_length(passages: list[Passage]) -> list[Finding]:
    """One finding where all messages together are long."""
    characters = sum(len(passage.text) for passage in passages)
    tokens = estimate_tokens(characters)
    if tokens < LONG:
        return []
    title = f"Long: about {tokens:,} tokens"
    reason = (
        f"Estimated from {characters:,} characters, {PER_TOKEN} to a token; every call pays for them, and "
        "what stands in the middle of a long text is easily overlooked."
    )
    return [Finding(LENGTH, title, reason, Place("messages"))]
