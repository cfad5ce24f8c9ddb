"""What an office changes about itself: posts, people, days, texts, leaves."""
