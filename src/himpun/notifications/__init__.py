"""Messages to posts, and the outbox that carries them to people's channels."""
