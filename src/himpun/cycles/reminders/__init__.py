"""Who is reminded of what, when: the rules of a procedure, the plan of one task, and the sweep that writes what is due."""
