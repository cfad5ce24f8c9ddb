"""Who holds a post: appointed, accepted and confirmed, on leave, handed on."""
