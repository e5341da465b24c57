"""Bus agents, a folder a bus."""
