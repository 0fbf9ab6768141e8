"""A suite from a file, for runs started from a command line."""

from audits.identity.actors import Actor
from audits.identity.verbs import verb
from prompts.evaluations.models import Suite
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.cases import delete_case, save_case
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.suite_files import SuiteFile
from prompts.registry.models import Collection


@verb
def suite_from_file(*, actor: Actor, file: SuiteFile, collection: Collection) -> Suite:
    """The suite with exactly these cases: the one made earlier from this content, mended, or a new one."""
    name = f"{file.name}-{collection.slug}"[:120]
    suite = Suite.objects.visible_to(actor).filter(name=name).first()
    if suite is None:
        suite = create_suite(actor=actor, name=name, title=file.title, collection=collection)
    there = {case.name: case for case in cases_in_use(suite)}
    for position, case in enumerate(file.cases, start=1):
        known = there.pop(case["name"], None)
        same = known and all(getattr(known, field) == case[field] for field in ("vars", "assertions"))
        if not same:
            save_case(actor=actor, suite_id=suite.pk, position=position, **case)
    for stray in there.values():
        delete_case(actor=actor, case_id=stray.pk, reason="It is not in the file.")
    return suite
