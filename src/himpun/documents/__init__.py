"""Documents: content, versions, approvals, deliveries, and their rendering as PDF/A."""
