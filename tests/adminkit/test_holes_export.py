"""Import and export are open to every staff member in the stock combination: here there are none.

The plug-in is not installed; the addresses that it would add must stay away should it ever return.
"""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from audits.adminkit.governed import GovernedAdmin


def _models():
    return sorted(model._meta.label_lower.replace(".", "_") for model in admin.site._registry)


@pytest.mark.parametrize("name", _models())
@pytest.mark.parametrize("what", ["import", "export", "process_import", "permissions"])
def test_no_model_has_a_page_to_import_export_or_grant(name, what):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}_{what}")


def test_only_governed_admin_classes_are_registered():
    strays = [model for model, found in admin.site._registry.items() if not isinstance(found, GovernedAdmin)]
    assert strays == []


def test_a_stock_admin_class_is_not_taken(db):
    from django.contrib.auth.models import Group

    admin.site.register(Group, admin.ModelAdmin)
    assert Group not in admin.site._registry


@pytest.mark.parametrize("name", ["search", "app_list", "view_on_site"])
def test_stock_views_past_our_policies_are_shut(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}", args=["registry"] if name == "app_list" else None)
