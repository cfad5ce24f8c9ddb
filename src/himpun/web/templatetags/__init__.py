"""What templates ask for in words of their own: fields of forms, icons, moments, figures of budgets."""
