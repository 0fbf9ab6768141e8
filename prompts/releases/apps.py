from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "prompts.releases"
    label = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Rooms below learn what is live: schedules follow it, and a fragment is included by it.

        Differences between groups of people that a suite calls too large count as findings.
        """
        from prompts.evaluations.live_versions import register
        from prompts.registry import live_versions
        from prompts.releases import findings
        from prompts.releases.selectors.measured_findings import between_groups
        from prompts.releases.selectors.pointers import live_version, served_at, versions_live

        register(live_version)
        live_versions.register(versions_live, served_at)
        findings.register("measures", between_groups, by_people=False)
