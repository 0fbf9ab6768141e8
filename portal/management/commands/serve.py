"""`manage.py serve`: the whole portal on one machine and one terminal."""

import io
import json
import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from portal.runtime import broker, leftovers, localmodel, paths, preflight, services, setup_token, static
from portal.runtime.supervisor import Stopped, Supervisor
from portal.settings import env

START_SECONDS = 90
REFUSED = 2
"""The exit status with which `seed_demo` says that it left the database alone."""


class Command(BaseCommand):
    help = (
        "Prepare the database and run broker, local model, web server, worker and scheduler until Ctrl-C. "
        "Settings come from the environment and .env (HOST, PORT, DATA_DIR, DEMO, LOCAL_MODEL, DATABASE_URL, "
        "REDIS_URL, WEB_WORKERS, WORKER_PROCESSES)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--skip-seed", action="store_true", help="do not look after the demo organisation"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 0 after a stop on request, 1 if the portal did not come up, 2 if it may not start."""
        began = time.monotonic()
        host, port = settings.HOST, settings.PORT
        self.demo = env.flag("DEMO", default=True)
        self.address = f"http://{f'[{host}]' if ':' in host.strip('[]') else host}:{port}"
        supervisor = Supervisor(on_start=leftovers.remember)
        try:
            preflight.check_demo(host, self.demo)
            with preflight.only_one(self.address), supervisor.signals():
                if ended := leftovers.clear():
                    supervisor.say("portal", f"ended what an earlier portal left running: {', '.join(ended)}")
                preflight.check_port(host, port)
                try:
                    self._prepare(supervisor)
                    self._start(supervisor, host, port)
                    if self.demo and not options["skip_seed"]:
                        self._seed(supervisor)  # while the web server comes up
                    self._wait_for_web(supervisor, host, port)
                    self._greet(time.monotonic() - began)
                    supervisor.forever()
                except Stopped:
                    pass
                finally:
                    supervisor.stop()
                    leftovers.forget()
            supervisor.say("portal", "stopped")
        except (preflight.CannotStart, broker.BrokerUnavailable, services.BadSetting) as error:
            raise CommandError(str(error), returncode=2) from error
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {error}") from error

    def _prepare(self, supervisor: Supervisor) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            supervisor.say("portal", "bringing the database up to date")
            call_command("migrate", interactive=False, verbosity=0)
        supervisor.tick()
        call_command("setup_portal", verbosity=0, stdout=io.StringIO())
        supervisor.tick()
        if static.collect_if_changed():
            supervisor.say("portal", "collected the static files")
        connections.close_all()  # the children open their own

    def _start(self, supervisor: Supervisor, host: str, port: int) -> None:
        if not os.environ.get("REDIS_URL"):
            supervisor.keep(services.embedded_broker())
            if not supervisor.wait_until(lambda: broker.answers(paths.broker_socket()), START_SECONDS):
                raise CommandError("The embedded broker does not answer; its lines above say why.")
        if settings.LOCAL_MODEL and not (reason := localmodel.missing()):
            supervisor.keep(services.local_model())
        elif settings.LOCAL_MODEL:
            supervisor.say("portal", f"without the local model: {reason} (LOCAL_MODEL=0 silences this line)")
        supervisor.keep(services.web(host, port))
        supervisor.keep(services.worker())
        supervisor.keep(services.beat())

    def _wait_for_web(self, supervisor: Supervisor, host: str, port: int) -> None:
        def up_or_hopeless() -> bool:
            return services.is_healthy(host, port) or supervisor.deaths("web") > 2

        supervisor.wait_until(up_or_hopeless, START_SECONDS)
        if not services.is_healthy(host, port):
            raise CommandError(f"The web server does not answer on {self.address}{services.HEALTH_PATH}.")

    def _seed(self, supervisor: Supervisor) -> None:
        code = supervisor.run(services.manage("demo", "seed_demo"))
        if code == REFUSED:
            self.demo = False
            supervisor.say("portal", "going on without the demo organisation (DEMO=0 says so from the start)")
        elif code:
            raise CommandError(
                f"The demo organisation could not be made: seed_demo ended with status {code}."
            )

    def _greet(self, seconds: float) -> None:
        lines = [f"Imprimatur answers on {self.address}/  (after {seconds:.0f} s; Ctrl-C stops it)"]
        if self.demo:
            file = paths.data_dir() / "demo-logins.json"
            people = json.loads(file.read_text(encoding="utf-8"))["people"] if file.exists() else []
            lines += ["", f"  {'user name':<24} {'password':<28} role"] if people else []
            lines += [f"  {p['username']:<24} {p['password']:<28} {p['role']}" for p in people]
        elif get_user_model().objects.exists():
            setup_token.consume()  # there is somebody: nobody needs it any more
        else:
            link = f"{self.address}/setup/?token={setup_token.create_if_needed()}"
            lines.append(f"Make the first administrator here, once: {link}")
        connections.close_all()
        self.stdout.write("\n".join(["", *lines, ""]))
        self.stdout.flush()
