"""Background work: ticks, the reaper of killed tasks, children with limits of time and memory."""
