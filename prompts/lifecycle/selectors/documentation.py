"""Whether the documentation of a version is signed, as it stands now."""

from dataclasses import dataclass

from prompts.lifecycle.models import DocumentationSignature
from prompts.registry.documentation import documentation_digest
from prompts.registry.models import Version
from prompts.registry.selectors import documentation_of


@dataclass(frozen=True, slots=True)
class SignedDocumentation:
    """A signature; ``changed`` says that the documentation is not the one that was signed any more."""

    signature: DocumentationSignature
    changed: bool


def signed_documentation(version: Version) -> SignedDocumentation | None:
    """The newest signature under the documentation as it stands now, else the newest under an earlier one.

    Only signatures that name the version's own text count.
    """
    rows = DocumentationSignature.objects.filter(version=version, text_digest=version.digest)
    signatures = list(rows.order_by("-signed_at", "-pk"))
    if not signatures:
        return None
    now = documentation_digest(documentation_of(version.prompt))
    valid = next((row for row in signatures if row.documentation_digest == now), None)
    return SignedDocumentation(valid or signatures[0], changed=valid is None)
