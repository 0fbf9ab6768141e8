"""Saving in the admin is calling a verb: what it refuses is shown in the form, what it does is on record."""

from django.urls import reverse

from audits.identity.models import ServiceAccount, Team, User
from audits.ledger.models import Event
from prompts.registry.models import Collection

NEW = {
    "username": "nina",
    "full_name": "N. Novak",
    "email": "n@example.org",
}


def test_a_person_made_in_the_admin_is_on_record_with_roles(as_person, people):
    answer = as_person("administrator").post(
        reverse("admin:identity_user_add"), {**NEW, "roles": ["engineer"]}
    )
    assert answer.status_code == 200
    assert b"set-password" in answer.content
    assert list(User.objects.get(username="nina").groups.values_list("name", flat=True)) == ["engineer"]
    event = Event.objects.get(event="identity.user.created", subject="nina")
    assert event.actor == "admin"


def test_what_the_verb_refuses_stands_in_the_form_with_what_was_typed(as_person, people):
    answer = as_person("administrator").post(reverse("admin:identity_user_add"), {**NEW, "username": "ADA"})
    assert answer.status_code == 200
    assert b"is taken" in answer.content
    assert b"N. Novak" in answer.content
    assert not User.objects.filter(full_name="N. Novak").exists()


def test_roles_and_use_are_changed_by_the_verb(as_person, people):
    address = reverse("admin:identity_user_change", args=[people.engineer.pk])
    as_person("administrator").post(address, {"roles": ["steward"]})
    people.engineer.refresh_from_db()
    assert not people.engineer.is_active
    assert Event.objects.filter(event="identity.user.changed", subject="emil").exists()


def test_members_of_a_team_are_replaced(as_person, people):
    address = reverse("admin:identity_team_change", args=[people.team.pk])
    as_person("administrator").post(address, {"members": [people.author.pk]})
    assert list(people.team.group.user_set.all()) == [people.author]


def test_a_team_is_made(as_person, people):
    as_person("administrator").post(reverse("admin:identity_team_add"), {"name": "Night line", "members": []})
    assert Team.objects.get(name="Night line").slug == "night-line"


def test_a_collection_is_made_and_changed(as_person, people):
    client = as_person("administrator")
    client.post(
        reverse("admin:registry_collection_add"), {"slug": "depot", "title": "Depot", "team": people.team.pk}
    )
    made = Collection.objects.get(slug="depot")
    client.post(reverse("admin:registry_collection_change", args=[made.pk]), {"title": "The depot"})
    made.refresh_from_db()
    assert made.title == "The depot"
    assert made.history.latest().history_actor == "admin"


def test_a_key_shows_its_secret_once_and_is_revoked_with_a_reason(as_person, people):
    client = as_person("administrator")
    form = {"name": "night-line", "all_collections": "on", "verbs": ["read"], "days": 30}
    shown = client.post(reverse("admin:identity_serviceaccount_add"), form)
    assert b"sk-imp-" in shown.content
    key = ServiceAccount.objects.get(name="night-line")
    page = reverse("admin:identity_serviceaccount_change", args=[key.pk])
    assert b"sk-imp-" not in client.get(page).content
    client.post(reverse("admin:identity_serviceaccount_revoke", args=[key.pk]), {"reason": "Lost."})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_key_is_not_revoked_by_an_auditor_nor_without_a_reason(as_person, people):
    address = reverse("admin:identity_serviceaccount_revoke", args=[people.service.pk])
    as_person("auditor").post(address, {"reason": "Because."})
    as_person("administrator").post(address, {"reason": " "})
    people.service.refresh_from_db()
    assert people.service.revoked_at is None
