"""Fill a version in: its messages with variables and fragments in place."""

from collections.abc import Mapping
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from prompts.registry import dotprompt
from prompts.registry.attachments import require_address
from prompts.registry.fragments import partials_of
from prompts.registry.models import Version
from prompts.registry.templating import TemplateFault, render


def render_version(
    actor: Actor,
    version: Version,
    variables: Mapping[str, Any],
    partials: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The messages ``[{"role", "content"}]`` as a model gets them, with ``attachments`` where there are any.

    A placeholder is replaced by the messages that ``variables`` holds under its name, if it does; a text with
    dotprompt's roles is taken apart into its messages. Whoever renders often hands in ``partials`` (see
    ``fragments.partials_of``), and then no database is asked. Raises ``Unacceptable`` where the template
    cannot be filled in.
    """
    partials = partials_of(actor, version) if partials is None else partials
    if version.format == Version.Format.HANDLEBARS:
        dotprompt.require_no_marks(variables)
    messages: list[dict[str, Any]] = []
    for number, message in enumerate(version.messages):
        if message["role"] == "placeholder":
            messages += messages_given(variables, message["name"])
            continue
        field = f"messages[{number}].content"
        try:
            content = render(version.format, message["content"], variables, partials)
            found = [
                {**each, "url": render(version.format, each["url"], variables, partials)}
                for each in message.get("attachments", ())
            ]
        except TemplateFault as fault:
            raise Unacceptable(f"{field}: {fault}", field=field) from None
        for each in found:
            require_address(each["type"], each["url"], f"messages[{number}], the {each['type']}'s address")
        if version.format == Version.Format.HANDLEBARS and dotprompt.is_marked(content):
            messages += _marked(content, variables, number)
            continue
        told = {"role": message["role"], "content": content}
        messages.append({**told, "attachments": found} if found else told)
    return messages


def messages_given(variables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The messages that a variable holds for a placeholder; none where it holds no list.

    Raises ``Unacceptable`` where one of them has no role or no text.
    """
    given = variables.get(name)
    found = given if isinstance(given, list) else []
    for number, item in enumerate(found, start=1):
        if not isinstance(item, dict) or not all(
            isinstance(item.get(key), str) for key in ("role", "content")
        ):
            raise Unacceptable(f"Message {number} of {name} has no role or no text.", field="variables")
    return [dict(item) for item in found]


def _marked(content: str, variables: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    found = dotprompt.messages_in(content, messages_given(variables, dotprompt.HISTORY))
    for message in found:
        for each in message.get("attachments", ()):
            require_address(each["type"], each["url"], f"messages[{number}], the {each['type']}'s address")
    return found
