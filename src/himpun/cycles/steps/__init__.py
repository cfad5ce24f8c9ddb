"""What a step does beside going on: one module a kind of act, listed in actions.STEP_ACTIONS."""
