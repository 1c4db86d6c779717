"""The store as a Django application."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Names the application so that tables are called `store_…`."""

    name = "broadcaster.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
