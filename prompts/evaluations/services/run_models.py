"""Whom a run asks: its models, its judge, and what else its assertions may ask."""

from contextlib import ExitStack

from audits.identity.errors import GovernedError
from prompts.evaluations.connections import endpoint_of, recorded_answers
from prompts.evaluations.costs import Prices
from prompts.evaluations.graders import Tools
from prompts.evaluations.grading_tools import bench_for
from prompts.evaluations.judging import Judge
from prompts.evaluations.models import Provider, Run
from prompts.evaluations.providers import Answer, Model, ProviderFault, Question, connect
from prompts.evaluations.providers.keeping import remembering
from prompts.evaluations.services.kept_answers import KeptAnswers
from prompts.evaluations.snapshots import ProviderSnapshot


def models_of(
    run: Run, stack: ExitStack, until: float, shelf: KeptAnswers
) -> tuple[dict[int, Model], dict[int, Provider]]:
    """Something to ask for each provider of the run; one that cannot be used answers with its fault."""
    wanted = [ProviderSnapshot.read(stored).id for stored in run.providers]
    found = Provider.objects.in_bulk(wanted)
    providers = {pk: found[pk] for pk in wanted if pk in found}
    return {pk: _model(provider, stack, until, shelf) for pk, provider in providers.items()}, providers


def asked_of(run: Run) -> list[int]:
    """The keys of all providers that the run may ask, its judge among them."""
    told = [*run.providers, run.judge] if run.judge else run.providers
    return [ProviderSnapshot.read(stored).id for stored in told]


def bench_of(run: Run, stack: ExitStack, until: float, shelf: KeptAnswers) -> tuple[Judge | None, Tools]:
    """The run's judge, and what else its assertions may ask."""
    row = Provider.objects.get(pk=ProviderSnapshot.read(run.judge).id) if run.judge else None
    judge = Judge(row.name, _model(row, stack, until, shelf), prices_of(row)) if row else None
    return judge, bench_for(stack, judge=row, embedder=run.embedder, until=until)


def prices_of(provider: Provider) -> Prices:
    """What its tokens cost."""
    return Prices(provider.price_in, provider.price_out, provider.price_cached)


def _model(provider: Provider, stack: ExitStack, until: float, shelf: KeptAnswers) -> Model:
    try:
        endpoint = endpoint_of(provider)
        model = stack.enter_context(connect(endpoint, recorded_answers(provider), until))
    except (ProviderFault, GovernedError) as error:
        message = error.message

        def refuse(question: Question) -> Answer:
            raise ProviderFault(message)

        return refuse
    keeps = shelf.is_open and provider.kind != Provider.Kind.RECORDED
    return remembering(model, endpoint, shelf) if keeps else model
