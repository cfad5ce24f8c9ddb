from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "himpun.budgets"
    label = "budgets"
