"""The child process of the slow lane and what it does. Nothing here imports the portal."""
